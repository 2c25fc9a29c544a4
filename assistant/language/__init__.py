"""Rules for English: words, names, quantities, and sentences that need the one before them."""
