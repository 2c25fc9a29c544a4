"""Print answers and lists. Text from articles is printed literally, never as markup."""

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from assistant.llm.choice import FORMS
from assistant.llm.trial import try_llm
from assistant.render.i18n import Translate, language_named, translator
from assistant.render.streamed import TextStream
from assistant.render.text import (
    DISPUTED,
    also_in,
    answering_parts,
    confidence,
    excerpt,
    marks,
    nearest,
    pages,
    readable,
    remarks,
    spaced,
    status,
)
from assistant.types import Answer, Claim
from index.text.clean import plain
from index.types import Article

if TYPE_CHECKING:
    from assistant.llm.model import LanguageModel
    from index.ingest.report import Summary
    from index.maintain.doctor import Finding
    from index.store.index import Index

_MAX_ALSO_RETRIEVED = 3
_MAX_MODELS = 12


def show_growing(growing: Iterator[Answer], stop: threading.Event, language: str | None = None) -> None:
    """Print an answer while it is written, then its sources; Ctrl-C sets `stop` and keeps what there is.

    Into a pipe or a file it is printed when it is complete. What stands beside the answer is in the language.
    """
    console, translate = Console(highlight=False), translator(language_named(language))
    stream_text, spoken = TextStream(translate), ""
    answer: Answer | None = None
    before = signal.getsignal(signal.SIGINT)
    try:
        for answer in growing:
            if answer.written_by:
                # Before an LLM writes, Ctrl-C ends the command as usual; pressed twice, it always does.
                signal.signal(signal.SIGINT, lambda *_: _interrupt(stop))
                for words in stream_text.more(answer) if console.is_terminal else ():
                    if not spoken and answer.searched != answer.question:
                        console.print(_searched(answer, translate))
                    console.print(Text(_lines(words)), end="", soft_wrap=True)
                    spoken += words
    finally:
        signal.signal(signal.SIGINT, before)
    assert answer is not None
    if spoken:
        console.print()
    if spoken and answer.claims and answer.written_by:
        _show_rest(console, answer, translate)
    else:
        show_answer(answer, translate)


def _interrupt(stop: threading.Event) -> None:
    if stop.is_set():
        raise KeyboardInterrupt
    stop.set()


def _searched(answer: Answer, _: Translate) -> Text:
    return Text(_("Searched: {question}").format(question=printable(answer.searched)), "dim")


def show_answer(answer: Answer, _: Translate = str) -> None:
    """Print an answer with its marks and sources, or the refusal with the nearest passages."""
    console = Console(highlight=False)
    if answer.searched != answer.question:
        console.print(_searched(answer, _))
    if answer.refused:
        console.print(Text(printable(answer.text), "bold"))
        for line in remarks(answer, _):
            console.print(Text(printable(line), "dim"))
        if answer.hits:
            console.print(Text(f"\n{_('Nearest passages')}", "bold"))
        for _place, hit in nearest(answer):
            page = pages(hit.article, hit.passage.start, hit.passage.end, _)
            console.print(_source(hit.article, _) + Text(f", {page}" if page else "", "dim"))
            console.print(Padding(Text(printable(excerpt(hit.text))), (0, 0, 0, 4)))
        return
    console.print(
        Text.assemble(*(part for space, claim in spaced(answer) for part in (space, _claim(answer, claim, _))))
    )
    _show_rest(console, answer, _)


def _show_rest(console: Console, answer: Answer, _: Translate) -> None:
    """Print what follows an answer: confidence, remarks and sources."""
    for line in (confidence(answer, _), *remarks(answer, _)):
        if line:
            console.print(Text(printable(line), "dim"))
    if answer.citations:
        console.print(Text(f"\n{_('Sources')}", "bold"))
    for citation in answer.citations:
        page = pages(citation.article, citation.start, citation.end, _)
        characters = _("characters {first}–{last}").format(first=citation.start, last=citation.end)
        place = ", ".join(filter(None, (page, characters)))
        others = ", ".join(printable(one) for one in also_in([citation]))
        also = Text(f"; {_('also in: {places}').format(places=others)}" if others else "")
        console.print(
            Text(f"[{citation.number}] ", "cyan") + _source(citation.article, _) + Text(f", {place}", "dim") + also
        )
    retrieved = _also_retrieved(answer)
    if retrieved:
        console.print(Text(f"\n{_('Also retrieved')}", "bold"))
    for article in retrieved:
        console.print(Text("    ") + _source(article, _))


def show_llm(llm: "LanguageModel | None") -> None:
    """Print which LLM is set, and try it; `LLMError` explains a failure."""
    console = Console(highlight=False)
    if llm is None:
        console.print(f"No LLM is set: answers are quotes. Name one with --llm or ASSISTANT_LLM: {FORMS}", markup=False)
        return
    console.print(f"LLM      {llm.name} at {llm.place}", markup=False)
    if llm.choice and llm.choice.key_setting:
        console.print(f"Key      {llm.key_setting()} is {'set' if llm.has_key() else 'not set'}")
    offered = llm.models()
    if offered and llm.name not in offered:
        console.print(Text(f"Offered  {printable(', '.join(offered[:_MAX_MODELS]))}", "yellow"))
    trial = try_llm(llm)
    console.print(f"Reads    {trial.context:,} tokens")
    console.print(f"Wrote    {printable(trial.written)!r} in {trial.seconds:.1f} s", markup=False)


def show_articles(index: "Index") -> None:
    """Print the articles as a table, newest first."""
    from rich.table import Table

    console = Console(highlight=False)
    table = Table("Id", "Published", "Publisher", "Title", box=None, header_style="bold", pad_edge=False)
    for article in index.catalog.articles():
        published = article.published.isoformat() if article.published else ""
        table.add_row(article.id, published, Text(printable(article.publisher or "")), Text(printable(article.title)))
    if table.row_count:
        console.print(table)
    else:
        console.print(f"No articles are indexed in {index.home} yet; run `assistant index FOLDER`.", markup=False)


def show_people(people: Sequence[Mapping[str, Any]]) -> None:
    """Print the users as a table, by name."""
    from rich.table import Table

    console = Console(highlight=False)
    table = Table("Name", "Added", "Conversations", "Tokens", box=None, header_style="bold", pad_edge=False)
    for person in people:
        table.add_row(person["name"], person["added"][:10], str(person["conversations"]), str(person["tokens"]))
    if table.row_count:
        console.print(table)
    else:
        console.print("Nobody can sign in yet; run `assistant user add NAME`.", markup=False)


def show_feedback(counts: Mapping[str, int], rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the numbers of thumbs, and each rating with its question and comment."""
    from rich.table import Table

    console = Console(highlight=False)
    if not rows:
        console.print("No answer has been rated yet; the thumbs are under each answer of the page.", markup=False)
        return
    console.print(f"{counts['up']} up, {counts['down']} down", markup=False)
    table = Table("When", "Who", "Thumb", "Question", "Word", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        asked = printable(row["question"]) + (" (refused)" if row["refused"] else "")
        table.add_row(row["at"][:10], row["owner"], row["verdict"], Text(asked), Text(printable(row["word"])))
    console.print(table)


def show_findings(findings: Sequence["Finding"]) -> None:
    """Print the findings of `assistant doctor`."""
    console = Console(highlight=False)
    for finding in findings:
        mark = Text("ok   ", "green") if finding.well else Text("wrong", "bold red")
        console.print(mark + Text(f"  {finding.name}: {printable(finding.seen)}"))
    console.print(Text(f"       versions: {_versions()}", "dim"))


def counted(summary: "Summary") -> str:
    """Return the counts of an indexing run as text."""
    counts = {
        "added": summary.added,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "removed": summary.removed,
        "failed": len(summary.failed),
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def show_problems(summary: "Summary") -> None:
    """Print each file and address that was not indexed."""
    console = Console(highlight=False, soft_wrap=True)
    for problem in summary.failed:
        console.print(Text("failed   ", "bold red") + Text(printable(problem.reason)))
    for problem in summary.skipped:
        console.print(Text("skipped  ", "yellow") + Text(printable(f"{problem.source}: {problem.reason}")))


def show_summary(summary: "Summary") -> None:
    """Print the result of an indexing run, and each file that was not indexed."""
    console = Console(highlight=False, soft_wrap=True)
    show_problems(summary)
    console.print(Text(f"{counted(summary)} ({summary.passages} passages written in {summary.seconds:.1f} s)"))
    if summary.vanished > summary.removed:
        kept = summary.vanished - summary.removed
        console.print(Text(f"{kept} articles whose file is gone are kept; `--prune` removes them", "yellow"))
    if summary.gone:
        console.print(Text(f"{summary.gone} articles that a feed lists no more are kept", "yellow"))
    if summary.found_nothing:
        hint = "give a folder of articles (Markdown, HTML, PDF …), or the address of a page or feed"
        console.print(Text(f"No article was found there: {hint}.", "yellow"))


def show_languages(index: "Index", *, chosen: bool) -> None:
    """Print which model was chosen for a new index of articles that are not in English, or what an old one lacks."""
    from index.embed.packaged import MULTILINGUAL_MODEL
    from index.ingest.model_choice import advice, named

    console = Console(highlight=False, soft_wrap=True)
    if chosen and not index.names_model and index.catalog.get("model") == MULTILINGUAL_MODEL:
        languages = named(index.catalog.languages())
        console.print(Text(f"They are mostly not in English ({languages}): embedded with {MULTILINGUAL_MODEL}."))
    elif said := advice(index):
        console.print(Text(f"{said}.", "yellow"))


def _claim(answer: Answer, claim: Claim, _: Translate) -> Text:
    label = Text(f"{_(DISPUTED)} ", "bold") if claim.denies else Text()
    # An LLM's line ends are kept; a quote is printed as running text.
    safe = _lines if answer.written_by else printable
    text = Text.assemble(*((safe(words), "bold" if answers else "") for words, answers in answering_parts(claim)))
    return label + text + _marks(claim, _)


def _marks(claim: Claim, _: Translate) -> Text:
    shown = Text(f" {marks(claim)}" if claim.citations else "", "cyan")
    doubt = status(claim, _)
    return shown + Text(f" ({doubt})", "bold yellow") if doubt else shown


def _source(article: Article, _: Translate) -> Text:
    text = Text(printable(article.title), "italic")
    published = _(readable(article.published)) if article.published else ""
    details = ", ".join(part for part in (printable(article.publisher or ""), published) if part)
    origin = article.url or article.path or ""
    return text + Text(f" — {details}" if details else "") + Text(f" ({printable(origin)})", "dim")


def _also_retrieved(answer: Answer) -> list[Article]:
    cited = {citation.article.id for citation in answer.citations}
    others = {hit.article.id: hit.article for hit in answer.hits if hit.article.id not in cited}
    return list(others.values())[:_MAX_ALSO_RETRIEVED]


def printable(text: str) -> str:
    """Return a text on one line, without control characters."""
    return plain(text).replace("\n", " ")


def _lines(text: str) -> str:
    """Return a text without control characters except line ends."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _versions() -> str:
    import sys
    from importlib.metadata import version

    names = ("article-assistant", "llama-index-core", "sentence-transformers", "chromadb", "gradio", "torch")
    return ", ".join([f"Python {sys.version.split()[0]}", *(f"{name} {version(name)}" for name in names)])
