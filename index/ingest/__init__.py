"""Index files, web pages and feeds, and keep the index up to date with them."""
