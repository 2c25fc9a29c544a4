"""Suggested questions: on an empty chat, and after an answer."""
