"""Tell where a clause's editions differ in structure: what a translation must not change.

Wording may differ from language to language; amounts, dates, the number of sentences and list
items, and the headings may not. The comparison is by rule and knows no words: that it finds
nothing does not prove that the editions say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markdown_it import MarkdownIt

from bot.corpus.blocks import spans
from bot.quantities import Quantity, quantities
from bot.types import LANGUAGES, Clause, Language
from bot.wording import say


class Aspect(StrEnum):
    """What is compared."""

    EDITION = "edition"
    QUANTITIES = "quantities"
    SENTENCES = "sentences"
    ITEMS = "items"
    HEADINGS = "headings"


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect that differs.

    ``counts`` is, per language, how many there are of it: for ``QUANTITIES`` those that the other
    edition lacks, for ``EDITION`` 1 or 0.
    """

    aspect: Aspect
    counts: dict[Language, int]

    def words(self, language: Language) -> str:
        """Return what staff read for it."""
        return say(
            f"structure.{self.aspect.value}",
            language,
            zh_count=self.counts.get("zh", 0),
            en_count=self.counts.get("en", 0),
        )


@dataclass(frozen=True, slots=True)
class Structure:
    """What differs between a clause's editions; nothing where ``differences`` is empty.

    ``unmatched`` holds, per language, the quantities that the other edition does not have.
    """

    differences: tuple[Difference, ...] = ()
    unmatched: dict[Language, tuple[Quantity, ...]] | None = None

    def only_in(self, language: Language) -> tuple[Quantity, ...]:
        """Return the quantities that stand in the edition of ``language`` alone."""
        return (self.unmatched or {}).get(language, ())


def compare(clause: Clause, languages: Sequence[Language] = LANGUAGES) -> Structure:
    """Compare the editions of ``clause`` in two ``languages``; one that lacks is a difference."""
    first, second = languages
    if first not in clause.text or second not in clause.text:
        there = {one: int(one in clause.text) for one in languages}
        return Structure((Difference(Aspect.EDITION, there),))
    unmatched = _unmatched(
        {one: quantities(clause.text[one], one) for one in languages}, first, second
    )
    counts = {
        Aspect.QUANTITIES: {one: len(unmatched[one]) for one in languages},
        Aspect.SENTENCES: {one: _sentences(clause.text[one]) for one in languages},
        Aspect.ITEMS: {one: _items(clause.text[one]) for one in languages},
        Aspect.HEADINGS: {one: len(clause.path.get(one, ())) for one in languages},
    }
    differences = tuple(
        Difference(aspect, found)
        for aspect, found in counts.items()
        if found[first] != found[second] or (aspect is Aspect.QUANTITIES and any(found.values()))
    )
    return Structure(differences, unmatched)


def _unmatched(
    found: dict[Language, tuple[Quantity, ...]], first: Language, second: Language
) -> dict[Language, tuple[Quantity, ...]]:
    """Return what is left of both when each quantity has taken one that is equal to it.

    Those of the same unit take each other first: "14 days, 14" leaves nothing of "14, 14 days".
    """
    left = {first: list(found[first]), second: list(found[second])}
    for strictly in (True, False):
        for one in tuple(left[first]):
            other = next((it for it in left[second] if one.equals(it, strictly=strictly)), None)
            if other is not None:
                left[first].remove(one)
                left[second].remove(other)
    return {language: tuple(rest) for language, rest in left.items()}


def _sentences(text: str) -> int:
    return sum(not span.lead for span in spans(text))


def _items(text: str) -> int:
    return sum(token.type == "list_item_open" for token in MarkdownIt("commonmark").parse(text))
