"""Errors that are safe to show: each says the cause and the remedy, in both languages."""

from bot.types import Language
from bot.wording import say


class PolicybotError(Exception):
    """Base of every error whose message may be shown to a user.

    ``key`` names the text in the wording file; ``values`` fill its blanks. ``exit_code`` is what
    the command line returns.
    """

    exit_code = 1

    def __init__(self, key: str, /, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(self.message("en"))

    def message(self, language: Language) -> str:
        """Return cause and remedy in ``language``."""
        return say(f"error.{self.key}", language, **self.values)


class UsageError(PolicybotError):
    """What was asked for cannot be done as it was asked."""

    exit_code = 2


class CorpusError(PolicybotError):
    """A corpus file is missing or malformed; the message names file and line."""


class IndexingError(PolicybotError):
    """The index cannot be read, built or written."""


class ModelError(PolicybotError):
    """An embedding model cannot be loaded."""


class ServeError(PolicybotError):
    """The web application cannot start."""


class FeedbackError(PolicybotError):
    """The feedback database cannot be opened, read or written."""
