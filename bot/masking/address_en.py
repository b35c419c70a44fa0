"""English addresses: house number and street, flats, boxes, and the postcodes beside them."""

import re
from collections.abc import Iterator

from bot.masking.hints import mentions
from bot.masking.types import Found, Kind

_STREET = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|way|place|pl|square|sq|terrace"
    "|crescent|cres|gardens|gdns|grove|hill|park|row|mews|boulevard|blvd|highway|walk|green|rise|quay"
)
# Endings that are plain words too make an address only under capital letters.
_SURE_STREET = "street|road|avenue|ave|lane|crescent|boulevard|blvd|terrace|mews"
_HOUSE = r"(?<![0-9A-Za-z.,$£€¥-])[0-9]{1,5}[A-Za-z]?(?:[-/][0-9]{1,5})?,? "
_CAPITAL_STREET = re.compile(
    rf"{_HOUSE}(?:(?:[A-Z][\w'’.-]{{0,30}}|of|the|de|la) ){{1,4}}(?:{_STREET})\b\.?".replace(
        f"(?:{_STREET})", f"(?i:{_STREET})"
    )
)
_SMALL_STREET = re.compile(
    rf"{_HOUSE}(?:(?!(?:of|on|in|the|to|my|your|down|up|by|from|per|for|and|or|a|an|at|not|across|off"
    r"|different|minutes?|hours?|days?|miles?|people|years?|things?|men|women|cars|vans)\b)"
    rf"[a-z][\w'’.-]{{1,30}} ){{1,3}}(?:{_SURE_STREET})\b",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"\b(?:flat|apt\.?|apartment|unit|suite|room|rm\.?)(?: no\.?)? ?#? ?"
    r"(?:[0-9]{1,5}[a-z]?|[a-z][0-9]{1,4}|[a-z](?=,))(?![\w.])"
    r"(?:,? ?(?:block|tower|floor) [0-9a-z]{1,3}\b)?"
    r"|\bp\.? ?o\.? box ?#? ?[0-9]{1,6}\b",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])(?:GIR ?0AA|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2})"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_ZIP = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2},? [0-9]{5}(?:-[0-9]{4})?(?![0-9])")
_NAMED_CODE = re.compile(
    r"(?:邮编|郵編|邮政编码|(?:post ?code|postal code|zip(?: code)?)\b)(?: ?(?:是|为|is))?[ :]{0,3}"
    r"(?P<code>[0-9]{5,6}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CODE_NAMES = ("邮", "郵", "post", "zip")
# A town between a street and its code.
_TOWN = re.compile(
    r"(?:,? [A-Z][A-Za-z'’-]{1,30}){1,3}(?=,|\.|;|\n|\Z)|,(?: [A-Za-z]{2,20}){1,2}(?=, )"
)


def find_addresses_en(text: str) -> Iterator[Found]:
    """Find streets with their number, flats, boxes; postcodes by shape, word or a street near."""
    streets = [
        *(match.span() for match in _CAPITAL_STREET.finditer(text)),
        *(match.span() for match in _SMALL_STREET.finditer(text)),
        *(match.span() for match in _FLAT.finditer(text)),
    ]
    for start, end in streets:
        yield Found(Kind.ADDRESS, start, _end_of_town(text, end))
    for match in _POSTCODE.finditer(text):
        if streets or (match[0].isupper() and " " in match[0]):
            yield Found(Kind.ADDRESS, match.start(), match.end())
    if streets:
        for match in _ZIP.finditer(text):
            yield Found(Kind.ADDRESS, match.start(), match.end())
    if mentions(text, _CODE_NAMES):
        for match in _NAMED_CODE.finditer(text):
            yield Found(Kind.ADDRESS, match.start("code"), match.end("code"))


def _end_of_town(text: str, end: int) -> int:
    match = _TOWN.match(text, end)
    return match.end() if match else end
