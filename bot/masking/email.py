"""E-mail addresses, also as people disguise them: ``name (at) host dot com``."""

import re
from collections.abc import Iterator

from bot.masking.types import Found, Kind

_PROVIDERS = (
    "qq|1[26]3|139|189|gmail|outlook|hotmail|live|yahoo|sina|sohu|foxmail|icloud|aliyun|protonmail"
)
# Each address is looked for from its @: what stands before and after it is short.
_AT = re.compile(
    rf" ?[(\[{{] ?at ?[)\]}}]| @ | @(?=(?:{_PROVIDERS})\b)|@"
    r"| at (?=[a-z0-9-]{1,63}(?:\.| dot )[a-z]{2})",
    re.IGNORECASE,
)
_DOT = r"(?:[.。]| ?[(\[{] ?dot ?[)\]}] ?| dot )"
_HOST = re.compile(
    rf" ?(?:(?:[a-z0-9][a-z0-9-]{{0,62}}{_DOT}){{1,8}}[a-z][a-z0-9-]{{1,62}}"
    rf"|(?:{_PROVIDERS})(?![a-z0-9])(?: ?(?:点|點|,) ?(?:com|cn|net))?)",
    re.IGNORECASE,
)
# RFC 5321: at most 64 characters; letters beyond ASCII are looked at only where none is nearer.
_LOCAL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}[a-z0-9_+-]\Z", re.IGNORECASE)
_LOCAL_IN_ANY_SCRIPT = re.compile(r"[^\W_]{1,16}\Z")
_LOCAL_LONGEST = 64
_HOST_LONGEST = 255


def find_emails(text: str) -> Iterator[Found]:
    """Find e-mail addresses, left to right."""
    if "@" not in text and "at" not in text.lower():
        return
    for at in _AT.finditer(text):
        host = _HOST.match(text, at.end(), at.end() + _HOST_LONGEST)
        if host is None:
            continue
        before = text[max(0, at.start() - _LOCAL_LONGEST) : at.start()]
        local = _LOCAL.search(before) or _LOCAL_IN_ANY_SCRIPT.search(before)
        if local:
            yield Found(Kind.EMAIL, at.start() - len(local[0]), host.end())
