"""Clean what users type, bring it to one form for matching, and tell its language."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.types import Language

if TYPE_CHECKING:
    from opencc import OpenCC
    from py3langid.langid import LanguageIdentifier

# Part of the index's fingerprint: raise it when texts are brought to another form for matching.
NORMALISER_VERSION = "1"

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_LATIN_LETTER = r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]"
_LATIN_WORD = re.compile(rf"{_LATIN_LETTER}+(?:['’]{_LATIN_LETTER}+)*")
# Letters and marks that English hardly has.
_ACCENTED = re.compile(r"[¿¡\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
# A zero-width joiner belongs between the parts of an emoji; beside a letter it hides a word.
_JOINER_IN_WORD = re.compile(r"(?<=\w)\u200d+|\u200d+(?=\w)")
# Emoji made of a character that elsewhere is a digit or a letter: keycaps and the info sign.
_WORDLIKE_EMOJI = re.compile(r"[0-9]\ufe0f?\u20e3|\u2139")
_NO_LETTER = re.compile(r"[\W_]+")
# Emoji newer than Python's Unicode tables have no category yet.
_PICTOGRAPHS = ("\U0001f000", "\U0001faff")
# Below this many letters a guess between languages of one script is no better than chance.
_LETTERS_TO_TELL = 12
# Common words that none of the other languages below has.
_ONLY_ENGLISH = frozenset(
    [
        "the",
        "you",
        "your",
        "this",
        "that",
        "what",
        "how",
        "would",
        "why",
        "which",
        "they",
        "does",
        "with",
        "when",
        "who",
        "where",
    ]
)
_ENGLISH_WORDS_TO_TELL = 2
# A Latin-script message counts as foreign only at this probability (dev half of the cases: no
# English or Chinese question is taken for foreign, see tests/test_text.py).
_FOREIGN_PROBABILITY = 0.97
_FOREIGN_PROBABILITY_ACCENTED = 0.8  # with letters or marks that English hardly has
_LATIN_LANGUAGES = (
    "en", "fr", "de", "es", "it", "pt", "nl", "pl", "sv", "da", "fi", "cs", "ro", "hu", "tr", "vi",
    "id", "sw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """The language to answer in, and whether the question was written in a third one.

    ``answer`` is None where the text holds no word of any language (numbers, emoji).
    """

    answer: Language | None
    foreign: bool = False


def clean(text: str) -> str:
    """Return ``text`` as one line without control characters and lone surrogates.

    Line breaks and tabs become spaces, zero-width and direction marks go (they hide words), and
    outer and repeated white space is dropped. Nothing else changes.
    """
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace()
        or unicodedata.category(char) not in ("Cc", "Cs", "Cf", "Co", "Cn")
        or char == "\u200d"  # joins emoji
        or _PICTOGRAPHS[0] <= char <= _PICTOGRAPHS[1]
    )
    return " ".join(_JOINER_IN_WORD.sub("", kept).split())


def normalise(text: str) -> str:
    """Return ``text`` in the form used for matching: NFKC, case-folded, Simplified Chinese."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _to_simplified().convert(folded) if _HAN.search(folded) else folded


def letters(text: str) -> str:
    """Return the letters and digits of ``text`` in matching form: equal for equal questions."""
    return _NO_LETTER.sub("", normalise(text)) or text


def has_words(text: str) -> bool:
    """Return whether ``text`` holds any letter or digit at all, those of emoji left out."""
    return any(char.isalnum() for char in _WORDLIKE_EMOJI.sub("", text))


def detect_language(text: str) -> DetectedLanguage:
    """Tell which language to answer ``text`` in; a third language is answered in English.

    Chinese and English mixed count as Chinese where there are at least as many Han characters
    as English words.
    """
    folded = unicodedata.normalize("NFKC", text)  # full-width letters are Latin ones
    words = _LATIN_WORD.findall(folded)
    latin = sum(char.isalpha() for word in words for char in word)
    han = len(_HAN.findall(folded))
    kana = len(_KANA.findall(folded))
    other = sum(map(str.isalpha, folded)) - han - kana - latin
    if kana * 4 > han + latin or other > han + latin:
        return DetectedLanguage("en", foreign=True)
    if han and han >= len(words):
        return DetectedLanguage("zh")
    if not latin:
        return DetectedLanguage(None)
    if han or latin < _LETTERS_TO_TELL:
        return DetectedLanguage("en")
    if _is_plainly_english(words):
        return DetectedLanguage("en")
    guess, probability = _identifier().classify(folded)
    limit = _FOREIGN_PROBABILITY_ACCENTED if _ACCENTED.search(folded) else _FOREIGN_PROBABILITY
    return DetectedLanguage("en", foreign=guess != "en" and probability >= limit)


def _is_plainly_english(words: list[str]) -> bool:
    """Return whether enough words are ones that only English has: no model needs to be loaded."""
    plain = sum(word.casefold() in _ONLY_ENGLISH for word in words)
    return plain >= _ENGLISH_WORDS_TO_TELL and plain * 5 >= len(words)


@cache
def _to_simplified() -> "OpenCC":
    from opencc import OpenCC  # noqa: PLC0415 - half of all questions need no dictionary

    return OpenCC("t2s")


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import (  # noqa: PLC0415 - Chinese questions need no model
        MODEL_FILE,
        LanguageIdentifier,
    )

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_LATIN_LANGUAGES))
    return identifier
