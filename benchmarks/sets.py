"""The sets of questions that the project is measured with, each as a folder of articles and questions about them.

`seeds` is the project's own. The others are read from a folder of data, under these names:

    clapnq_dev_a.jsonl    primeqa/clapnq, development set (Rosenthal et al., 2024), Apache-2.0
    squad2_dev_a.jsonl.gz SQuAD 2.0, half of the development set (Rajpurkar et al., 2018), CC BY-SA 4.0
    xquad.en.json         deepmind/xquad, English (Artetxe et al., 2020), CC BY-SA 4.0; its other languages beside it
    mtragun_dev_a.jsonl   MTRAG-UN of IBM's mt-rag-benchmark, Apache-2.0
"""

import gzip
import hashlib
import json
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from assistant.evaluate.questions import Question, read_questions
from assistant.question.condense import is_followup
from assistant.types import Turn
from index.text.sentences import sentences

SEEDS = Path(__file__).parent.parent / "seeds"
FORMS = Path(__file__).with_name("forms")
LANGUAGES = Path(__file__).with_name("languages")
Half = Literal["report", "tune", "all"]
# One title of XQuAD in so many is left out: its article is not indexed, and its questions have no answer.
_LEFT_OUT = 6
_TITLE = 60

_Asked = TypeVar("_Asked", Question, "Task")


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A set: the folder its articles lie in, its questions, and the SHA-256 of what it was read from."""

    name: str
    articles: Path
    questions: Sequence[Question]
    sha256: str


@dataclass(frozen=True, slots=True)
class Task:
    """The last question of a conversation of MTRAG-UN, with the turns before it, oldest first.

    `articles` are the files that its answer comes from, `answer` is the answer expected. `label` says whether it can be
    answered (ANSWERABLE, UNANSWERABLE, PARTIAL, UNDERSPECIFIED), `relation` what it is to the turns before it
    (Follow-up, Clarification, N/A).
    """

    key: str
    question: str
    history: tuple[Turn, ...]
    label: str
    relation: str
    articles: tuple[str, ...]
    answer: str

    @property
    def turn(self) -> int:
        """The number of the question in its conversation, from 1."""
        return len(self.history) + 1


def half_of(question: Question | Task) -> Half:
    """Tell which half a question is in: weights and thresholds are fitted on "tune", figures given of "report"."""
    return half_of_key(question.key)


def half_of_key(key: str) -> Half:
    """Tell the half of a question by its key alone."""
    return "report" if hashlib.sha256(key.encode()).digest()[0] % 2 else "tune"


def held_out(title: str) -> bool:
    """Say whether an article of SQuAD's development set is kept for measuring; the reader is trained on the others."""
    return bool(hashlib.sha256(title.encode()).digest()[1] % 2)


def take(half: Half, questions: Iterable[_Asked]) -> list[_Asked]:
    """Take the questions of one half, or all."""
    return [question for question in questions if half in ("all", half_of(question))]


def read_seeds() -> QuestionSet:
    """Read the project's own set."""
    file = SEEDS / "questions.jsonl"
    return QuestionSet("seeds", SEEDS, read_questions(file), sha256(file))


def read_forms() -> QuestionSet:
    """Read the project's set of lists, tables, questions and answers, and reports that follow one another."""
    file = FORMS / "questions.jsonl"
    return QuestionSet("forms", FORMS, read_questions(file), sha256(file))


def read_language(language: str) -> QuestionSet:
    """Read the project's own articles in a language ("de"), and the questions asked in it."""
    file = LANGUAGES / "questions.jsonl"
    asked = [_own(item) for item in _lines(file) if item["language"] == language]
    return QuestionSet(f"own-{language}", LANGUAGES / language, asked, sha256(file))


def read_across() -> QuestionSet:
    """Read the questions about the project's own articles that are asked in another language than these.

    They are about `LANGUAGES` and `SEEDS`, all to be in one index.
    """
    file = LANGUAGES / "across.jsonl"
    return QuestionSet("own-across", LANGUAGES, [_own(item) for item in _lines(file)], sha256(file))


def _own(item: dict[str, Any]) -> Question:
    golds = (item["sentence"],) if item.get("sentence") else ()
    articles = (item["article"].removeprefix("../../"),) if item.get("article") else ()
    return Question(
        item["question"], item["answerable"], golds, articles=articles, answer=item.get("answer"), id=item["id"]
    )


def read_set(name: str, data: Path, folder: Path) -> QuestionSet:
    """Read one set of a folder of data, and write its articles into `folder`, which is made.

    Raises:
        FileNotFoundError: the folder of data does not hold this set.
    """
    if name in _OWN:
        return _OWN[name]()
    file_name, reader = READERS[name]
    folder.mkdir(parents=True)
    return QuestionSet(name, folder, reader(data / file_name, folder), sha256(data / file_name))


def sets_in(data: Path | None) -> list[str]:
    """List the names of the sets that can be read: `seeds`, and those of a folder of data."""
    return [*_OWN, *(name for name, (file, _) in READERS.items() if data and (data / file).is_file())]


def sha256(*files: Path) -> str:
    """Hash files, with their names, in the order given: 64 hex digits."""
    whole = hashlib.sha256()
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        whole.update(f"{file.name} {content}\n".encode())
    return whole.hexdigest()


def _clapnq(file: Path, folder: Path) -> list[Question]:
    """Read CLAP NQ: a passage an article; the selected sentences settle a question."""
    questions = []
    for item in _lines(file):
        name = f"clapnq{item['id']}.md"
        _write(folder / name, item["passages"][0]["title"], [item["passages"][0]["text"]])
        id_, text = str(item["id"]), item["input"]
        if item["answerable"]:
            golds = tuple(dict.fromkeys(s for output in item["output"] for s in output["selected_sentences"]))
            answer = item["output"][0]["answer"]
            questions.append(Question(text, True, golds, articles=(name,), answer=answer, id=id_))
        else:
            questions.append(Question(text, False, id=id_))
    return questions


def _squad2(file: Path, folder: Path) -> list[Question]:
    """Read the articles of SQuAD 2.0 that the reader was not trained on, all paragraphs of one as one article."""
    questions = []
    lines = gzip.decompress(file.read_bytes()).decode("utf-8").splitlines()
    for number, line in enumerate(lines):
        article = json.loads(line)
        if not held_out(article["title"]):
            continue
        name = f"squad2-{number}.md"
        _write(folder / name, article["title"].replace("_", " "), [p["text"] for p in article["paragraphs"]])
        for place, paragraph in enumerate(article["paragraphs"]):
            for n, item in enumerate(paragraph["questions"]):
                id_, answers = f"{number}.{place}.{n}", tuple(item["answers"])
                asked = Question(
                    item["question"], bool(answers), answers=answers, articles=(name,) if answers else (), id=id_
                )
                questions.append(asked)
    return questions


def _xquad(file: Path, folder: Path, asked_in: Path | None = None) -> list[Question]:
    """Read XQuAD: all paragraphs of a title are one article, so that its passages compete as those of news do.

    `asked_in` is the file of another language, to ask its questions instead.
    """
    questions, language = [], file.name.split(".")[1]
    others = _questions_by_id(asked_in) if asked_in else {}
    for number, article in enumerate(json.loads(file.read_text(encoding="utf-8"))["data"]):
        title, name = article["title"], f"xquad-{number}.md"
        if not held_out(title.replace("_", " ")):
            continue  # It may be among the articles that the reader was trained on: XQuAD is made of SQuAD's.
        left_out = hashlib.sha256(title.encode()).digest()[0] % _LEFT_OUT == 0
        if not left_out:
            _write(folder / name, title.replace("_", " "), [p["context"] for p in article["paragraphs"]])
        for paragraph in article["paragraphs"]:
            for item in paragraph["qas"]:
                text = others.get(item["id"], item["question"])
                if left_out:
                    questions.append(Question(text, False, id=item["id"]))
                    continue
                gold = _sentence(paragraph["context"], item["answers"][0], language)
                answer = item["answers"][0]["text"]
                questions.append(Question(text, True, (gold,), articles=(name,), answer=answer, id=item["id"]))
    return questions


def _questions_by_id(file: Path) -> dict[str, str]:
    data = json.loads(file.read_text(encoding="utf-8"))["data"]
    paragraphs = (paragraph for article in data for paragraph in article["paragraphs"])
    return {item["id"]: item["question"] for paragraph in paragraphs for item in paragraph["qas"]}


def read_xquad(data: Path, folder: Path, language: str, asked_in: str | None = None) -> QuestionSet:
    """Read XQuAD in a language ("de"), with the questions of the same or of another, and write its articles.

    Raises:
        FileNotFoundError: the folder of data does not hold a language.
    """
    file = data / f"xquad.{language}.json"
    others = data / f"xquad.{asked_in}.json" if asked_in else None
    folder.mkdir(parents=True)
    name = f"xquad-{asked_in}-{language}" if asked_in else f"xquad-{language}"
    return QuestionSet(name, folder, _xquad(file, folder, others), sha256(file))


def _mtragun(file: Path, folder: Path) -> list[Question]:
    """Read MTRAG-UN: questions that need no earlier turn; gold are whole documents, so no sentence is counted.

    Tasks that are partly answerable, or whose question is not clear enough to be answered, are left out.
    """
    questions = []
    for task in read_tasks(file, folder):
        if (task.turn > 1 and is_followup(task.question)) or task.label not in ("ANSWERABLE", "UNANSWERABLE"):
            continue
        if task.label == "ANSWERABLE":
            asked = Question(task.question, True, articles=task.articles, answer=task.answer, id=task.key)
            questions.append(asked)
        else:
            questions.append(Question(task.question, False, id=task.key))
    return questions


def read_tasks(file: Path, folder: Path) -> list[Task]:
    """Read all tasks of MTRAG-UN, and write the documents of all of them as articles into `folder`."""
    names: dict[str, str] = {}
    tasks = []
    for item in _lines(file):
        for context in item["contexts"]:
            if context["document_id"] not in names:
                names[context["document_id"]] = name = f"mtragun-{len(names)}.md"
                # Without a title a file's name would be taken for one: the first words say more.
                title = context.get("title") or textwrap.shorten(context["text"], _TITLE, placeholder="")
                _write(folder / name, title, context["text"].split("\n"))
        # User and agent take turns, and the user has the last word.
        *before, last = (turn["text"] for turn in item["input"])
        task = Task(
            key=item["task_id"],
            question=last,
            history=tuple(Turn(*pair) for pair in zip(before[::2], before[1::2], strict=True)),
            label=item["answerability"][0],
            relation=item["Multi-Turn"][0],
            articles=tuple(dict.fromkeys(names[context["document_id"]] for context in item["contexts"])),
            answer=item["targets"][0]["text"],
        )
        tasks.append(task)
    return tasks


_OWN: dict[str, Callable[[], QuestionSet]] = {"seeds": read_seeds, "forms": read_forms}

READERS: dict[str, tuple[str, Callable[[Path, Path], list[Question]]]] = {
    "clapnq": ("clapnq_dev_a.jsonl", _clapnq),
    "squad2": ("squad2_dev_a.jsonl.gz", _squad2),
    "xquad": ("xquad.en.json", _xquad),
    "mtragun": ("mtragun_dev_a.jsonl", _mtragun),
}
"""The sets of a folder of data: name to file and reader."""


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _sentence(paragraph: str, answer: dict[str, Any], language: str) -> str:
    """Find the sentence that holds an answer; all of them together where it runs over several."""
    start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
    spans = [span for span in sentences(paragraph, language) if span[0] < end and start < span[1]]
    return paragraph[spans[0][0] : spans[-1][1]]


def _write(file: Path, title: str, paragraphs: Iterable[str]) -> None:
    """Write an article as Markdown, escaped: nothing in plain text is to be read as markup."""
    title = " ".join(title.split())
    front = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n"
    lines = (" ".join(paragraph.split()) for paragraph in paragraphs)
    body = "\n\n".join(_escaped(line) for line in lines if line)
    file.write_text(f"{front}{body}\n", encoding="utf-8")


def _escaped(text: str) -> str:
    return "".join("\\" + c if c in "\\`*_{}[]<>()#+-.!|~&" else c for c in text)
