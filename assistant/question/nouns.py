"""What people call an article, and how they quote its title."""

import re

ARTICLE = frozenset("article story piece post text report document".split())
ARTICLES = frozenset("articles stories pieces posts texts reports documents".split())
QUOTED = re.compile(r"[\"“«](.+?)[\"”»]")
