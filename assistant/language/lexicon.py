"""Lists of English words shared by several modules, as parts of regular expressions."""

MONTHS = tuple("January February March April May June July August September October November December".split())
MONTH = rf"(?:{'|'.join(MONTHS)})"
"""A month's full name."""

SAID = (
    r"(?:said|says|told|warned|argued|announced|added|explained|claimed|insisted|suggested|wrote|stressed|noted|recalled"
    r"|testified)"
)
"""Verbs of saying, as they stand before or after a speaker."""
