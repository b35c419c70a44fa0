"""The part of a clause that is quoted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.blocks import spans
from bot.quote import choose_quote
from bot.types import LANGUAGES, Language, Policy

LONG = " ".join(
    [
        "Unless you object, the following holds.",
        *(
            f"Sentence number {number} speaks of nothing at all, at some length."
            for number in range(12)
        ),
        "We keep passport copies.",
        "The end.",
    ]
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_clause_is_quoted_whole(small_policy: Policy, language: Language) -> None:
    for clause in small_policy.clauses:
        text = clause.text[language]
        assert choose_quote(text, ["passport 护照"], language) == text


def test_of_a_long_clause_the_matching_sentence_is_quoted_with_the_one_before_it() -> None:
    quote = choose_quote(LONG, ["do you keep a copy of my passport?"], "en")
    assert quote.startswith("Sentence number 11 ")
    assert quote.endswith("We keep passport copies.")


def test_a_match_near_the_beginning_keeps_the_beginning() -> None:
    quote = choose_quote(LONG, ["what is number 3?"], "en")
    assert quote.startswith("Unless you object")
    assert quote.endswith("Sentence number 3 speaks of nothing at all, at some length.")


def test_a_question_that_shares_no_word_gets_the_beginning() -> None:
    assert choose_quote(LONG, ["护照"], "en") == "Unless you object, the following holds."


def test_a_list_item_is_quoted_with_the_sentence_that_introduces_the_list(shop: Policy) -> None:
    clause = shop.clause("3.3")
    assert clause is not None
    quote = choose_quote(clause.text["en"], ["remove duplicates from user lists"], "en")
    assert quote.startswith("We may hire outside companies or individuals")
    assert quote.endswith("removing duplicate entries from user lists;")


def test_an_item_far_down_a_list_keeps_the_sentence_that_introduces_it(shop: Policy) -> None:
    clause = shop.clause("3.3")
    assert clause is not None
    quote = choose_quote(clause.text["en"], ["incoming payments"], "en")
    assert len(quote) > 520
    assert quote.startswith("We may hire outside companies or individuals")
    assert quote.endswith("handling incoming and outgoing payments;")


def test_a_long_text_without_sentences_is_quoted_whole() -> None:
    text = "***\n\n" * 200
    assert choose_quote(text, ["anything"], "en") == text


@settings(max_examples=150, deadline=None)
@given(question=st.text(max_size=60), data=st.data(), language=st.sampled_from(LANGUAGES))
def test_a_quote_is_a_span_of_whole_sentences_of_the_clause(
    shop: Policy, question: str, data: st.DataObject, language: Language
) -> None:
    clause = data.draw(st.sampled_from(shop.clauses))
    text = clause.text[language]
    words = data.draw(st.sampled_from(text.split()))
    quote = choose_quote(text, [f"{question.encode('utf-8', 'ignore').decode()} {words}"], language)
    assert quote
    cut = spans(text)
    starts = [one.start for one in cut]
    ends = {one.end for one in cut}
    places = [at for at in (0, *starts) if text.startswith(quote, at)]
    assert any(at + len(quote) in ends | {len(text)} for at in places)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "我们收集护照号。",
                "a b. ",
                "- 传真\n",
                "\n\n",
                "1. x\n",
                "\u3000\n\n",
                "***\n",
                "词" * 90,
            ]
        ),
        max_size=40,
    ).map("".join),
    st.sampled_from(["护照", "fax 传真", "", "a b x"]),
    st.sampled_from(LANGUAGES),
)
def test_any_text_gives_a_quote_that_stands_in_it(
    text: str, question: str, language: Language
) -> None:
    quote = choose_quote(text, [question], language)
    assert quote in text
    assert bool(quote.strip()) is bool(text.strip())
