"""Errors of the assistant.

    AssistantError
    ├── BadConversations  the stored conversations cannot be read or written
    ├── BadPeople         the file of users cannot be read or written
    ├── BadPerson         a user name or password is invalid, or the user does not exist
    ├── BadQuestion       the question is empty or too long
    ├── BadQuestionsFile  a file of questions cannot be read, or one of its lines is wrong
    ├── BadResultsFile    an earlier run cannot be read, or this one not be written
    ├── BadSetting        a setting is unknown or has a wrong value
    ├── LLMError          the LLM cannot be reached, refuses, or fails
    ├── NothingIndexed    there are no articles to ask
    ├── PortTaken         the page's port is in use
    ├── TooOften          the rate limit is exceeded
    └── WeightsUnusable   trained weights are missing, damaged or of another version
        ├── CheckerUnusable   those of the checker
        └── ReaderUnusable    those of the reader

Errors of the index itself are `index.errors.IndexingError`. Every message is one sentence that names the setting,
file or question, and how to fix it.
"""

from assistant.translatable import as_sentence, message_of

UNEXPECTED = "Something went wrong while answering; the terminal that runs the page has the details."


class AssistantError(Exception):
    """Base of all errors that the assistant raises on purpose."""


class BadConversations(AssistantError):
    """The stored conversations cannot be read or written."""


class BadPeople(AssistantError):
    """The file of users cannot be read or written."""


class BadPerson(AssistantError):
    """A user name or password is invalid, or the user does not exist."""


class BadQuestion(AssistantError):
    """The question is empty or too long."""


class BadQuestionsFile(AssistantError):
    """A file of questions cannot be read, or one of its lines is wrong."""


class BadResultsFile(AssistantError):
    """The file of an earlier run cannot be read, or that of this run cannot be written."""


class BadSetting(AssistantError):
    """A setting is unknown or has a wrong value."""


class LLMError(AssistantError):
    """The LLM cannot be reached, refuses, or fails."""


class NothingIndexed(AssistantError):
    """There are no articles to ask."""


class PortTaken(AssistantError):
    """The page's port is in use."""


class TooOften(AssistantError):
    """The rate limit is exceeded; `wait` is the number of seconds until a question is allowed again."""

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class WeightsUnusable(AssistantError):
    """Trained weights are missing, damaged or of another version.

    `of` names the model, and `goes_on` what works without it.
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
    """Return an error's message as a sentence: capitalised, and with a final stop; translatable where it is."""
    return as_sentence(message_of(error))
