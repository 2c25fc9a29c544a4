"""Commands that measure the project; each prints a table. Run them from the project's root."""
