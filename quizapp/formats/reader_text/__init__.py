"""Texts that courses cite, read from the files that people keep them in."""
