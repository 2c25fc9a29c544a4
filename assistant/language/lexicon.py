"""English words that several modules look for, each list once; as parts of regular expressions."""

MONTHS = tuple("January February March April May June July August September October November December".split())
MONTH = rf"(?:{'|'.join(MONTHS)})"
"""A month by its full name."""

SAID = (
    r"(?:said|says|told|warned|argued|announced|added|explained|claimed|insisted|suggested|wrote|stressed|noted|recalled"
    r"|testified)"
)
"""Verbs of saying, as reports have them after or before who spoke."""
