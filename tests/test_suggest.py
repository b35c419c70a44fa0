"""What customers are offered to ask: how the file is read, and what is chosen after an answer."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.suggestions import FILE, read_suggestions
from bot.errors import CorpusError
from bot.settings import CORPUS
from bot.suggest import LIMIT, Suggestions
from bot.text import letters
from bot.types import LANGUAGES, Answer, Citation, Hit, Language, Policy, Status, Turn

WITHOUT_CLAUSES = (Status.SMALL_TALK, Status.OFF_TOPIC, Status.REFUSED, Status.FAILED)


@pytest.fixture
def every(shop: Policy) -> Suggestions:
    """Return suggestions whose questions name their clause."""
    questions: Mapping[str, Mapping[Language, str]] = {
        clause.id: {"zh": f"问{clause.id}？", "en": f"{clause.id}?"} for clause in shop.clauses
    }
    return Suggestions.of(shop, ("3.1", "1.2.3", "3.5.2", "4.2"), questions)


def answer(
    status: Status = Status.ANSWERED,
    cited: Sequence[str] = (),
    hits: Sequence[str] = (),
    related: Sequence[str] = (),
    language: Language = "en",
) -> Answer:
    return Answer(
        status,
        language,
        "Text.",
        tuple(Citation(one, "quote") for one in cited),
        tuple(Hit(one, 0.5) for one in hits),
        related=tuple(related),
    )


def after(
    suggestions: Suggestions, given: Answer, *history: Turn, question: str = "", limit: int = LIMIT
) -> list[str]:
    return [one.strip("问？?") for one in suggestions.after(question, given, history, limit)]


def test_after_an_answer_comes_what_was_found_next_best(every: Suggestions) -> None:
    given = answer(cited=["3.5.2", "3.1"], hits=["3.5.2", "4.2", "3.1", "1.3.2", "2.1", "1.1"])
    assert after(every, given) == ["4.2", "1.3.2", "2.1"]


def test_then_what_stands_nearest_in_the_policy(every: Suggestions) -> None:
    order = every.order
    place = order.index("3.5.2")
    given = answer(cited=["3.5.2"], hits=["3.5.2", "4.2"])
    assert after(every, given) == ["4.2", order[place + 1], order[place - 1]]


def test_nearest_to_any_of_a_whole_list(every: Suggestions) -> None:
    listed = [f"1.2.{number}" for number in range(1, 8)]
    ends = [every.order.index(listed[-1]) + 1, every.order.index(listed[0]) - 1]
    given = answer(cited=listed, hits=listed)
    assert after(every, given)[:2] == [every.order[place] for place in ends]


def test_nothing_that_was_cited_before_in_the_conversation_is_offered(every: Suggestions) -> None:
    given = answer(cited=["3.5.2"], hits=["3.5.2", "4.2", "1.3.2", "2.1", "1.1"])
    earlier = Turn("earlier", ("4.2", "2.1"))
    assert after(every, given, earlier)[:2] == ["1.3.2", "1.1"]
    assert not {"4.2", "2.1"} & {*after(every, given, earlier, limit=99)}


def test_silence_is_followed_by_what_is_related_and_what_was_found_next(
    every: Suggestions,
) -> None:
    given = answer(Status.SILENT, hits=["1.3.2", "1.3.3", "4.2", "2.1"], related=["1.3.3", "1.3.2"])
    assert after(every, given) == ["1.3.3", "1.3.2", "4.2"]


@pytest.mark.parametrize("status", WITHOUT_CLAUSES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_was_looked_up_the_openers_come_again(
    every: Suggestions, status: Status, language: Language
) -> None:
    given = answer(status, hits=["2.1"], language=language)
    assert every.after("hello", given, ()) == every.openers(language)[:LIMIT]


@pytest.mark.parametrize("asked", ["4.2?", "  ４．２ ？", "4.2"])
def test_the_question_just_asked_is_not_offered_however_it_was_written(
    every: Suggestions, asked: str
) -> None:
    given = answer(cited=["3.5.2"], hits=["3.5.2", "4.2", "1.3.2"])
    assert "4.2" not in after(every, given, question=asked, limit=99)


def test_no_question_of_the_conversation_is_offered_again(every: Suggestions) -> None:
    given = replace(answer(cited=["3.5.2"], hits=["4.2", "1.3.2", "2.1"]), understood="1.3.2?")
    turns = (Turn("4.2?", ("1.1",)),)
    assert not {"4.2", "1.3.2"} & {*after(every, given, *turns, limit=99)}


def test_two_clauses_with_one_question_are_offered_once(shop: Policy) -> None:
    questions: dict[str, dict[Language, str]] = {one: {"en": "Same?"} for one in ("1.1", "2.1")}
    alike = Suggestions.of(shop, ("1.1", "2.1"), {**questions, "4.2": {"en": "Other?"}})
    assert alike.openers("en") == ("Same?",)
    assert alike.after("", answer(hits=["1.1", "2.1", "4.2"]), ()) == ("Same?", "Other?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_are_in_the_answers_language_else_in_the_one_there_is(
    shop: Policy, language: Language
) -> None:
    worded: dict[str, dict[Language, str]] = {"1.1": {"zh": "问？", "en": "Ask?"}}
    assert Suggestions.of(shop, ("1.1",), worded).openers(language) == (worded["1.1"][language],)
    one = Suggestions.of(shop, ("1.1",), {"1.1": {"zh": "问？"}})
    assert one.after("", answer(hits=["1.1"], language=language), ()) == ("问？",)


@pytest.mark.parametrize("status", list(Status))
def test_without_suggestions_nothing_is_offered(status: Status) -> None:
    none = Suggestions()
    assert none.openers("en") == ()
    assert none.after("?", answer(status, cited=["1.1"], hits=["1.1"]), ()) == ()


IDS = st.lists(st.sampled_from(["1.1", "1.2.1", "2.1", "3.5.2", "4.2", "9.9"]), max_size=6)
ANSWERS = st.builds(answer, st.sampled_from(list(Status)), IDS, IDS, IDS)


@given(ANSWERS, IDS, st.integers(0, 5))
@settings(deadline=None, max_examples=150)
def test_what_is_offered_is_new_once_and_no_more_than_wanted(
    given: Answer, told: list[str], most: int
) -> None:
    order = ("1.1", "1.2.1", "2.1", "3.5.2", "4.2")
    worded: dict[str, dict[Language, str]] = {one: {"en": f"{one}?"} for one in order}
    suggestions = Suggestions(order, ("2.1", "4.2"), worded)
    turns = [Turn(f"{one}?", (one,)) for one in told]
    offered = suggestions.after("1.1?", given, turns, most)
    assert len(offered) == len(set(offered)) <= most
    assert not {letters(one) for one in offered} & {letters(f"{one}?") for one in ["1.1", *told]}
    if given.status in (Status.ANSWERED, Status.SILENT):
        cited = {one.clause for one in given.citations}
        assert not {one.strip("?") for one in offered} & {*cited, *told}


def test_the_shipped_file_offers_four_openers_and_a_question_for_every_clause(
    shop: Policy,
) -> None:
    shipped = read_suggestions(CORPUS, shop)
    for language in LANGUAGES:
        assert len(set(shipped.openers(language))) == 4
    assert {*shipped.questions} == {clause.id for clause in shop.clauses}
    assert shipped.order == tuple(clause.id for clause in shop.clauses)


GOOD = """
# what to ask
openers: ["2.1", 1.1]
questions:
  "1.1": {zh: "要证件吗？", en: "Which documents?"}
  2.1:
    en: "Would the police get it?"
"""


def read(folder: Path, policy: Policy, content: str | bytes) -> Suggestions:
    raw = content.encode() if isinstance(content, str) else content
    (folder / FILE).write_bytes(raw)
    return read_suggestions(folder, policy)


def test_a_file_is_read_with_and_without_quotes_around_the_ids(
    tmp_path: Path, small_policy: Policy
) -> None:
    suggestions = read(tmp_path, small_policy, GOOD)
    assert suggestions.openers("en") == ("Would the police get it?", "Which documents?")
    assert suggestions.openers("zh") == ("Would the police get it?", "要证件吗？")


@pytest.mark.parametrize("content", [None, "", "# nothing yet\n", "openers: []\n"])
def test_no_file_or_an_empty_one_offers_nothing(
    tmp_path: Path, small_policy: Policy, content: str | None
) -> None:
    if content is not None:
        (tmp_path / FILE).write_text(content, encoding="utf-8")
    assert read_suggestions(tmp_path, small_policy).openers("en") == ()


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("openers: [", "line 1: not valid YAML"),
        ("openers: []\nquestions: {a: [}\n", "line 2: not valid YAML"),
        ("a\tb: *unknown", "not valid YAML"),
        ("[1, 2]", "is wrong"),
        ("just words", "is wrong"),
        ("opener: ['1.1']", "opener in"),
        ("openers: 1.1", "openers in"),
        ("openers: [[1.1]]", "openers / 0 in"),
        ("questions: {'1.1': What}", "questions / 1.1 in"),
        ("questions: {'1.1': {}}", "questions / 1.1 in"),
        ("questions: {'1.1': {fr: Quoi}}", "questions / 1.1 / fr"),
        ("questions: {'1.1': {en: ''}}", "questions / 1.1 / en in"),
        ("questions: {'1.1': {en: '  '}}", "questions / 1.1 / en in"),
        (f"questions: {{'1.1': {{en: '{'x' * 201}'}}}}", "questions / 1.1 / en in"),
        ("questions: {'9.9': {en: What}}", "clause 9.9"),
        ("openers: ['9.9']", "clause 9.9"),
        ("openers: ['1.1']\nquestions: {'2.1': {en: What}}", "clause 1.1 among the openers"),
        ("openers: " + "[" * 2000, ""),
        (b"openers: []\n# \xff\n", "line 2: not UTF-8"),
    ],
)
def test_a_bad_file_is_told_with_its_name_and_cause(
    tmp_path: Path, small_policy: Policy, content: str | bytes, cause: str
) -> None:
    with pytest.raises(CorpusError) as caught:
        read(tmp_path, small_policy, content)
    assert FILE in str(caught.value)
    assert cause in str(caught.value)
    assert caught.value.message("zh") != str(caught.value)


def test_a_folder_in_the_files_place_is_told_so(tmp_path: Path, small_policy: Policy) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(CorpusError, match="cannot be read"):
        read_suggestions(tmp_path, small_policy)


@given(st.text("openrsquti:[]{}'\"\n -.129zhen?", max_size=60) | st.text(max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_or_told_as_a_bad_file(shop_home: Path, shop: Policy, text: str) -> None:
    with suppress(CorpusError):
        assert {*read(shop_home, shop, text.encode("utf-8", "replace")).opening} <= {
            one.id for one in shop.clauses
        }
