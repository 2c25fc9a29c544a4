"""Questions to offer: on an empty chat, and after an answer."""
