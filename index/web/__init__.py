"""The web: fetch addresses that are public, within bounds, and read feeds."""
