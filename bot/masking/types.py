"""What is found in a text, and the word that takes its place."""

from dataclasses import dataclass
from enum import StrEnum

from bot.types import Language
from bot.wording import say


class Kind(StrEnum):
    """A kind of personal data."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    PHONE = "phone"
    EMAIL = "email"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    ADDRESS = "address"
    NAME = "name"
    ACCOUNT = "account"
    NUMBER = "number"

    def word(self, language: Language) -> str:
        """Return what stands for such data in a masked text, in brackets."""
        return f"[{say(f'mask.{self.value}', language)}]"


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at ``[start, end)``, in characters of the text that was searched."""

    kind: Kind
    start: int
    end: int
