"""Passports and travel permits: mainland ones by shape, any other after the word itself."""

import re
from collections.abc import Iterator

from bot.masking.hints import mentions
from bot.masking.types import Found, Kind

_BY_SHAPE = re.compile(
    r"(?<![A-Za-z])(?:"
    r"[EGDSPHMC][ -]?[0-9]{4}[ -]?[0-9]{4}"  # mainland passports, permits for Hong Kong, Macao
    r"|E[A-HJ-NP-Z][ -]?[0-9]{3}[ -]?[0-9]{4}"  # mainland, since the eight digits ran out
    r")(?![0-9])",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:护照|護照|通行证|通行證|passport)"
    r"(?: ?(?:号码|號碼|号|號|number|num|no\.?))?(?: ?(?:是|为|為|is|was))?[ :#]{0,3}"
    r"(?P<number>(?=[A-Z]{0,3}[0-9])[A-Z0-9]{6,12})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_HINTS = ("护照", "護照", "通行", "passport")


def find_passports(text: str) -> Iterator[Found]:
    """Find the numbers of passports and travel permits."""
    for match in _BY_SHAPE.finditer(text):
        yield Found(Kind.PASSPORT, match.start(), match.end())
    if mentions(text, _HINTS):
        for match in _NAMED.finditer(text):
            yield Found(Kind.PASSPORT, match.start("number"), match.end("number"))
