"""Read which language a browser asks for."""

import re

from bot.types import LANGUAGES, Language

# One entry of an Accept-Language header with its weight (RFC 9110, sections 12.4.2 and 12.5.4).
_LANGUAGE_RANGE = re.compile(
    r"\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.ASCII | re.IGNORECASE,
)
# Headers are longer only by malice.
_LONGEST = 1000


def preferred_language(accept_language: str) -> Language:
    """Return the one of our languages that the browser's header weighs highest, else English.

    Entries that are malformed, or of weight 0 ("not this one"), do not count.
    """
    weighed: list[tuple[float, Language]] = []
    for part in accept_language[:_LONGEST].split(","):
        entry = _LANGUAGE_RANGE.fullmatch(part)
        name = next((one for one in LANGUAGES if entry and entry[1].lower() == one), None)
        if entry and name and float(entry[2] or 1):
            weighed.append((float(entry[2] or 1), name))
    # the first of several with the same weight
    return max(weighed, key=lambda one: one[0], default=(0.0, "en"))[1]
