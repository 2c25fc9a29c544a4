"""Write the answer: of quotes, or with an LLM, checked sentence by sentence."""
