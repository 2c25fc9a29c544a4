"""What an answer about the collection says: sentences that can be translated, each a message as a whole.

Which articles are meant is a phrase, "3 articles about oil from Markets Desk", built from the inside out: each message
has all of the phrase before it as a placeholder, so that a translation may put its words on either side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.render.text import readable
from assistant.translatable import N_, Translatable, Value, alternatives, ngettext, quoted, together
from index.types import Article

# By whether the article names an author, a publisher and a day.
_AUTHOR = {
    (True, True, True): N_("“{title}” was written by {author}; it was published by {publisher} on {day}."),
    (True, True, False): N_("“{title}” was written by {author}; it was published by {publisher}."),
    (True, False, True): N_("“{title}” was written by {author}; it was published on {day}."),
    (True, False, False): N_("“{title}” was written by {author}."),
    (False, True, True): N_("“{title}” names no author; it was published by {publisher} on {day}."),
    (False, True, False): N_("“{title}” names no author; it was published by {publisher}."),
    (False, False, True): N_("“{title}” names no author; it was published on {day}."),
    (False, False, False): N_("“{title}” names no author."),
}
_PUBLISHED = {
    (True, True, True): N_("“{title}” was published by {publisher} on {day}; it was written by {author}."),
    (True, True, False): N_("“{title}” was published by {publisher}; it was written by {author}."),
    (True, False, True): N_("“{title}” was published on {day}; it was written by {author}."),
    (True, False, False): N_("“{title}” says no day; it was written by {author}."),
    (False, True, True): N_("“{title}” was published by {publisher} on {day}."),
    (False, True, False): N_("“{title}” was published by {publisher}."),
    (False, False, True): N_("“{title}” was published on {day}."),
    (False, False, False): N_("“{title}” says no day."),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What narrows a list of articles: a topic, or words that they `mention`; publishers; the first and last day."""

    topic: str = ""
    mention: bool = False
    publishers: Sequence[str] = ()
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.topic or self.publishers or self.since or self.until)

    def of(self, articles: Translatable) -> Translatable:
        """Return the phrase of these articles with its limits: "3 articles about oil since 5 March 2024"."""
        if self.topic and self.mention:
            articles = N_("{articles} that mention {words}", articles=articles, words=self.topic)
        elif self.topic:
            articles = N_("{articles} about {topic}", articles=articles, topic=self.topic)
        if self.publishers:
            articles = N_("{articles} from {publishers}", articles=articles, publishers=_all_of(self.publishers))
        since, until = (readable(day) if day else "" for day in (self.since, self.until))
        if self.since and self.since == self.until:
            return N_("{articles} of {day}", articles=articles, day=since)
        if since and until:
            return N_("{articles} from {first} to {last}", articles=articles, first=since, last=until)
        if since:
            return N_("{articles} since {day}", articles=articles, day=since)
        return N_("{articles} until {day}", articles=articles, day=until) if until else articles


def there_are(total: int, limits: Limits) -> str:
    """Return how many articles there are: "There are 3 articles about oil."."""
    return ngettext("There is {articles}.", "There are {articles}.", total, articles=_phrase(total, limits))


def there_are_these(total: int, named: int, limits: Limits) -> str:
    """Return how many articles there are, before a list of some: "There are 3 articles about oil:"."""
    articles = _phrase(total, limits)
    if total <= named:
        return ngettext("There is {articles}:", "There are {articles}:", total, articles=articles)
    return ngettext(
        "There is {articles}, of which {named} are named here:",
        "There are {articles}, of which {named} are named here:",
        total,
        articles=articles,
        named=named,
    )


def there_are_none(limits: Limits, first: date | None = None, last: date | None = None) -> str:
    """Return that there are no such articles, and from which days those are that there are."""
    none = limits.of(N_("no articles"))
    if first is None or last is None:
        return N_("There are {none}.", none=none)
    return N_(
        "There are {none}; those here are from {first} to {last}.",
        none=none,
        first=readable(first),
        last=readable(last),
    )


def listed(article: Article) -> str:
    """Return an article as an entry of a list: "“Title” (Publisher, by Author, 5 March 2024)."."""
    details = _details(article)
    if not details:
        return N_("“{title}”.", title=article.title)
    return N_("“{title}” ({details}).", title=article.title, details=details)


def the_newest(article: Article) -> str:
    """Return which article is the newest."""
    return N_("The newest article is “{title}” ({details}).", title=article.title, details=_details(article))


def the_oldest(article: Article) -> str:
    """Return which article is the oldest."""
    return N_("The oldest article is “{title}” ({details}).", title=article.title, details=_details(article))


def who_wrote(article: Article) -> str:
    """Return who wrote an article, and where and when it was published."""
    return _of_article(_AUTHOR, article)


def when_published(article: Article) -> str:
    """Return where and when an article was published, and who wrote it."""
    return _of_article(_PUBLISHED, article)


def the_publishers(counts: Sequence[tuple[str, int]], named: int) -> str:
    """Return how many publishers there are, and the first of them with the number of their articles."""
    return ngettext(
        "The articles are from {number} publisher: {publishers}.",
        "The articles are from {number} publishers: {publishers}.",
        len(counts),
        number=len(counts),
        publishers=tuple(f"{name} ({count})" for name, count in counts[:named]),
    )


def what_to_ask(articles: int, examples: Sequence[str], *, thanks: bool, hello: bool) -> str:
    """Return a greeting that says what can be asked, with example questions."""
    opens = N_("You are welcome.") if thanks else N_("Hello.") if hello else None
    ask = ngettext(
        "Ask me about the {number} article in this collection, and I answer with quotes from them.",
        "Ask me about the {number} articles in this collection, and I answer with quotes from them.",
        articles,
        number=articles,
    )
    example = N_("For example: {questions}", questions=alternatives(tuple(map(quoted, examples)))) if examples else None
    return together(opens, ask, example) or ask


def _phrase(total: int, limits: Limits) -> Translatable:
    return limits.of(ngettext("{number} article", "{number} articles", total, number=total))


def _all_of(names: Sequence[str]) -> Value:
    first, *others = names
    said: Value = first
    for other in others:
        said = N_("{first} and {second}", first=said, second=other)
    return said


def _details(article: Article) -> tuple[Value, ...]:
    author = N_("by {author}", author=article.author) if article.author else None
    day = readable(article.published) if article.published else None
    return tuple(one for one in (article.publisher, author, day) if one)


def _of_article(sentences: dict[tuple[bool, bool, bool], Translatable], article: Article) -> str:
    known = (bool(article.author), bool(article.publisher), bool(article.published))
    return sentences[known].filled(
        title=article.title,
        author=article.author or "",
        publisher=article.publisher or "",
        day=readable(article.published) if article.published else "",
    )
