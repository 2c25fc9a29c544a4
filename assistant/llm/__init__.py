"""Large language models: which one, how it is asked, and its words as they come."""
