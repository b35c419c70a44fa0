"""What an answer without a language model says."""

import pytest

from bot.compose import answer_text, choose_clauses, cite, refusal_text
from bot.types import Hit, Policy, Question, Status
from bot.verify import is_proven


def test_a_clear_winner_is_cited_alone(shop: Policy) -> None:
    hits = [Hit("3.5.2", 0.7), Hit("3.5.1", 0.1), Hit("3.1", 0.05), Hit("3.4", 0.05)]
    assert choose_clauses(hits, shop, 4) == ("3.5.2",)


def test_clauses_close_behind_are_cited_too_up_to_the_limit(shop: Policy) -> None:
    hits = [Hit("3.2", 0.2), Hit("3.3", 0.19), Hit("2.1", 0.18), Hit("1.1", 0.17), Hit("4.1", 0.16)]
    assert choose_clauses(hits, shop, 3) == ("3.2", "3.3", "2.1")


def test_a_whole_list_is_cited_where_its_items_lead_together(shop: Policy) -> None:
    hits = [Hit(f"1.2.{number}", 0.2) for number in (3, 1, 2, 4)] + [Hit("3.1", 0.01)]
    assert choose_clauses(hits, shop, 4) == tuple(f"1.2.{number}" for number in range(1, 8))


def test_no_hits_no_clauses(shop: Policy) -> None:
    assert choose_clauses([], shop, 4) == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_quote_of_every_clause_is_proven(shop: Policy, language: str) -> None:
    asked = Question("police courier passport 警察 快递 护照", language)
    citations = cite([clause.id for clause in shop.clauses], asked, shop)
    assert len(citations) == len(shop.clauses)
    assert all(is_proven(one, shop, language) for one in citations)


def test_the_text_names_the_clause_and_holds_the_quote(shop: Policy) -> None:
    asked = Question("would you sell my info?", "en")
    citations = cite(["3.1"], asked, shop)
    text = answer_text("A lead.", citations, asked)
    assert text.startswith("A lead.\n")
    assert "clause 3.1" in text
    assert citations[0].quote in text


def test_a_third_language_is_told_so(shop: Policy) -> None:
    asked = Question("Verkauft ihr meine Daten?", "en", foreign=True)
    text = answer_text("A lead.", cite(["3.1"], asked, shop), asked)
    assert text.startswith("I can answer in English")
    assert "A lead." in text


def test_silence_names_what_was_asked_and_offers_related_clauses_as_no_answer(
    shop: Policy,
) -> None:
    text = refusal_text(Status.SILENT, Question("存多久？", "zh"), ["1.3.2"], shop)
    assert "存多久？" in text
    assert "1.3.2" in text
    assert "不能回答" in text


def test_a_long_question_is_shortened_where_it_is_named(shop: Policy) -> None:
    text = refusal_text(Status.SILENT, Question("a" * 300, "en"), [], shop)
    assert "a" * 300 not in text
    assert "…" in text
