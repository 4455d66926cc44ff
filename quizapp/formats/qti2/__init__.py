"""QTI 2.1, 2.2 and 3.0: one model under two sets of names."""
