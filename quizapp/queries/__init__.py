"""Reads: one function a page or a question, each giving frozen values and never a model."""
