"""Numbers as people write them: groups of digits with spaces or dashes between.

A chain is as many such groups as stand together; it may hold several numbers. What a number is
decides its digits, and how they are grouped where digits alone do not tell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from bot.masking.bank_card import is_bank_card
from bot.masking.identity_card import is_identity_card, is_old_identity_card
from bot.masking.phone import end_of_extension, is_phone
from bot.masking.types import Found, Kind

_CHAIN = re.compile(r"[0-9](?:[ _-]{0,3}[0-9])*+")
_GROUP = re.compile(r"[0-9]++")
_CHECK_X = re.compile(r"[ -]?[Xx](?![A-Za-z])")
# So many digits in Chinese are no ordinary number: a telephone number spelled out.
_SPELLED = re.compile(r"[零〇○一二三四五六七八九幺两]{9,}+")
_FEWEST = 9  # digits of the shortest number that is masked by itself
_BEFORE_X = 17  # digits
_CARD_FEWEST, _CARD_MOST = 13, 19
_MOST = 40  # digits of a chain that is taken apart: beyond, and beyond so many
_MOST_GROUPS = 12  # groups, it is masked as one, which bounds the work for any text
_CARD_SHAPES = frozenset({(4, 6, 4), (4, 6, 5), (6, 8, 4), (6, 6, 3), (6, 9), (6, 12), (6, 13)})
_SECURITY_SHAPE = (3, 2, 4)  # United States social security number
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_DATE_SHAPES = frozenset({(4, 2, 2), (4, 1, 1), (4, 1, 2), (4, 2, 1)})
_LAST_MONTH, _LAST_DAY = 12, 31


@dataclass(frozen=True, slots=True)
class _Window:
    """Neighbouring groups: their digits, where they stand, and how many digits each has."""

    digits: str
    start: int
    end: int
    shape: tuple[int, ...]

    @property
    def is_even(self) -> bool:
        """Return whether it is grouped as one number: evenly, the last group aside."""
        return len(set(self.shape[:-1])) <= 1 or self.shape in _CARD_SHAPES


def find_numbers(text: str) -> Iterator[Found]:
    """Find identity cards, telephone numbers, bank cards and any long number, left to right."""
    for match in _CHAIN.finditer(text):
        if match.end() - match.start() >= _FEWEST:
            yield from _in_chain(text, match.start(), match.end())
    for match in _SPELLED.finditer(text):
        yield Found(Kind.NUMBER, match.start(), match.end())


def _in_chain(text: str, start: int, end: int) -> Iterator[Found]:
    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    whole = _window(text, groups)
    if len(whole.digits) < _FEWEST:
        return
    if len(whole.digits) > _MOST or len(groups) > _MOST_GROUPS:
        yield _known(text, whole) or Found(Kind.NUMBER, start, end)
        return
    first = 0
    while first < len(groups):
        windows = _windows(text, groups, first)
        if date := _date_length(windows):
            card = next((card for one in windows if (card := _card_with_check(text, one))), None)
            if card is None:
                first += date
                continue
        found = next((known for one in windows if (known := _known(text, one))), None)
        if found is None:
            first += 1
            continue
        yield found
        while first < len(groups) and groups[first][0] < found.end:
            first += 1


def _window(text: str, groups: list[tuple[int, int]]) -> _Window:
    return _Window(
        "".join(text[start:end] for start, end in groups),
        groups[0][0],
        groups[-1][1],
        tuple(end - start for start, end in groups),
    )


def _windows(text: str, groups: list[tuple[int, int]], first: int) -> list[_Window]:
    """Return the windows from ``first`` that can be a number: identity cards, then the longest."""
    lengths = list(accumulate(end - start for start, end in groups[first:]))
    windows = [
        _window(text, groups[first : first + count])
        for count, length in enumerate(lengths, 1)
        if length >= _FEWEST - 1 and (length <= _CARD_MOST or count == 1)
    ]
    return sorted(windows, key=lambda one: (not _card_with_check(text, one), -one.end))


def _date_length(windows: list[_Window]) -> int:
    """Return of how many groups the date is that the windows begin with, 0 for none."""
    for window in windows:
        shape = window.shape[:3]
        if shape not in _DATE_SHAPES or not _YEAR.match(window.digits):
            continue
        month = int(window.digits[4 : 4 + shape[1]])
        day = int(window.digits[4 + shape[1] : sum(shape)])
        if 1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY:
            return len(shape)
    return 0


def _card_with_check(text: str, window: _Window) -> Found | None:
    if len(window.digits) == _BEFORE_X and (check := _CHECK_X.match(text, window.end)):
        kind = Kind.IDENTITY_CARD if is_identity_card(window.digits + "X") else Kind.NUMBER
        return Found(kind, window.start, check.end())
    if is_identity_card(window.digits):
        return Found(Kind.IDENTITY_CARD, window.start, window.end)
    return None


def _known(text: str, window: _Window) -> Found | None:
    """Return what kind of number the window is, None where it need not be one."""
    digits, shape = window.digits, window.shape
    if card := _card_with_check(text, window):
        return card
    if is_phone(digits, shape):
        return Found(Kind.PHONE, window.start, end_of_extension(text, window.end))
    if is_old_identity_card(digits):
        return Found(Kind.IDENTITY_CARD, window.start, window.end)
    years = all(map(_YEAR.fullmatch, _parts(digits, shape)))
    if is_bank_card(digits) and window.is_even and not years:
        return Found(Kind.BANK_CARD, window.start, window.end)
    if (len(shape) == 1 and len(digits) >= _FEWEST) or shape == _SECURITY_SHAPE:
        return Found(Kind.NUMBER, window.start, window.end)
    # a bank card with a slip in it: four and four digits
    mistyped = len(digits) >= _CARD_FEWEST and set(shape[:-1]) == {4} and not years
    return Found(Kind.NUMBER, window.start, window.end) if mistyped else None


def _parts(digits: str, shape: tuple[int, ...]) -> list[str]:
    ends = list(accumulate(shape))
    return [digits[end - length : end] for end, length in zip(ends, shape, strict=True)]
