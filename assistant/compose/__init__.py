"""Compose answers from several sentences: summaries, comparisons, timelines, and answers from the catalog."""
