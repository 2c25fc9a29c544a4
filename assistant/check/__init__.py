"""Whether the articles bear out what somebody else wrote."""
