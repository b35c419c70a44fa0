"""Identity cards: the mainland's by rule and check character, Hong Kong's and Taiwan's by shape."""

import re
from collections.abc import Iterator
from datetime import date

from bot.masking.types import Found, Kind

# GB 11643-1999: weights of the first 17 digits, and the check character for each remainder of 11.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SHORT, _LONG = 15, 18  # characters
# The first two digits name a province (GB/T 2260); 81 to 83 are residence permits.
_PROVINCES = frozenset(
    place
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (81, 83))
    for place in (*range(first, last + 1), 71, 91)
)
_ELSEWHERE = re.compile(
    r"(?<![A-Za-z])(?:"
    r"[A-Za-z]{1,2}[0-9]{6} ?\([0-9Aa]\)"  # Hong Kong, with its check digit
    r"|[A-Za-z][1289][0-9]{8}(?![0-9])"  # Taiwan
    r")"
)


def is_identity_card(number: str) -> bool:
    """Tell whether 18 characters are a card's by their check character (GB 11643-1999)."""
    if len(number) != _LONG or not number[:-1].isdigit():
        return False
    weighted = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:-1], strict=True))
    return number[-1].upper() == _CHECKS[weighted % len(_CHECKS)]


def is_old_identity_card(digits: str) -> bool:
    """Tell whether 15 digits can be a card's: they have no check digit, but a date of birth."""
    if len(digits) != _SHORT or int(digits[:2]) not in _PROVINCES:
        return False
    try:
        date(1900 + int(digits[6:8]), int(digits[8:10]), int(digits[10:12]))
    except ValueError:
        return False
    return True


def find_identity_cards(text: str) -> Iterator[Found]:
    """Find the cards that begin with a letter; the mainland's are found as chains of digits."""
    for match in _ELSEWHERE.finditer(text):
        yield Found(Kind.IDENTITY_CARD, match.start(), match.end())
