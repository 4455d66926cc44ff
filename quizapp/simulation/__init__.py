"""Learners who never were: how they study, what they forget, and what they learn from."""
