"""Evaluate how well questions are answered over an index."""
