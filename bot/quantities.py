"""Find the quantities of a text: numbers with their units, percentages, ages and dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.types import Language

# One character for one: places in the text stay what they are.
_NARROW = str.maketrans("０１２３４５６７８９％．，：－", "0123456789%.,:-")
_ITEM_NUMBER = re.compile(r"^[ \t]*\d{1,9}[.)](?=\s)", re.MULTILINE)

_HAN_DIGITS = {name: value for value, name in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000}
_DIGITS_OF_A_YEAR = 4
_LONGEST_SCALED = 20  # characters; int() has its limits
_HAN_GROUPS = {"万": 10_000, "亿": 100_000_000}
_HAN_NUMBER = "[零〇一二两三四五六七八九十百千万亿]{1,20}+"
_DIGITS = r"\d{1,3}+(?:,\d{3})++(?:\.\d++)?+|\d{1,20}+(?:\.\d{1,9}+)*+"

# Units by the kind that both languages share. An age is told in years.
_HAN_UNITS = {
    "个工作日": "working day",
    "工作日": "working day",
    "日历日": "day",
    "自然日": "day",
    "天": "day",
    "日": "day",
    "个星期": "week",
    "星期": "week",
    "周岁": "year",
    "岁": "year",
    "周": "week",
    "个月": "month",
    "月": "month",
    "年": "year",
    "个小时": "hour",
    "小时": "hour",
    "分钟": "minute",
    "秒": "second",
    "元": "yuan",
    "%": "percent",
}
# Counted things: only their number is compared. One of them ("一项") is most often no number.
_HAN_COUNTERS = ("次", "项", "条", "款", "人", "个", "倍", "种", "类", "字", "份", "页")
_ENGLISH_UNITS = {
    "working day": "working day",
    "business day": "working day",
    "calendar day": "day",
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "hour": "hour",
    "minute": "minute",
    "second": "second",
    "yuan": "yuan",
    "percent": "percent",
    "per cent": "percent",
    "%": "percent",
}
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ENGLISH_WORDS = {name: value for value, name in enumerate(_ONES)} | {
    name: 10 * value for value, name in enumerate(_TENS, 2)
}
_ENGLISH_GROUPS = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

_either = "|".join
_WORD = _either(sorted([*_ENGLISH_WORDS, *_ENGLISH_GROUPS], key=len, reverse=True))
_MONTH = _either(_MONTHS)
_HAN_UNIT = _either(sorted(_HAN_UNITS, key=len, reverse=True))
_ENGLISH_UNIT = _either(sorted(_ENGLISH_UNITS, key=len, reverse=True)).replace(" ", r"[\s-]")
_DATE = re.compile(
    rf"(?<!\d)(?:(?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})(?!\d)"
    r"|(?P<han>\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?|\d{1,2}\s*月\s*\d{1,2}\s*[日号])"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})(?:,?\s+(?P<year>\d{{4}}))?\b)"
    rf"|\b(?P<month2>{_MONTH})\s+(?:(?P<day2>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,?\s+(?P<year2>\d{{4}}))?"
    r"|(?P<year3>\d{4}))\b"
)
# "有一天" and "may one day" mean some day.
_SOME_DAY = re.compile(r"有一天|(?:may|might|will|would|could|if) one day\b", re.IGNORECASE)
_CHINESE = re.compile(
    rf"(?P<share>百分之)?(?:(?P<digits>{_DIGITS})\s*(?P<scale>[万亿])?|(?P<words>{_HAN_NUMBER}))"
    rf"\s*(?P<unit>{_HAN_UNIT})?(?P<counter>{_either(_HAN_COUNTERS)})?"
)
_ENGLISH = re.compile(
    rf"(?<![a-z\d])(?:(?P<digits>{_DIGITS})(?:\s+(?P<scale>thousand|million)\b)?"
    rf"|(?P<words>(?:{_WORD})\b(?:(?:[\s-]+(?:and\s+)?)(?:{_WORD})\b){{0,7}}))"
    rf"(?:[\s-]*(?P<unit>{_ENGLISH_UNIT})s?(?![a-z]))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or date at ``text[start:end]``.

    ``value`` is the same for the same number in any script ("14", or for a date
    "2026-11-22"); ``unit`` is "" where none is told.
    """

    value: str
    unit: str
    start: int
    end: int

    def equals(self, other: "Quantity", *, strictly: bool) -> bool:
        """Return whether both are the same; unless ``strictly``, an untold unit is any unit."""
        same_unit = self.unit == other.unit or (not strictly and not (self.unit and other.unit))
        return self.value == other.value and same_unit


def quantities(text: str, language: Language) -> tuple[Quantity, ...]:
    """Return the quantities of ``text``, in order; the numbers of list items are none.

    A Chinese numeral counts only before a unit or a counted thing: "第三方", "统一" and "十分"
    hold none. The English "one" counts only before a unit.
    """
    narrow = text.translate(_NARROW)
    for no_quantity in (_ITEM_NUMBER, _SOME_DAY):
        narrow = no_quantity.sub(lambda found: " " * len(found[0]), narrow)
    dates = list(_dates(narrow))
    for date in dates:
        narrow = narrow[: date.start] + " " * (date.end - date.start) + narrow[date.end :]
    numbers = _chinese(narrow) if language == "zh" else _english(narrow)
    return tuple(sorted([*dates, *numbers], key=lambda one: one.start))


def _dates(text: str) -> Iterator[Quantity]:
    for match in _DATE.finditer(text):
        if match["iso"] or match["han"]:
            parts = [part.lstrip("0") for part in re.findall(r"\d+", match[0])]
            is_without_year = match["han"] and "年" not in match["han"]
            value = "-".join(["", *parts] if is_without_year else parts)
        else:
            month = str(_MONTHS.index(match["month"] or match["month2"]) + 1)
            year = match["year"] or match["year2"] or match["year3"] or ""
            day = (match["day"] or match["day2"] or "").lstrip("0")
            value = f"{year}-{month}" + (f"-{day}" if day else "")
        yield Quantity(value, "date", *match.span())


def _chinese(text: str) -> Iterator[Quantity]:
    for match in _CHINESE.finditer(text):
        unit = "percent" if match["share"] else _HAN_UNITS.get(match["unit"] or "", "")
        if match["words"]:
            number = _han_value(match["words"])
            counted = match["counter"] and number != 1
            if number is None or not (unit or counted):
                continue
            value = str(number)
        else:
            value = _scaled(match["digits"], _HAN_GROUPS.get(match["scale"] or "", 1))
        parts = ("digits", "scale", "words", "unit")
        yield Quantity(value, unit, match.start(), max(map(match.end, parts)))


def _english(text: str) -> Iterator[Quantity]:
    for match in _ENGLISH.finditer(text):
        unit = re.sub(r"[\s-]+", " ", match["unit"] or "").lower()
        if match["digits"]:
            scale = _ENGLISH_GROUPS.get((match["scale"] or "").lower(), 1)
            value = _scaled(match["digits"], scale)
        else:
            value = _word_value(match["words"])
        if match["digits"] or unit or value != "1":
            yield Quantity(value, _ENGLISH_UNITS.get(unit, ""), *match.span())


def _scaled(digits: str, scale: int) -> str:
    """Return the number times ``scale``: "1.5" and 10,000 make "15000"."""
    plain = _plain(digits)
    whole, _, rest = plain.partition(".")
    if scale == 1 or "." in rest or len(plain) > _LONGEST_SCALED:
        return plain
    return str(int(whole) * scale + int(rest or "0") * scale // 10 ** len(rest))


def _plain(digits: str) -> str:
    whole, point, rest = digits.replace(",", "").partition(".")
    return (whole.lstrip("0") or "0") + point + rest


def _han_value(words: str) -> int | None:
    """Return what a Chinese numeral means, None where it is none.

    Four digits in a row are a year, read one by one ("二〇二六"); "一一" and "三四" are no number.
    """
    if not set(words) & {*_HAN_POWERS, *_HAN_GROUPS}:
        is_number = len(words) in (1, _DIGITS_OF_A_YEAR)
        return int("".join(str(_HAN_DIGITS[one]) for one in words)) if is_number else None
    total = group = digit = 0
    for one in words:
        if one in _HAN_GROUPS:
            total = (total + group + digit or 1) * _HAN_GROUPS[one]
            group = digit = 0
        elif one in _HAN_POWERS:
            group += (digit or 1) * _HAN_POWERS[one]
            digit = 0
        else:
            digit = _HAN_DIGITS[one]
    return total + group + digit


def _word_value(words: str) -> str:
    total = group = 0
    for name in re.findall(r"[a-z]+", words.lower()):
        if name == "hundred":
            group = (group or 1) * 100
        elif name in _ENGLISH_GROUPS:
            total += (group or 1) * _ENGLISH_GROUPS[name]
            group = 0
        else:
            group += _ENGLISH_WORDS.get(name, 0)
    return str(total + group)
