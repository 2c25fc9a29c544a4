"""The API schema of requests and responses, for validation and documentation.

`Answer` and its parts are generated from `assistant.render.serialize`.
"""

from dataclasses import is_dataclass
from datetime import date
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from assistant import types as values
from assistant.render.serialize import members_of
from assistant.types import MAX_SOURCES
from index.types import EVERYTHING, Article, Filter

MODEL: Final = "article-assistant"
"""The name of the one model of the OpenAI-compatible endpoints."""


class Filters(BaseModel):
    """Which articles an answer may use; what is left out allows all."""

    publishers: list[str] = Field(default=[], description="Only articles of these publishers.")
    since: date | None = Field(default=None, description="Only articles of this day or later (YYYY-MM-DD).")
    until: date | None = Field(default=None, description="Only articles of this day or earlier (YYYY-MM-DD).")
    articles: list[str] = Field(default=[], description="Only articles with these ids.")

    def arguments(self) -> dict[str, Any]:
        """Return the filter as a keyword argument of `Assistant.stream`."""
        return {"allowed": Filter.of(EVERYTHING, self.publishers, self.since, self.until, self.articles)}


class Asked(Filters):
    """Which articles an answer may use, and in which language it says what is no quote."""

    language: str | None = Field(
        default=None,
        description=(
            "The code of a language, such as de: the answer says in it what is neither a quote nor an LLM's, as that"
            " these articles do not answer. English where there are no translations into it."
        ),
    )


class Turn(BaseModel):
    """One earlier question and the text of its answer."""

    model_config = ConfigDict(extra="forbid")

    question: str
    answer: str = ""


class Question(Asked):
    """A question, what was asked and answered before it (oldest first), which articles may answer, and how."""

    model_config = ConfigDict(extra="forbid")

    question: str
    history: list[Turn] = []
    strict: bool | None = Field(
        default=None, description="Leave out an LLM's sentences that the articles do not support; else as is set."
    )
    sources: int | None = Field(
        default=None, ge=1, le=MAX_SOURCES, description="How many passages are looked at; else as is set."
    )

    def arguments(self) -> dict[str, Any]:
        """Return filter and options as keyword arguments of `Assistant.stream`."""
        return {**super().arguments(), "strict": self.strict, "sources": self.sources}


@cache
def _model(kind: type) -> type[BaseModel]:
    """Return a pydantic model of a dataclass's JSON members, with their descriptions."""
    # The members of a value's article are merged into its own.
    base = _model(Article) if get_type_hints(kind).get("article") is Article else BaseModel
    members = [member for member in members_of(kind) if member.name not in base.model_fields]
    described: dict[str, Any] = {
        member.name: (_described(member.type), Field(description=member.meaning or None)) for member in members
    }
    # Only the first paragraph is about JSON.
    meaning = (kind.__doc__ or "").partition("\n\n")[0]
    return create_model(kind.__name__, __base__=base, __doc__=meaning, __module__=__name__, **described)


def _described(kind: Any) -> Any:
    """Return the JSON type of a value's type."""
    if kind is Filter:
        return Filters
    if is_dataclass(kind):
        return _model(kind)  # type: ignore[arg-type]
    inner = [_described(one) for one in get_args(kind)]
    if get_origin(kind) is tuple:
        return list[inner[0]]  # type: ignore[valid-type]
    return reduce(or_, inner) if get_origin(kind) is UnionType else kind


if TYPE_CHECKING:
    Answer = BaseModel
else:
    Answer = _model(values.Answer)


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
        """Return its text; None if it contains something else, such as a picture."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if any(part.type != "text" for part in self.content):
            return None
        return "\n".join(part.text or "" for part in self.content)


class StreamOptions(BaseModel):
    """What a stream is to hold besides the words."""

    include_usage: bool = False


class Chat(Asked):
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
