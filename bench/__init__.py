"""Measurements of the running program; `python -m bench.review --help`."""
