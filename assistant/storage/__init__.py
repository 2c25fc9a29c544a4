"""Storage of conversations, preferences and users, in SQLite files beside the index."""
