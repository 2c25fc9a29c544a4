"""How the code is laid out: `python -m benchmarks.house [FOLDER …]`, a checkout each, by default this one.

Counts, for the packages `index` and `assistant`: lines and files of Python, folders and the files in each, how many
floors of imports stand on one another, modules that import each other in a circle, and names that a user can import.
"""

import ast
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

PACKAGES = ("index", "assistant")


def modules(root: Path) -> dict[str, Path]:
    """Find the modules of the packages below a checkout, by their dotted names."""
    files = [file for package in PACKAGES for file in (root / package).rglob("*.py")]
    return {".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imports(file: Path, known: set[str]) -> set[str]:
    """Tell which of the known modules a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} & known or {node.module}
    return found & known


def circles(graph: dict[str, set[str]]) -> int:
    """Count the circles that have to be cut until none is left, cutting one import of each."""
    graph, cut = {name: set(others) for name, others in graph.items()}, 0
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            before, after = error.args[1][:2]
            graph[after].discard(before)
            cut += 1
        else:
            return cut


def floors(graph: dict[str, set[str]]) -> int:
    """Count the modules of the longest chain of imports; circles are cut."""
    height: dict[str, int] = {}

    def of(name: str, above: frozenset[str]) -> int:
        if name not in height:
            below = (of(other, above | {name}) for other in graph[name] if other not in above)
            height[name] = 1 + max(below, default=0)
        return height[name]

    return max(of(name, frozenset()) for name in graph)


def public(root: Path) -> int:
    """Count the names in `__all__` of the two packages."""
    found = 0
    for package in PACKAGES:
        for node in ast.walk(ast.parse((root / package / "__init__.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                found += len(ast.literal_eval(node.value))
    return found


def main(arguments: list[str]) -> None:
    """Print a table with a column for each checkout."""
    table = Table("", *(arguments or ["here"]))
    columns = []
    for root in map(Path, arguments or ["."]):
        known = modules(root)
        graph = {name: imports(file, set(known)) for name, file in known.items()}
        lengths = [len(file.read_text(encoding="utf-8").splitlines()) for file in known.values()]
        a_folder = Counter(file.parent for file in known.values())
        columns.append(
            [
                f"{sum(lengths):,}",
                str(len(lengths)),
                f"{median(lengths):g} / {max(lengths)}",
                str(len(a_folder)),
                f"{median(a_folder.values()):g} / {max(a_folder.values())}",
                str(floors(graph)),
                str(circles(graph)),
                str(public(root)),
            ]
        )
    names = ("lines", "files", "lines a file, median / most", "folders", "files a folder, median / most", "floors")
    for name, *row in zip((*names, "circles", "public names"), *columns, strict=True):
        table.add_row(name, *row)
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
