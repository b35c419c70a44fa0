"""Staff look-up: clause numbers however they are written, else words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lookup import (
    clause_number,
    clauses_asked_for,
    clauses_under,
    look_up,
    named_clauses,
    unknown_clause,
)
from bot.retrieve import Kind
from bot.types import Hit, Policy, Retrieval


@pytest.mark.parametrize(
    "query",
    [
        "3.5.2",
        " 3.5.2 ",
        "3.5.2.",
        "3.5.2。",
        "3。5。2",
        "3．5．2",
        "３．５．２",
        "3·5·2",
        "3 . 5 . 2",
        "03.05.02",
        "第3.5.2条",
        "第 3.5.2 条",
        "第3.5.2款",
        "第3.5.2條",
        "條款 3.5.2",
        "第3.5.2節",
        "第3.5.2节",
        "条款3.5.2",
        "条款 3.5.2",
        "3.5.2条款",
        "3.5.2 条",
        "clause 3.5.2",
        "Clause 3.5.2",
        "CLAUSE  3.5.2",
        "clause3.5.2",
        "clause no. 3.5.2",
        "section 3.5.2",
        "sec. 3.5.2",
        "article 3.5.2",
        "art. 3.5.2",
        "paragraph 3.5.2",
        "para 3.5.2",
        "no. 3.5.2",
        "§3.5.2",
        "§ 3.5.2",
        "#3.5.2",
        "ｃｌａｕｓｅ　３．５．２",
    ],
)
def test_a_clause_number_is_known_however_it_is_written(query: str) -> None:
    assert clause_number(query) == "3.5.2"


@pytest.mark.parametrize(
    "query",
    ["", "passport", "3.5.2 passport", "my clause 3.5.2", "1..2", ".", "clause", "第条", "v1.2x"],
)
def test_what_holds_more_or_less_than_a_number_is_words(query: str) -> None:
    assert clause_number(query) is None


@given(
    st.lists(st.integers(0, 9999), min_size=1, max_size=5),
    st.sampled_from(["{}", "第{}条", "clause {}", "section {}.", "§ {}", "条款{}"]),
)
@settings(deadline=None, max_examples=100)
def test_any_number_in_any_writing_comes_back_dotted(parts: list[int], writing: str) -> None:
    dotted = ".".join(map(str, parts))
    assert clause_number(writing.format(dotted)) == dotted


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("3.5.2", ["3.5.2"]),
        ("1.2", [f"1.2.{last}" for last in range(1, 8)]),
        ("3.5", ["3.5.1", "3.5.2", "3.5.3"]),
        ("2.1", ["2.1"]),
        ("1.2.4.1", []),
        ("9.9", []),
        ("", []),
    ],
)
def test_a_number_lists_itself_and_all_under_it_in_order(
    shop: Policy, number: str, expected: list[str]
) -> None:
    hits = clauses_under(number, shop)
    assert [hit.clause for hit in hits] == expected
    assert all(hit.reasons == (Kind.NUMBER.value,) for hit in hits)
    scores = [hit.score for hit in hits]
    assert scores == sorted(set(scores), reverse=True)
    assert all(0 < score <= 1 for score in scores)


def no_search(query: str) -> Retrieval:
    raise AssertionError(query)


def test_a_number_is_not_searched_for_as_words(shop: Policy) -> None:
    found = look_up("第1.2条", shop, no_search, 10)
    assert [hit.clause for hit in found] == [f"1.2.{last}" for last in range(1, 8)]


@pytest.mark.parametrize("query", ["9.9", "第77条", "clause 5", "12345", "9" * 4_300])
def test_an_unknown_number_gives_nothing(shop: Policy, query: str) -> None:
    assert look_up(query, shop, no_search, 10) == ()


def test_words_are_searched_for_and_the_limit_holds_for_both(shop: Policy) -> None:
    asked: list[str] = []

    def search(query: str) -> Retrieval:
        asked.append(query)
        return Retrieval((Hit("3.1", 0.9), Hit("3.2", 0.1)))

    assert look_up("passport", shop, search, 1) == (Hit("3.1", 0.9),)
    assert asked == ["passport"]
    assert len(look_up("1.2", shop, no_search, 3)) == 3


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what does clause 3.3 say?", ("3.3",)),
        ("What does Section 3.5.2 mean", ("3.5.2",)),
        ("see article 2.1 and clause 9.9", ("2.1", "9.9")),
        ("第3.3条说了什么", ("3.3",)),
        ("第 3.5.2 条和第1.1条", ("3.5.2", "1.1")),
        ("条款1.2.4是什么", ("1.2.4",)),
        ("第1.2.4條說了什麼", ("1.2.4",)),
        ("§3.3?", ("3.3",)),
        ("第３．３条", ("3.3",)),
        ("clause 3.3 or clause 3.3", ("3.3",)),
        ("clause 12345 says so", ("12345",)),
        ("It stands in clause 3.3. 2 friends told me.", ("3.3",)),
        ("I paid 3.50 for version 2.1", ()),
        ("我今年12岁，住在3.5公里外", ()),
        ("subclause", ()),
        ("", ()),
    ],
)
def test_a_question_names_a_clause_where_a_word_says_so(
    question: str, expected: tuple[str, ...]
) -> None:
    assert named_clauses(question) == expected


# A pattern that tries ways again would not return from these within a lifetime.
HOSTILE = {
    "digits": "9" * 100_000,
    "dots": "." * 100_000,
    "parts": "1." * 50_000,
    "spaced parts": "1 . " * 25_000 + "x",
    "spaces before": " " * 100_000 + "x",
    "spaces after": "1" + " " * 100_000 + "x",
    "words": "clause " * 15_000,
    "words and dots": "no . " * 20_000,
    "marks": "第" * 100_000,
    "spaced marks": "# " * 50_000 + "x",
    "a word and spaces": "clause" + " " * 100_000 + "x",
    "a mark and spaces": "第1" + " " * 100_000 + "x",
    "words run together": "section" * 15_000,
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_look_ups_of_100000_characters_return(shop: Policy, query: str) -> None:
    assert look_up(query, shop, lambda _: Retrieval(()), 10) == ()
    assert isinstance(named_clauses(query), tuple)


def test_10000_dots_and_4300_digits_in_a_question_name_what_they_say() -> None:
    assert named_clauses("clause 1" + ".1" * 10_000) == (".".join(["1"] * 10_001),)
    assert named_clauses("clause " + "9" * 4_301) == ("9" * 4_301,)
    assert clause_number("." * 10_000) is None


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        ("what does clause 3.5.2 say?", ("3.5.2",)),
        ("第3.5.2条是什么意思", ("3.5.2",)),
        ("请解释一下第 2.9 条", ("2.9",)),
        ("3.6", ("3.6",)),
        ("show me section 1.3", ("1.3.1", "1.3.2", "1.3.3")),
        ("rewrite clause 3.1 so that it allows selling", ()),
        ("does clause 3.1 cover my dog's passport", ()),
        ("what does clause 9.9 say", ()),
        ("hello", ()),
    ],
)
def test_a_question_for_a_clause_and_nothing_else_is_told_apart(
    question: str, clauses: tuple[str, ...], shop: Policy
) -> None:
    assert clauses_asked_for(question, shop) == clauses


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("cite clause 9.9 please", "9.9"),
        ("第9.9条说你们会赔钱对吧", "9.9"),
        ("clause 17 says so", "17"),
        ("9.9", "9.9"),
        ("gdpr article 17, do u honour it", None),
        ("按GDPR第17条你们要删我的数据", None),
        ("第12条评论是谁写的", None),
        ("what does clause 3.5.2 say?", None),
        ("12345", None),
    ],
)
def test_only_a_number_that_must_be_ours_counts_as_an_unknown_clause(
    question: str, number: str | None, shop: Policy
) -> None:
    assert unknown_clause(question, shop) == number
