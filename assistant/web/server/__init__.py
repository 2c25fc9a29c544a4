"""The server of the page and the API: origin check, authentication and rate limits."""
