"""Check an index, repair it, and embed it again."""
