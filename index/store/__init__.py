"""Store articles in a SQLite catalog and vectors in Chroma, and keep the two in step."""
