"""Maintain: check an index, mend it, and embed it again."""
