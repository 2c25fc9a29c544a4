"""The shapes of what programs send and get, for checking and for the pages that document them.

`Answer` and its parts are what `assistant.render.serialize` writes; a test holds the two together.
"""

from datetime import date, datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.types import MOST_SOURCES, Status

MODEL: Final = "article-assistant"
"""The name of the one model of the OpenAI-compatible endpoints."""


class Filters(BaseModel):
    """Which articles an answer may use; what is left out allows all."""

    publishers: list[str] = Field(default=[], description="Only articles of these publishers.")
    since: date | None = Field(default=None, description="Only articles of this day or later (YYYY-MM-DD).")
    until: date | None = Field(default=None, description="Only articles of this day or earlier (YYYY-MM-DD).")
    articles: list[str] = Field(default=[], description="Only articles with these ids.")

    def chosen(self) -> dict[str, Any]:
        """Return the filters as arguments of `Assistant.stream`."""
        return {name: getattr(self, name) for name in Filters.model_fields}


class Turn(BaseModel):
    """One earlier question and the text of its answer."""

    model_config = ConfigDict(extra="forbid")

    question: str
    answer: str = ""


class Question(Filters):
    """A question, what was asked and answered before it (oldest first), which articles may answer, and how."""

    model_config = ConfigDict(extra="forbid")

    question: str
    history: list[Turn] = []
    strict: bool | None = Field(
        default=None, description="Leave out an LLM's sentences that the articles do not support; else as is set."
    )
    sources: int | None = Field(
        default=None, ge=1, le=MOST_SOURCES, description="How many passages are looked at; else as is set."
    )

    def chosen(self) -> dict[str, Any]:
        """Return all but the question and the turns as arguments of `Assistant.stream`."""
        return {**super().chosen(), "strict": self.strict, "sources": self.sources}


class Words(BaseModel):
    """Words of a claim, and where they stand in its text, in code points; the end is not included."""

    text: str
    start: int
    end: int


class Claim(BaseModel):
    """A sentence of the answer, how far its citations support it, and their numbers."""

    text: str
    status: Status
    denies: bool = Field(description="It denies or disputes the claim before it.")
    confidence: float | None = Field(description="How probable it is that it answers the question, 0 to 1.")
    missing: list[str] = Field(description="Words of the claim that its articles do not bear out.")
    answers: list[Words] = Field(description="The words that answer the question; none where an LLM wrote the claim.")
    citations: list[int]


class Article(BaseModel):
    """What is known of an article."""

    article: str = Field(description="The article's id.")
    title: str
    subtitle: str | None = Field(description="What stands under its headline.")
    author: str | None
    publisher: str | None
    published: date | None
    dated_by: str | None = Field(description='Where the day of publication was read: "meta", "byline", "feed" …')
    ocr_confidence: float | None = Field(description="How sure OCR is of its text, 0 to 1; none where it has one.")
    language: str | None
    section: str | None = Field(description="The part of the paper it stood in.")
    tags: list[str]
    image: str | None = Field(description="The address of its lead picture, which is never loaded here.")
    url: str | None
    path: str | None
    first_seen: datetime | None = Field(description="When the index first took it in (UTC).")
    updated: datetime | None = Field(description="When it last came out differently (UTC).")


class Copy(BaseModel):
    """Where the words of a quote stand as well."""

    article: str = Field(description="Its id.")
    title: str
    publisher: str | None
    url: str | None
    path: str | None


class Citation(Article):
    """A numbered quote: exactly the characters from `start` to `end` (code points) of the article's text."""

    number: int
    pages: list[int] = Field(description="The pages of the article it stands on, from 1; none where it has no pages.")
    start: int
    end: int
    quote: str
    also_in: list[Copy] = Field(description="Where else it stands: copies of the article, and others nearly the same.")


class Hit(Article):
    """A passage that was found, whether or not it was quoted."""

    passage: str
    pages: list[int] = Field(description="The pages of the article it stands on, from 1; none where it has no pages.")
    start: int
    end: int
    text: str
    score: float
    found_by: str


class Answer(BaseModel):
    """An answer, or a refusal, with its claims, citations and the passages found."""

    question: str
    searched: str = Field(description="The question as it was searched.")
    text: str = Field(description="The claims as one text, without marks.")
    refused: bool = Field(description="The articles do not answer.")
    claims: list[Claim]
    citations: list[Citation]
    hits: list[Hit] = Field(description="The passages found, best first.")
    timings: dict[str, float] = Field(description="Milliseconds by step.")
    written_by: str | None = Field(description="The LLM that wrote it; null where it is made of quotes.")
    stopped: str | None = Field(description="Why it ends before its end.")
    note: str | None
    filter: Filters = Field(description="Which articles it could be made from.")
    kind: str = Field(description="What it is: articles, collection, talk, summary, comparison, timeline.")


class Problem(BaseModel):
    """What went wrong, in one sentence."""

    detail: str


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: str
    text: str | None = None


class Message(BaseModel):
    """A message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def read(self) -> str | None:
        """Return its text; None where it holds something else, such as a picture."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if any(part.type != "text" for part in self.content):
            return None
        return "\n".join(part.text or "" for part in self.content)


class StreamOptions(BaseModel):
    """What a stream is to hold besides the words."""

    include_usage: bool = False


class Chat(Filters):
    """A request for a chat completion; what is not named here (temperature, tools, …) is ignored."""

    messages: list[Message] = Field(min_length=1)
    model: str = MODEL
    n: Literal[1] | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class Said(BaseModel):
    """The message of a completion."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The one choice of a completion."""

    index: Literal[0] = 0
    message: Said
    finish_reason: Literal["stop", "length"]
    logprobs: None = None


class Usage(BaseModel):
    """Here because clients ask for it: tokens are not counted."""

    prompt_tokens: Literal[0] = 0
    completion_tokens: Literal[0] = 0
    total_tokens: Literal[0] = 0


class Completion(BaseModel):
    """A chat completion, with one field of our own: `answer`."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: Literal["article-assistant"] = MODEL
    choices: list[Choice]
    usage: Usage = Usage()
    answer: Answer


class Model(BaseModel):
    """A model that can be asked."""

    id: Literal["article-assistant"] = MODEL
    object: Literal["model"] = "model"
    created: Literal[0] = 0
    owned_by: Literal["article-assistant"] = MODEL


class Models(BaseModel):
    """The models that can be asked."""

    object: Literal["list"] = "list"
    data: list[Model] = [Model()]


class Fault(BaseModel):
    """OpenAI's description of an error."""

    message: str
    type: Literal["invalid_request_error", "server_error"]
    param: None = None
    code: str | None


class Failed(BaseModel):
    """OpenAI's shape of an error."""

    error: Fault
