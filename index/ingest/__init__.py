"""Ingest: bring files, pages and feeds into the index, and keep them up to date."""
