"""Licence plates: mainland ones, new-energy ones among them, and British ones."""

import re
from collections.abc import Iterator

from bot.masking.hints import mentions
from bot.masking.types import Found, Kind

# GA 36-2018: the province, a letter for the place, five characters (six for new energy).
_MAINLAND = re.compile(
    r"[京津沪滬渝冀豫云雲辽遼黑湘皖鲁魯新苏蘇浙赣贛鄂桂甘晋晉蒙陕陝吉闽閩贵貴粤粵青藏川宁寧琼瓊使]"
    r" ?[A-HJ-NP-Z][ .·•・-]?(?=[A-Z]{0,3}[0-9])"
    r"(?:[A-HJ-NP-Z0-9]{4}[挂掛学學警港澳]|[A-HJ-NP-Z0-9]{5,6})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_BRITISH = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2} ?[A-Z]{3}(?![A-Za-z0-9])")
_BRITISH_NAMED = re.compile(
    r"(?:\breg(?:istration)?|number plate|licen[cs]e plate|\bplate)(?: (?:number|no\.?))?"
    r"(?: is)?[ :]{1,2}(?P<plate>[a-z]{2}[0-9]{2} ?[a-z]{3})(?![a-z0-9])",
    re.IGNORECASE,
)


def find_plates(text: str) -> Iterator[Found]:
    """Find licence plates."""
    for pattern in (_MAINLAND, _BRITISH):
        for match in pattern.finditer(text):
            yield Found(Kind.PLATE, match.start(), match.end())
    if not mentions(text, ("reg", "plate")):
        return
    for match in _BRITISH_NAMED.finditer(text):
        yield Found(Kind.PLATE, match.start("plate"), match.end("plate"))
