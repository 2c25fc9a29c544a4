"""What a question asks, taken out of what is said around it, and spelled as the articles spell."""
