"""Store: the catalog in SQLite and the vectors in Chroma, kept in step."""
