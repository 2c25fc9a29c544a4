"""What is known of English: words, names, numbers, sentences that need the one before them."""
