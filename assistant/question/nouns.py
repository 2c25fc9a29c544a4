"""Nouns for articles, and the pattern of a quoted title."""

import re

ARTICLE = frozenset("article story piece post text report document".split())
ARTICLES = frozenset("articles stories pieces posts texts reports documents".split())
QUOTED = re.compile(r"[\"“«](.+?)[\"”»]")
