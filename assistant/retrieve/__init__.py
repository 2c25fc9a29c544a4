"""Retrieve: the passages that a question finds by meaning and by words, as one ranked list."""
