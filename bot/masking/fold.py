"""The form that patterns are matched in, and the way back to the text as it was typed."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Marks and format characters: invisible, or drawn over the digit before them (keycaps).
_DROPPED = frozenset({"Cf", "Cs", "Mn", "Me"})
_SEPARATOR, _DASH = "Zs", "Pd"
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in matching form.

    ``starts[i]`` is where the character typed for ``text[i]`` stands in the original, since one
    character's form may be several characters long, or none. None where each is one long.
    """

    text: str
    starts: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]``, which is not empty, stands in the original."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end - 1] + 1


def fold(text: str) -> Folded:
    """Return ``text`` in matching form: NFKC, plain digits, spaces and dashes, nothing unseen.

    Case and line breaks stay.
    """
    if text.isascii():
        return Folded(text.replace("\t", " "))
    pieces = list(map(_piece, text))
    if all(len(piece) == 1 for piece in pieces):
        return Folded("".join(pieces))
    starts = tuple(place for place, piece in enumerate(pieces) for _ in piece)
    return Folded("".join(pieces), starts)


@lru_cache(maxsize=4096)
def _piece(char: str) -> str:
    if "\u4e00" <= char <= "\u9fff":
        return char
    if unicodedata.category(char) in _DROPPED:
        return ""
    return "".join(map(_plain, unicodedata.normalize("NFKC", char)))


def _plain(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    category = unicodedata.category(char)
    if category == _SEPARATOR or char == "\t":
        return " "
    return "-" if category == _DASH or char == _MINUS else char
