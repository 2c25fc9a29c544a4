"""Answers as text: for the terminal, for files, and as plain data."""
