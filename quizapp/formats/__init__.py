"""Files of questions and cards, read and written without a database: one module or package each."""
