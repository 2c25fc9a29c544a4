"""Write the answer: from quotes, or with an LLM whose sentences are checked."""
