"""Files of other programs, read and written without a database: one package for each format."""
