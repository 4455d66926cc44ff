"""Our own YAML: topics, facts with citations and questions in one file, lossless."""
