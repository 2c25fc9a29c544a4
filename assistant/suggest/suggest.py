"""Questions to go on with after an answer: made from sentences near it, and each tried before it is offered.

Questions are made of sentences by rule, more than are needed, and then chosen from, as by Heilman & Smith ("Good
Question! Statistical Ranking for Question Generation", 2010). What chooses is the search itself: a question is offered
where the articles answer it, with the very sentence it was made of. The rules are for English.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from assistant.language.context import Reading
from assistant.language.injection import gives_orders
from assistant.language.words import content_words, folded
from assistant.question.condense import leans
from assistant.read.find import Found
from assistant.suggest.from_sentences import questions
from assistant.types import Answer, Turn
from assistant.write.quote import quote
from index.text.sentences import Span
from index.types import Article

MOST = 3
"""How many questions are offered."""

# Trying one costs a search: so many are tried, and made of so many sentences.
_TRIED = 8
_READ = 60
# How much of a question may have been asked before, as a share of its words.
_MAX_ALIKE = 0.7


def suggest(answer: Answer, history: Sequence[Turn], search: Callable[[str], Found]) -> tuple[str, ...]:
    """Offer up to `MOST` questions that `search`, which finds evidence for a question, finds an answer to.

    They are made of sentences that the answer does not quote: those near its quotes first, then those of the other
    passages found. `history` are the turns up to this answer; what was asked is not offered again. Each stands alone.
    """
    asked = [answer.question, answer.searched, *(turn.question for turn in history)]
    offered: list[str] = []
    for question, article, span in islice(_candidates(answer), _TRIED):
        if not _is_new(question, [*asked, *offered]) or leans(question):
            continue
        if _answers(search(question), article, span):
            offered.append(question)
        if len(offered) == MOST:
            break
    return tuple(offered)


def _candidates(answer: Answer) -> Iterator[tuple[str, Article, Span]]:
    """Make questions, each with the sentence it was made of; of each sentence one."""
    made: list[str] = []
    for article, span in islice(_near(answer), _READ):
        sentence = article.text[slice(*span)]
        if gives_orders(article.text, *span):
            continue
        for question in questions(sentence):
            if _is_new(question, made):
                made.append(question)
                yield question, article, span
                break


def _near(answer: Answer) -> Iterator[tuple[Article, Span]]:
    """Find the sentences near an answer's quotes, nearest first, then those of its other hits, best hit first."""
    reading = Reading()
    quoted = {(citation.article.id, citation.start, citation.end) for citation in answer.citations}
    seen: set[tuple[str, Span]] = set()
    for citation in answer.citations:
        spans = reading.sentences(citation.article)
        for span in sorted(spans, key=lambda span: (abs(span[0] - citation.end), span)):
            covered = any(
                id_ == citation.article.id and start < span[1] and span[0] < end for id_, start, end in quoted
            )
            # What is quoted is seen as well: the passages below hold it too.
            known = (citation.article.id, span) in seen
            seen.add((citation.article.id, span))
            if not covered and not known:
                yield citation.article, span
    for hit in answer.hits:
        for span in reading.sentences(hit.article):
            inside = hit.passage.start <= span[0] < hit.passage.end
            if inside and (hit.article.id, span) not in seen:
                seen.add((hit.article.id, span))
                yield hit.article, span


def _is_new(question: str, asked: Sequence[str]) -> bool:
    """Say whether a question asks something else than those before it."""
    wanted = set(content_words(question))
    for other in asked:
        if folded(other) == folded(question):
            return False
        if len(wanted & set(content_words(other))) > _MAX_ALIKE * len(wanted):
            return False
    return True


def _answers(found: Found, article: Article, span: Span) -> bool:
    """Say whether a question is answered, and first of all with this sentence."""
    claims = quote(found.ranked, found.threshold) if found.answerable else []
    return any(
        citation.article.id == article.id and citation.start < span[1] and span[0] < citation.end
        for citation in (claims[0].citations if claims else ())
    )
