"""Tables of questions, one a row: CSV files and Excel sheets with the same columns."""
