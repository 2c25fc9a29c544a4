"""Answers put together from several places: summaries, comparisons, timelines."""
