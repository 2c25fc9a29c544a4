"""Understand a question: its parts, spelling, follow-up, boosts and answer type."""
