"""Clean article text, split it into sentences and passages, and find near-duplicates."""
