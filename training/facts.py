"""Groups about lists, tables and lines of facts, drawn from small vocabularies: the sets are running text alone.

The words of the project's own starter articles and questions are not among them.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from index.text.sentences import Span
from training import forms
from training.groups import Group

_FIRST = (
    "Anna Boris Clara David Elena Farid Greta Hugo Irene Jonas Kemal Lucia Marek Nadia Otto Petra Rosa Simon Tomas Vera"
)
_LAST = (
    "Adler Brandt Costa Duarte Eriksen Fontaine Garcia Haas Ivanov "
    "Jansen Keller Larsen Moreau Novak Olsen Pohl Rossi Silva"
)
_PLACES = (
    "Aldport Brenmoor Castlewick Dunholm Eastbrook Fairhaven "
    "Glenmere Harwick Ivybridge Kingsford Lakeside Millbury Northam"
)
_FOODS = (
    "sugar milk butter honey oats rice salt yeast cream "
    "cheese almonds raisins lemons carrots lentils potatoes onions olives"
)
_UNITS = ("{} g", "{} ml", "{} kg", "{} tablespoons of", "{} cups of", "{}")
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_KINDS = "museum library swimming pool town hall castle bakery theatre garden zoo observatory gallery market"
_TEAMS = "Rovers United Athletic Wanderers City Albion Dynamo Sporting"

Made = tuple[list[str], list[tuple[str, str]], list[str]]
"""Lines; questions with the answer's words, as they stand in one line alone; and questions that no line answers."""


def groups(many: int, rng: random.Random) -> Iterator[Group]:
    """Draw groups: a text that answers, or does not, among others of the same kind and of others."""
    for _ in range(many):
        maker = rng.choice(_MAKERS)
        title, (lines, answered, open_) = maker(rng)
        others = [(maker if rng.random() < 0.6 else rng.choice(_MAKERS))(rng) for _ in range(rng.choice((1, 2)))]
        text = "\n".join(lines)
        golds: dict[int, list[Span]] = {}
        if open_ and rng.random() < 0.4:
            question = rng.choice(open_)
        else:
            question, answer = rng.choice(answered)
            line, _, words = answer.partition("\t")
            start = text.find(line)
            # A row's value stands behind the cells before it, any of which may have the same figures.
            behind = words and text.startswith(words, start + len(line))
            at = start + len(line) if behind else text.find(words or line, start)
            golds = {0: [(at, at + len(words or line))]}
        texts = [text, *("\n".join(made[0]) for _, made in others)]
        headers = [forms.header(name, rng, 0.5) for name in (title, *(name for name, _ in others))]
        question = forms.careless(question, rng) if rng.random() < 0.3 else question
        yield Group(question, tuple(headers), tuple(texts), golds)


def _some(words: str, many: int, rng: random.Random) -> list[str]:
    return rng.sample(words.split(), many)


def _person(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST.split())} {rng.choice(_LAST.split())}"


def _recipe(rng: random.Random) -> tuple[str, Made]:
    foods = _some(_FOODS, rng.randrange(5, 9), rng)
    kept, missing = foods[:-2], foods[-2:]
    amounts = [rng.choice(_UNITS).format(rng.choice((1, 2, 3, 4, 50, 75, 120, 150, 200, 250, 400, 500))) for _ in kept]
    mark = rng.choice(("• ", "- ", ""))
    lines = [rng.choice(("Ingredients", "You need", "What you need"))]
    lines += [f"{mark}{amount} {food}" for amount, food in zip(amounts, kept, strict=True)]
    minutes, degrees = rng.randrange(10, 90, 5), rng.randrange(120, 240, 10)
    lines += [rng.choice(("Method", "Steps")), f"Mix everything and let it rest for {minutes} minutes."]
    lines += [f"Bake at {degrees} °C until golden."]
    how = ("How much {} do I need?", "How much {} goes in?", "What quantity of {} is used?", "How many {} are needed?")
    asked = [
        (rng.choice(how).format(food), f"{mark}{amount} {food}\t{amount.removesuffix(' of')}")
        for amount, food in zip(amounts, kept, strict=True)
    ]
    asked += [
        ("How long should it rest?", f"Mix everything\t{minutes} minutes"),
        ("How hot should the oven be?", f"Bake at\t{degrees} °C"),
    ]
    title = f"{rng.choice(_PLACES.split())} {rng.choice(('cake', 'bread', 'soup', 'stew', 'salad', 'pie'))}"
    return title, (lines, asked, [rng.choice(how).format(food) for food in missing])


def _place(rng: random.Random) -> tuple[str, Made]:
    name = f"{rng.choice(_PLACES.split())} {rng.choice(_KINDS.split())}"
    first, last = rng.sample(_DAYS.split(), 2)
    facts = [
        ("Opening hours", f"{first[:3]}–{last[:3]} {rng.randrange(7, 12)}–{rng.randrange(15, 22)}", "When is {} open?"),
        ("Address", f"{rng.randrange(1, 190)} {rng.choice(_LAST.split())} Street", "Where is {}?"),
        ("Telephone", f"0{rng.randrange(100, 999)} {rng.randrange(100000, 999999)}", "What is the phone number of {}?"),
        ("Admission", f"€{rng.randrange(2, 30)}, children free", "How much does it cost to visit {}?"),
        ("Director", _person(rng), "Who directs {}?"),
        ("Architect", _person(rng), "Who designed {}?"),
        ("Founded", str(rng.randrange(1700, 2020)), "When was {} founded?"),
        ("Visitors", f"{rng.randrange(2, 900)},000 a year", "How many people visit {}?"),
        ("Floor space", f"{rng.randrange(2, 60)}00 m²", "How large is {}?"),
        ("Nearest station", rng.choice(_PLACES.split()), "Which station is nearest to {}?"),
        ("Closed", rng.choice(_DAYS.split()), "On which day is {} closed?"),
    ]
    rng.shuffle(facts)
    kept = facts[: rng.randrange(3, 7)]
    called = rng.choice((f"the {name}", name, "it"))
    lines = [f"{label}: {value}" for label, value, _ in kept]
    asked = [(question.format(called), f"{label}: \t{value}") for label, value, question in kept]
    asked += [(f"{label} of {name}", f"{label}: \t{value}") for label, value, _ in kept]
    return name, (lines, asked, [question.format(called) for *_, question in facts[len(kept) :]])


def _table(rng: random.Random) -> tuple[str, Made]:
    kind = rng.randrange(3)
    if kind == 0:
        rows = rng.sample([f"{p} {rng.choice(_TEAMS.split())}" for p in _PLACES.split()], rng.randrange(3, 7))
        head = ["Team", "Played", "Points", "Goals"]
        asks = ("How many games has {} played?", "How many points does {} have?", "How many goals did {} score?")
        cells = [[str(rng.randrange(10, 40)), str(rng.randrange(8, 90)), str(rng.randrange(12, 110))] for _ in rows]
        title = f"League table {rng.randrange(1990, 2026)}"
    elif kind == 1:
        first = rng.randrange(1990, 2018)
        rows = [str(year) for year in range(first, first + rng.randrange(3, 7))]
        head = ["Year", "Revenue", "Staff", "Profit"]
        asks = ("What was the revenue in {}?", "How many people worked there in {}?", "What profit was made in {}?")
        cells = [
            [
                f"€{rng.randrange(2, 900)} million",
                f"{rng.randrange(1, 90)},{rng.randrange(100, 999)}",
                f"€{rng.randrange(1, 90)}.{rng.randrange(9)} million",
            ]
            for _ in rows
        ]
        title = f"{rng.choice(_LAST.split())} AG: annual figures"
    else:
        rows, first = rng.sample(_PLACES.split(), rng.randrange(3, 7)), rng.randrange(5, 16)
        head = ["Stop", "Arrival", "Departure", "Platform"]
        asks = ("When does the train arrive at {}?", "When does the train leave {}?", "Which platform is used at {}?")
        cells = [
            [
                f"{hour}:{rng.randrange(10, 29)}",
                f"{hour}:{rng.randrange(30, 59)}",
                f"{rng.randrange(1, 12)}{rng.choice('ab')}",
            ]
            for hour in range(first, first + len(rows))
        ]
        title = f"Timetable {rng.choice(_PLACES.split())} line"
    kept = rng.randrange(len(rows) - 1) + 2 if rng.random() < 0.3 else len(rows)
    lines = [" | ".join(head)] if rng.random() < 0.9 else []
    lines += [" | ".join((row, *values)) for row, values in zip(rows[:kept], cells, strict=False)]
    asked = [
        (ask.format(row), f"{row} | {' | '.join(values[:n])}{' | ' if n else ''}\t{values[n]}")
        for row, values in zip(rows[:kept], cells, strict=False)
        for n, ask in enumerate(asks)
    ]
    missing = rows[kept:] or ([str(int(rows[-1]) + 3)] if kind == 1 else [rng.choice(_LAST.split())])
    return title, (lines, asked, [rng.choice(asks).format(row) for row in missing])


def _reports(rng: random.Random) -> tuple[str, Made]:
    name = f"{rng.choice(_LAST.split())} {rng.choice(('Group', 'AG', 'Motors', 'Foods', 'Energy'))}"
    years = rng.sample(range(2005, 2027), 4)
    what, ask = rng.choice(
        (("Revenue", "What was the revenue of {} in {}?"), ("Profit", "How much profit did {} make in {}?"),
         ("The number of employees", "How many employees did {} have in {}?"),
         ("Output", "What was the output of {} in {}?"))
    )  # fmt: skip
    values = [f"{rng.randrange(2, 990)}.{rng.randrange(10)} {rng.choice(('million', 'billion'))}" for _ in years]
    verbs = ("rose to", "fell to", "came to", "reached", "was")
    lines = [
        f"{what} of {name} {rng.choice(verbs)} {value} in {year}."
        for year, value in zip(years[:3], values, strict=False)
    ]
    asked = [
        (ask.format(name, year), f"{line}\t{value}")
        for year, value, line in zip(years[:3], values, lines, strict=False)
    ]
    text = [" ".join(lines)] if rng.random() < 0.5 else lines
    return f"{name} annual report", (text, asked, [ask.format(name, years[3])])


_MAKERS: Sequence[Callable[[random.Random], tuple[str, Made]]] = (_recipe, _place, _table, _table, _reports)
