"""Retrieval: dense and lexical search combined into one ranked list of passages."""
