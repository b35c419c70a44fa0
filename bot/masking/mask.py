"""Find personal data of every kind in a text, and put a word in its place."""

from collections.abc import Callable, Iterator

from bot.masking.account import find_accounts
from bot.masking.address_en import find_addresses_en
from bot.masking.address_zh import find_addresses_zh
from bot.masking.chains import find_numbers
from bot.masking.email import find_emails
from bot.masking.fold import fold
from bot.masking.identity_card import find_identity_cards
from bot.masking.name_en import find_names_en
from bot.masking.name_zh import find_names_zh
from bot.masking.passport import find_passports
from bot.masking.phone import find_phones
from bot.masking.plate import find_plates
from bot.masking.types import Found
from bot.types import Language

# Each takes a text in matching form. Where findings overlap, the earlier finder names the kind.
_FINDERS: tuple[Callable[[str], Iterator[Found]], ...] = (
    find_emails,
    find_identity_cards,
    find_passports,
    find_plates,
    find_phones,
    find_numbers,
    find_accounts,
    find_addresses_en,
    find_addresses_zh,
    find_names_zh,
    find_names_en,
)
# What stands for a finding when the rest is searched again: no letter, digit or space.
_GAP = "\u25a0"
# Data may come to light once what stood beside it is gone; more rounds bring nothing more.
_ROUNDS = 4


def mask(text: str, language: Language) -> str:
    """Return ``text`` with a bracketed word of ``language`` in place of personal data.

    All else stays as it was typed, and a masked text stays as it is. The time grows with the
    length of the text, whatever it holds.
    """
    parts: list[str] = []
    end = 0
    for one in found(text):
        parts += (text[end : one.start], one.kind.word(language))
        end = one.end
    return "".join([*parts, text[end:]]) if parts else text


def found(text: str) -> tuple[Found, ...]:
    """Return the personal data in ``text``, in order and apart from each other."""
    folded = fold(text)
    searched = folded.text
    findings: list[Found] = []
    for _ in range(_ROUNDS):
        fresh = _once(searched)
        if not fresh:
            break
        searched = _without(searched, fresh)
        findings += fresh
    placed = [Found(one.kind, *folded.span(one.start, one.end)) for one in findings]
    return tuple(sorted(placed, key=lambda one: one.start))


def _without(text: str, findings: list[Found]) -> str:
    """Return ``text``, as long as it was, with gaps for the findings."""
    parts: list[str] = []
    end = 0
    for one in findings:
        parts += (text[end : one.start], _GAP * (one.end - one.start))
        end = one.end
    return "".join([*parts, text[end:]])


def _once(text: str) -> list[Found]:
    """Return what the finders find in one go; findings that overlap become one."""
    findings = [(one, rank) for rank, finder in enumerate(_FINDERS) for one in finder(text)]
    findings.sort(key=lambda pair: (pair[0].start, pair[1]))
    merged: list[tuple[Found, int]] = []
    for one, rank in findings:
        if merged and one.start < merged[-1][0].end:
            before, before_rank = merged[-1]
            kind = before.kind if before_rank <= rank else one.kind
            whole = Found(kind, before.start, max(before.end, one.end))
            merged[-1] = whole, min(rank, before_rank)
        else:
            merged.append((one, rank))
    return [one for one, _ in merged]
