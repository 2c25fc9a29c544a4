"""Suggest follow-up questions: generated from sentences near an answer, and offered only if the articles answer them.

More questions are generated than needed, and then selected, as by Heilman & Smith ("Good Question! Statistical Ranking
for Question Generation", 2010). The search itself selects: a question is offered if the articles answer it with the
sentence it was made from. The rules are for English.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from assistant.language.context import SentenceCache
from assistant.language.injection import gives_orders
from assistant.language.words import content_words, folded
from assistant.question.condense import is_followup
from assistant.read.find import Found
from assistant.suggest.from_sentences import questions
from assistant.types import Answer, Turn
from assistant.write.quote import quote
from index.text.sentences import Span
from index.text.terms import ENGLISH
from index.types import Article

MAX_SUGGESTIONS = 3
"""Most questions offered."""

# Each trial costs a search: most questions tried, and sentences they are made from.
_TRIED = 8
_READ = 60
# The largest share of a question's words that an earlier question may have.
_MAX_ALIKE = 0.7


def suggest(answer: Answer, history: Sequence[Turn], search: Callable[[str], Found]) -> tuple[str, ...]:
    """Return up to `MAX_SUGGESTIONS` questions to which `search`, which finds evidence, finds an answer.

    They are made from sentences that the answer does not quote: first those near its quotes, then those of its other
    hits. `history` are the turns before the answer; no question in them is suggested again. Each stands alone.
    """
    asked = [answer.question, answer.searched, *(turn.question for turn in history)]
    offered: list[str] = []
    for question, article, span in islice(_candidates(answer), _TRIED):
        if not _is_new(question, [*asked, *offered]) or is_followup(question):
            continue
        if _answers(search(question), article, span):
            offered.append(question)
        if len(offered) == MAX_SUGGESTIONS:
            break
    return tuple(offered)


def _candidates(answer: Answer) -> Iterator[tuple[str, Article, Span]]:
    """Yield questions with the sentence they are made from, at most one per sentence."""
    made: list[str] = []
    for article, span in islice(_near(answer), _READ):
        sentence = article.text[slice(*span)]
        # Questions are made of English sentences only.
        if article.language not in (None, ENGLISH) or gives_orders(article.text, *span):
            continue
        for question in questions(sentence):
            if _is_new(question, made):
                made.append(question)
                yield question, article, span
                break


def _near(answer: Answer) -> Iterator[tuple[Article, Span]]:
    """Yield the sentences near an answer's quotes, nearest first, then those of its hits, best hit first."""
    cache = SentenceCache()
    quoted = {(citation.article.id, citation.start, citation.end) for citation in answer.citations}
    seen: set[tuple[str, Span]] = set()
    for citation in answer.citations:
        spans = cache.sentences(citation.article)
        for span in sorted(spans, key=lambda span: (abs(span[0] - citation.end), span)):
            covered = any(
                id_ == citation.article.id and start < span[1] and span[0] < end for id_, start, end in quoted
            )
            # Quoted sentences count as seen too, since hits contain them.
            known = (citation.article.id, span) in seen
            seen.add((citation.article.id, span))
            if not covered and not known:
                yield citation.article, span
    for hit in answer.hits:
        for span in cache.sentences(hit.article):
            inside = hit.passage.start <= span[0] < hit.passage.end
            if inside and (hit.article.id, span) not in seen:
                seen.add((hit.article.id, span))
                yield hit.article, span


def _is_new(question: str, asked: Sequence[str]) -> bool:
    """Say whether a question differs from earlier ones."""
    wanted = set(content_words(question))
    for other in asked:
        if folded(other) == folded(question):
            return False
        if len(wanted & set(content_words(other))) > _MAX_ALIKE * len(wanted):
            return False
    return True


def _answers(found: Found, article: Article, span: Span) -> bool:
    """Say whether the first claim found for a question quotes this sentence."""
    claims = quote(found.ranked, found.threshold) if found.answerable else []
    return any(
        citation.article.id == article.id and citation.start < span[1] and span[0] < citation.end
        for citation in (claims[0].citations if claims else ())
    )
