"""A citation is proven only by the clause's own words."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.types import LANGUAGES, Citation, Language, Policy
from bot.verify import is_proven, proven


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_clause_proves_its_whole_text(shop: Policy, language: Language) -> None:
    for clause in shop.clauses:
        assert is_proven(Citation(clause.id, clause.text[language]), shop, language)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), language=st.sampled_from(LANGUAGES))
def test_every_span_of_a_clause_is_proven_and_no_changed_one(
    shop: Policy, data: st.DataObject, language: Language
) -> None:
    clause = data.draw(st.sampled_from(shop.clauses))
    text = clause.text[language]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    assert is_proven(Citation(clause.id, quote), shop, language) is bool(quote.strip())
    place = data.draw(st.integers(0, len(quote)))
    assert not is_proven(
        Citation(clause.id, f"{quote[:place]}\u00b6{quote[place:]}"), shop, language
    )


@pytest.mark.parametrize(
    ("clause", "quote", "language"),
    [
        ("1.1", "We collect fingerprints.", "en"),
        ("1.1", "we collect passport numbers.", "en"),
        ("1.1", "We collect  passport numbers.", "en"),
        ("1.1", "We collect passport numbers.\u200b", "en"),
        ("1.1", "We collect passport numbers…", "en"),
        ("1.1", "We collect passport numbers.", "zh"),
        ("1.1", "我们收集护照号。", "en"),
        ("1.1", "我們收集護照號。", "zh"),
        ("1.1", "我们收集指纹。", "zh"),
        ("1.2", "We collect passport numbers.", "en"),
        ("1", "We collect passport numbers.", "en"),
        ("9.9", "We collect passport numbers.", "en"),
        ("1.1 ", "We collect passport numbers.", "en"),
        ("9" * 4300, "We collect passport numbers.", "en"),
        ("", "We collect passport numbers.", "en"),
        ("1.1", "", "en"),
        ("1.1", " ", "en"),
        ("1.1", "Documents", "en"),
    ],
)
def test_what_the_clause_does_not_say_is_not_proven(
    small_policy: Policy, clause: str, quote: str, language: Language
) -> None:
    assert not is_proven(Citation(clause, quote), small_policy, language)


def test_where_the_policy_lacks_the_language_the_text_it_has_counts(small_policy: Policy) -> None:
    clauses = tuple(
        replace(clause, text={"en": clause.text["en"]}, path={"en": clause.path["en"]})
        for clause in small_policy.clauses
    )
    english = replace(small_policy, clauses=clauses)
    assert is_proven(Citation("1.1", "We collect passport numbers."), english, "zh")
    assert not is_proven(Citation("1.1", "我们收集护照号。"), english, "zh")


def test_only_the_proven_stay_in_their_order(small_policy: Policy) -> None:
    good = Citation("2.1", "we may hand over your details")
    other = Citation("1.1", "We collect passport numbers.")
    bad = Citation("1.1", "We sell passport numbers.")
    assert proven([good, bad, other], small_policy, "en") == (good, other)
    assert proven([], small_policy, "en") == ()
