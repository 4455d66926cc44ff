"""The curated course files: read strictly, checked like code, every error with its line."""
