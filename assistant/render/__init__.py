"""Render answers as text, Markdown and plain data."""
