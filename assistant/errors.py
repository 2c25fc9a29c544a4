"""Errors of the ask side.

    AssistantError
    ├── BadConversations  the kept conversations cannot be read or written
    ├── BadPeople         the file of those who may sign in cannot be read or written
    ├── BadPerson         a name or a password will not do, or nobody goes by that name
    ├── BadQuestion       the question is empty or too long
    ├── BadQuestionsFile  a file of questions cannot be read, or one of its lines is wrong
    ├── BadResultsFile    an earlier run cannot be read, or this one not be written
    ├── BadSetting        a setting is unknown or has a wrong value
    ├── LLMError          the LLM cannot be reached, refuses, or breaks off
    ├── NothingIndexed    there are no articles to ask
    ├── PortTaken         the page's port is in use
    ├── TooOften          somebody asks more often than is allowed
    └── WeightsUnusable   trained weights are missing, damaged or of another version
        ├── CheckerUnusable   those of the checker
        └── ReaderUnusable    those of the reader

What goes wrong with the index itself is an `index.errors.IndexingError`. Every message is one sentence that names
the setting, file or question, and the way out.
"""

UNEXPECTED = "Something went wrong while answering; the terminal that runs the page has the details."


class AssistantError(Exception):
    """Base of everything the ask side raises on purpose."""


class BadConversations(AssistantError):
    """The kept conversations cannot be read or written."""


class BadPeople(AssistantError):
    """The file of those who may sign in cannot be read or written."""


class BadPerson(AssistantError):
    """A name or a password will not do, or nobody goes by that name."""


class BadQuestion(AssistantError):
    """The question is empty or too long."""


class BadQuestionsFile(AssistantError):
    """A file of questions cannot be read, or one of its lines is wrong."""


class BadResultsFile(AssistantError):
    """The file of an earlier run cannot be read, or that of this run cannot be written."""


class BadSetting(AssistantError):
    """A setting is unknown or has a wrong value."""


class LLMError(AssistantError):
    """The LLM cannot be reached, refuses, or breaks off."""


class NothingIndexed(AssistantError):
    """There are no articles to ask."""


class PortTaken(AssistantError):
    """The page's port is in use."""


class TooOften(AssistantError):
    """Somebody asks more often than is allowed; `wait` says for how many seconds it will be refused."""

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class WeightsUnusable(AssistantError):
    """Trained weights are missing, damaged or of another version.

    `of` is what they are those of, and `goes_on` what works without them.
    """

    of = "model"
    goes_on = "indexing works"


class CheckerUnusable(WeightsUnusable):
    """The checker's weights are missing, damaged or of another version."""

    of = "checker"
    goes_on = "all but the answers of an LLM works"


class ReaderUnusable(WeightsUnusable):
    """The reader's weights are missing, damaged or of another version."""

    of = "reader"


def sentence(error: BaseException) -> str:
    """Write an error's message as a sentence: the command line puts words before it, the page does not."""
    message = str(error)
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")
