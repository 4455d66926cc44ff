"""Questions as JSON, one a line: lossless, and easy for other programs to make."""
