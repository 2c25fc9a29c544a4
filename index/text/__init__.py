"""Text: clean it, find its sentences, cut it into passages, and tell near-duplicates."""
