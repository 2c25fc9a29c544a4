"""Pictures of figures that other benchmarks measured, as SVG: `draw_scale` and `draw_speed`.

Colours are those of Okabe & Ito, which people who see few colours tell apart, and each line has a mark of its
own. The ground is white, for pages that are light or dark.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _ORANGE, _GREEN, _GREY = "#0072B2", "#D55E00", "#009E73", "#8A8A8A"

# A panel: its title, its axis, and the lines as (name, figure, what it is divided by).
_Line = tuple[str, str, float]
_PANELS: tuple[tuple[str, str, tuple[_Line, ...]], ...] = (
    (
        "Asking, warm",
        "milliseconds, median",
        (("whole answer", "answer p50", 1), ("lexical search", "lexical p50", 1), ("dense search", "dense p50", 1)),
    ),
    (
        "Building, without embedding",
        "seconds",
        (("vectors", "vectors s", 1), ("catalog", "catalog s", 1)),
    ),
    (
        "Memory and disk",
        "megabytes",
        (("disk", "disk", 1e6), ("memory, building", "peak MB", 1), ("memory, asking", "asking peak MB", 1)),
    ),
)
# A bar picture: its title, and the figures of yardstick and product, each as the parts of a ratio.
_BARS: tuple[tuple[str, tuple[str, str], tuple[str, str], float], ...] = (
    ("indexing, passages/s", ("yardstick index passages", "yardstick index seconds"),
     ("product index passages", "product index seconds"), 1),
    ("indexing, thousand characters/s", ("yardstick index characters", "yardstick index seconds"),
     ("product index characters", "product index seconds"), 1e3),
    ("one question, cold process, s", ("yardstick cold", ""), ("product cold", ""), 1),
    ("retrieval, warm, median ms", ("yardstick ask retrieve p50", ""), ("product ask retrieve p50", ""), 1),
    ("peak memory indexing, MB", ("yardstick index peak MB", ""), ("product index peak MB", ""), 1),
    ("peak memory asking, MB", ("yardstick ask peak MB", ""), ("product ask peak MB", ""), 1),
    ("on disk, MB", ("yardstick bytes", ""), ("product bytes", ""), 1e6),
)  # fmt: skip


def draw_scale(figures: Mapping[str, Any], file: Path) -> None:
    """Draw how time, memory and disk grow, from what `benchmarks.scale --json` writes; figures not there are left out.

    Both axes are logarithmic: what doubles with the passages is a straight line that rises as the grey one does.
    """
    from matplotlib.ticker import NullFormatter, StrMethodFormatter

    sizes = figures["sizes"]
    picture = _picture(11, 4.2)
    for place, (title, unit, lines) in enumerate(_PANELS, 1):
        axes = picture.add_subplot(1, len(_PANELS), place)
        axes.set(title=title, xlabel="passages", ylabel=unit, xscale="log", yscale="log")
        _lines(axes, sizes, lines)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
            axis.set_minor_formatter(NullFormatter())
        axes.grid(visible=True, which="major", color="#DDDDDD", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        if axes.has_data():
            axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    _save(picture, file)


def draw_speed(figures: Mapping[str, Any], file: Path) -> None:
    """Draw yardstick and product side by side, from what `benchmarks.speed --json` writes.

    Each figure has a scale of its own, and its number at the end of its bar; figures not there are left out.
    """
    medians: Mapping[str, float] = figures["medians"]
    rows = [
        (title, _ratio(medians, *theirs) / unit, _ratio(medians, *ours) / unit)
        for title, theirs, ours, unit in _BARS
        if all(not name or name in medians for name in (*theirs, *ours))
    ]
    picture = _picture(8, 0.75 * max(1, len(rows)))
    for place, (title, theirs, ours) in enumerate(rows, 1):
        axes = picture.add_subplot(len(rows), 1, place)
        bars = axes.barh(["product", "yardstick"], [ours, theirs], color=[_BLUE, _GREY], height=0.7)
        axes.bar_label(bars, labels=[_number(ours), _number(theirs)], padding=4, fontsize=9)
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_xlim(0, 1.15 * max(ours, theirs))
        axes.set_xticks([])
        axes.tick_params(left=False, labelsize=9)
        axes.spines[:].set_visible(False)
    _save(picture, file)


def _lines(axes: "Axes", sizes: Sequence[Mapping[str, float]], lines: Sequence[_Line]) -> None:
    marks = zip(lines, (_BLUE, _ORANGE, _GREEN), ("o", "s", "^"), strict=False)
    for (name, key, unit), colour, mark in marks:
        known = [(one.get("passages", one["size"]), one[key] / unit) for one in sizes if one.get(key)]
        if known:
            axes.plot(*zip(*known, strict=True), color=colour, marker=mark, markersize=5, linewidth=1.6, label=name)
    _, key, unit = lines[0]
    ends = [(one.get("passages", one["size"]), one[key] / unit) for one in sizes if one.get(key)]
    if len(ends) > 1:
        (first, _), (last, value) = ends[0], ends[-1]
        straight = ([first, last], [value * first / last, value])
        axes.plot(*straight, color="#AAAAAA", linestyle=":", label="as the passages do")


def _ratio(medians: Mapping[str, float], over: str, under: str) -> float:
    return medians[over] / (medians[under] if under else 1.0)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _picture(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def _save(picture: "Figure", file: Path) -> None:
    import matplotlib

    # Text stays text, and the same figures make the same file.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "figures"}):
        picture.savefig(file, format="svg", metadata={"Date": None})
