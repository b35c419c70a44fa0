"""English names after "my name is", "I'm called", "this is … speaking", "name:" and the like."""

import re
from collections.abc import Iterator
from itertools import takewhile

from bot.masking.hints import mentions
from bot.masking.types import Found, Kind

_WHOSE = r"(?:my|his|her|their|our|'s|the|whose)"
_WHICH = r"(?:full|first|last|real|legal|maiden|given|family|middle|own|complete)"
_CALLED = re.compile(
    rf"(?:\b(?:{_WHOSE} )?(?:{_WHICH} )?(?:sur)?name ?[:=]"
    rf"|(?:\b|(?='s)){_WHOSE} (?:{_WHICH} )?(?:sur)?names?(?:'s| is| was| are)"
    rf"|\b{_WHICH} names? (?:is|was)|\bmy names"
    r"|\bi(?:'m| am|m) (?:called|named)|\bi go by(?: the name(?: of)?)?"
    r"|\b(?:he|she|my [a-z]{2,15})(?:'s| is) (?:called|named))[ :,]{1,2}\"?",
    re.IGNORECASE,
)
# After these a name is told only by its capital letter.
_HAILED = re.compile(
    r"\b(?:call me|(?:hi|hello|hey|hiya|morning|afternoon|evening)[,.!]? (?:there[,.!]? )?"
    r"(?:i'm|i am|im|this is|it's|its)|(?:yours|regards|sincerely|cheers|thanks|wishes),) ",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:[Mm]rs?|[Mm]s|[Mm]iss|[Dd]r|MRS?|MS|MISS|DR|[Ss]ir|[Mm]adam)\.? (?=[A-Z])"
)
_I_AM = re.compile(r"\b(?:i'm|i am|im|this is|it's|its) ", re.IGNORECASE)
_SPEAKING = re.compile(r" (?:speaking|here|calling|again)\b", re.IGNORECASE)
_WORD = r"[^\W\d_\u3400-\u9fff](?:[^\W\d_\u3400-\u9fff]|['’.-](?=[^\W\d_\u3400-\u9fff])){0,24}"
# A point ends an initial, or the sentence and with it the name.
_WORDS = re.compile(rf"{_WORD}(?:(?:(?<=\b[A-Za-z])\.)? {_WORD}){{0,3}}")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])")
# Nothing is searched without one of these.
_HINTS = (
    *("name", "called", "call me", "go by", "i'm", "im ", "i am", "this is", "it's", "its ", "mr"),
    *("ms", "miss", "dr", "sir", "madam", "yours", "regards", "sincerely", "cheers", "thanks"),
    "wishes",
)
_LONGEST = 4  # words
_LONGEST_SMALL = 2  # words of a name in small letters: a third is hardly one
_FULL = 2  # words of a name that needs no other sign
_PARTICLES = frozenset("van von de der den la di da bin binti al el ap".split(" "))  # noqa: SIM905
_ENDINGS = ("ed", "ing", "n't", "n’t", "'s", "’s", "'re", "'ll", "'ve")

_NAMES_THAT_END_SO = frozenset(
    """
    ahmed mohammed mohamed muhammed fred alfred ted ned jared reed ed manfred wilfred winifred
    syed saeed majed khaled waleed rashed ming ying qing ting jing ling bing xing ping ning king
    irving sterling fleming browning manning
    """.split()  # noqa: SIM905 - a list would fill the page
)
_NO_NAME = frozenset(
    """
    sold shown given kept held known seen used wrong right spelt spelled put sent taken made gone
    lost found correct incorrect public private visible hidden secret safe secure stored shared
    fake real false true mine yours theirs ours free required needed mandatory optional necessary
    enough personal data common still already always never ever also only just really actually
    even now then there here again being not no yes on in at to of for from by with without under
    over about as into onto off out up down near and or but so if because when while where what
    why how who which whose that this these those than the a an any some all each every both one
    two another other such same different misspelt i you he she it we they me him her us them my
    your his its our their someone anyone everyone is are was were be been am do does did done have
    has had can could will would shall should may might must dont doesnt didnt cant wont isnt im
    ive id want need live work buy bought order ordered got get gave give see saw like please
    thanks thank hi hello mate cheers sorry ok okay well too very quite pretty rather kind sort
    available confidential unique rare long short foreign chinese english online linked attached
    tied part going next ask asking tell account email phone number address blank empty business
    back later tomorrow today tonight whatever stupid crazy old new south north east west hong
    great united saudi sri costa black white native year years british american irish scottish
    welsh indian speaking calling
    """.split()  # noqa: SIM905
)


def find_names_en(text: str) -> Iterator[Found]:
    """Find names after the words that introduce them."""
    if not mentions(text, _HINTS):
        return
    for match in _CALLED.finditer(text):
        han = _HAN_NAME.match(text, match.end())
        end = han.end() if han else _end_of_name(text, match.end(), small=True)
        if end:
            yield Found(Kind.NAME, match.end(), end)
    for pattern in (_HAILED, _TITLE):
        for match in pattern.finditer(text):
            if end := _end_of_name(text, match.end(), small=False):
                yield Found(Kind.NAME, match.end(), end)
    for match in _I_AM.finditer(text):
        if end := _end_of_speaker(text, match.end()):
            yield Found(Kind.NAME, match.end(), end)


def _end_of_speaker(text: str, start: int) -> int:
    """Return where the name ends that follows "I'm" or "this is"; 0 where none does.

    It is one of at least two words in capitals, or stands before "speaking" or "here".
    """
    end = _end_of_name(text, start, small=False)
    if end and (" " in text[start:end] or _SPEAKING.match(text, end)):
        return end
    end = _end_of_name(text, start, small=True)
    follows = _SPEAKING.match(text, end) if end else None
    return end if follows and follows[0].lower() == " speaking" else 0


def _end_of_name(text: str, start: int, *, small: bool) -> int:
    """Return where the name at ``start`` ends, 0 for none; ``small``: also in small letters."""
    match = _WORDS.match(text, start)
    if match is None:
        return 0
    words = match[0].split(" ")
    if _is_no_name(words[0]):
        return 0
    if words[0][0].isupper():
        name = list(takewhile(_continues, words))[:_LONGEST]
        while name and name[-1] in _PARTICLES:
            name.pop()
    elif small:
        name = list(takewhile(lambda one: not _is_no_name(one), words))[:_LONGEST_SMALL]
    else:
        return 0
    return start + len(" ".join(name).rstrip("."))


def _continues(word: str) -> bool:
    return word in _PARTICLES or (word[0].isupper() and not _is_no_name(word))


def _is_no_name(word: str) -> bool:
    plain = word.rstrip(".").lower()
    if plain in _NAMES_THAT_END_SO:
        return False
    return plain in _NO_NAME or plain.endswith(_ENDINGS)
