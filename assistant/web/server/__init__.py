"""The server under the page and the API: who may speak to it, how often, and in whose name."""
