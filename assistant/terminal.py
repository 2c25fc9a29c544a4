"""What the command line shows: answers, lists, progress. Text from articles is printed as it is, never as markup."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from assistant.present import DISPUTED, confidence, excerpt, nearest, readable
from assistant.values import Answer, Claim
from index.article import Article
from index.clean import plain

if TYPE_CHECKING:
    from index.doctor import Finding
    from index.store import Index
    from index.sync import Summary

_MOST_ALSO_RETRIEVED = 3


def show_answer(answer: Answer) -> None:
    """Print an answer with its marks and sources, or the refusal with the nearest passages."""
    console = Console(highlight=False)
    if answer.searched != answer.question:
        console.print(Text(f"Searched: {answer.searched}", "dim"))
    if answer.refused:
        console.print(Text(answer.text, "bold"))
        if answer.hits:
            console.print(Text("\nNearest passages", "bold"))
        for _, hit in nearest(answer):
            console.print(_source(hit.article))
            console.print(Padding(Text(printable(excerpt(hit.text))), (0, 0, 0, 4)))
        return
    console.print(Text(" ").join(_claim(claim) for claim in answer.claims))
    if sure := confidence(answer):
        console.print(Text(sure, "dim"))
    console.print(Text("\nSources", "bold"))
    for citation in answer.citations:
        place = f"characters {citation.start}–{citation.end}"
        console.print(Text(f"[{citation.number}] ", "cyan") + _source(citation.article) + Text(f", {place}", "dim"))
    others = _also_retrieved(answer)
    if others:
        console.print(Text("\nAlso retrieved", "bold"))
    for article in others:
        console.print(Text("    ") + _source(article))


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


def show_findings(findings: Sequence["Finding"]) -> None:
    """Print what `assistant doctor` saw."""
    console = Console(highlight=False)
    for finding in findings:
        mark = Text("ok   ", "green") if finding.well else Text("wrong", "bold red")
        console.print(mark + Text(f"  {finding.name}: {finding.seen}"))
    console.print(Text(f"       versions: {_versions()}", "dim"))


def show_summary(summary: "Summary") -> None:
    """Print the closing line of an indexing run, and each file that was not taken in."""
    console = Console(highlight=False, soft_wrap=True)
    for problem in summary.failed:
        console.print(Text("failed   ", "bold red") + Text(printable(problem.reason)))
    for problem in summary.skipped:
        console.print(Text("skipped  ", "yellow") + Text(printable(f"{problem.source}: {problem.reason}")))
    counts = {
        "added": summary.added,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "removed": summary.removed,
        "failed": len(summary.failed),
    }
    line = ", ".join(f"{count} {name}" for name, count in counts.items())
    console.print(Text(f"{line} ({summary.passages} passages written in {summary.seconds:.1f} s)"))
    if summary.vanished > summary.removed:
        kept = summary.vanished - summary.removed
        console.print(Text(f"{kept} articles whose file is gone are kept; `--prune` removes them", "yellow"))
    if not any(counts.values()):
        console.print(Text("No article was found there: give a folder with .md, .txt or .html files.", "yellow"))


@contextmanager
def progress(label: str, *, quiet: bool = False) -> Iterator[Callable[[int, int, str], None]]:
    """Show a progress bar on stderr; yields the function that moves it: files done, in all, the name at hand."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = TextColumn("{task.fields[name]}", markup=False)
    console = Console(stderr=True)
    with Progress(*columns, shown, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(label, total=None, name="")
        yield lambda done, total, name: bar.update(task, completed=done, total=total, name=printable(name)[:40])


def _claim(claim: Claim) -> Text:
    marks = "".join(f"[{citation.number}]" for citation in claim.citations)
    label = Text(f"{DISPUTED} ", "bold") if claim.denies else Text()
    text = label + Text(printable(claim.text)) + Text(f" {marks}", "cyan")
    return text if claim.status == "supported" else text + Text(f" ({claim.status})", "bold yellow")


def _source(article: Article) -> Text:
    text = Text(printable(article.title), "italic")
    published = readable(article.published) if article.published else ""
    details = ", ".join(part for part in (printable(article.publisher or ""), published) if part)
    origin = article.url or article.path or ""
    return text + Text(f" — {details}" if details else "") + Text(f" ({printable(origin)})", "dim")


def _also_retrieved(answer: Answer) -> list[Article]:
    cited = {citation.article.id for citation in answer.citations}
    others = {hit.article.id: hit.article for hit in answer.hits if hit.article.id not in cited}
    return list(others.values())[:_MOST_ALSO_RETRIEVED]


def printable(text: str) -> str:
    """Keep control characters from a file name or an article out of the terminal."""
    return plain(text).replace("\n", " ")


def _versions() -> str:
    import sys
    from importlib.metadata import version

    names = ("article-assistant", "llama-index-core", "sentence-transformers", "chromadb", "gradio", "torch")
    return ", ".join([f"Python {sys.version.split()[0]}", *(f"{name} {version(name)}" for name in names)])
