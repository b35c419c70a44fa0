"""Telephone numbers: mainland mobiles, landlines and 400 lines, British, American, any with +."""

import re
from collections.abc import Iterator

from bot.masking.hints import mentions
from bot.masking.types import Found, Kind

_MOBILE = re.compile(r"(?P<country>0{0,2}86|0|)1[3-9][0-9]{9}")
# An area code is 10, 2x or three digits; a number has seven or eight.
_LANDLINE = re.compile(r"(?:0{0,2}86)?0(?:10|2[0-9]|[3-9][0-9]{2})[1-9][0-9]{6,7}")
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_BRITISH = re.compile(r"0[1-9][0-9]{8,9}")
_BRITISH_GROUPS = (2, 4)  # fewest and most
# How American numbers are written: area, exchange, line, with or without the 1.
_AMERICAN_SHAPES = frozenset({(3, 3, 4), (1, 3, 3, 4)})
_GROUPED_BY = 3  # digits: a mobile's first group is hardly shorter, unless all groups are

_INTERNATIONAL = re.compile(r"(?<![0-9A-Za-z])\+ ?[0-9](?:[ .()/-]{0,3}[0-9]){6,}+")
_AREA_IN_BRACKETS = re.compile(
    r"\(\+?[0-9]{2,5}\)[ -]{0,2}[0-9]{3,4}[ -]?[0-9]{3,4}(?![0-9])|"
    r"(?<![0-9.])[0-9]{3}\.[0-9]{3,4}\.[0-9]{4}(?![0-9.])"
)
_EXTENSION = re.compile(r"[ ,]{0,2}(?:ext\.?|x|转|轉|分机|分機)[ .:]?[0-9]{1,6}", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:电话|電話|手机|手機|座机|座機|来电|致电|(?:phone|mobile|tel|telephone|cell|fax)\b)"
    r"(?: ?(?:号码|號碼|号|號|number|no\.?))?(?: ?(?:是|为|為|is|was))?[ :.]{0,3}"
    r"(?P<number>[0-9]{3,4}[ -]?[0-9]{4})(?![0-9])",
    re.IGNORECASE,
)
_HINTS = ("电", "電", "手机", "手機", "座", "phone", "mobile", "tel", "cell", "fax")


def is_phone(digits: str, shape: tuple[int, ...]) -> bool:
    """Tell whether ``digits``, written in groups of ``shape`` digits, are a telephone number."""
    if mobile := _MOBILE.fullmatch(digits):
        if shape[0] == len(mobile["country"]):
            shape = shape[1:]
        return len(shape) == 1 or shape[0] >= _GROUPED_BY or len(set(shape[:-1])) == 1
    if _SERVICE.fullmatch(digits):
        return True
    if digits[0] == "0":
        if _LANDLINE.fullmatch(digits):
            return True
        low, high = _BRITISH_GROUPS
        return bool(_BRITISH.fullmatch(digits)) and (len(shape) == 1 or low <= len(shape) <= high)
    return shape in _AMERICAN_SHAPES


def end_of_extension(text: str, end: int) -> int:
    """Return where a number that ends at ``end`` ends together with its extension."""
    match = _EXTENSION.match(text, end)
    return match.end() if match else end


def find_phones(text: str) -> Iterator[Found]:
    """Find numbers with a plus, an area code in brackets, dots, or the word before them."""
    patterns = [_INTERNATIONAL] if "+" in text else []
    if "(" in text or "." in text:
        patterns.append(_AREA_IN_BRACKETS)
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Found(Kind.PHONE, match.start(), end_of_extension(text, match.end()))
    if mentions(text, _HINTS):
        for match in _NAMED.finditer(text):
            yield Found(Kind.PHONE, match.start("number"), match.end("number"))
