"""Errors of the ask side.

    AssistantError
    ├── BadConversations  the kept conversations cannot be read or written
    ├── BadQuestion       the question is empty or too long
    ├── BadQuestionsFile  a file of questions cannot be read, or one of its lines is wrong
    ├── BadResultsFile    an earlier run cannot be read, or this one not be written
    ├── BadSetting        a setting is unknown or has a wrong value
    ├── LLMError          the LLM cannot be reached, refuses, or breaks off
    ├── NothingIndexed    there are no articles to ask
    └── PortTaken         the page's port is in use

What goes wrong with the index itself is an `index.errors.IndexingError`. Every message is one sentence that names
the setting, file or question, and the way out.
"""


class AssistantError(Exception):
    """Base of everything the ask side raises on purpose."""


class BadConversations(AssistantError):
    """The kept conversations cannot be read or written."""


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
