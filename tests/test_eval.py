"""Regression evaluation: the cases, the figures over small rows, the runner and the baseline."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from doubles import WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assistant import Assistant
from bot.conversation import ByRule
from bot.corpus.bank import FOLDER as BANK_FOLDER
from bot.corpus.bank import read_bank
from bot.errors import UsageError
from bot.gate import Gate
from bot.passages import clause_passages
from bot.settings import CORPUS
from bot.text import normalise
from bot.types import LANGUAGES, Answer, Citation, Hit, Policy, Retrieval, Status
from eval.baseline import DenseSearch, plain_baseline
from eval.cases import EXPECTED, FOLDER, HALVES, Case, CaseTurn, Kind, read_cases
from eval.metrics import Row, answer_row, figures, intervals
from eval.report import rows_as_misses, summary
from eval.runner import run_cases

# A short follow-up ("why?") occurs everywhere; with the end of the question before it, it does not.
_END = 24


@pytest.fixture(scope="module")
def shipped(shop: Policy) -> tuple[Case, ...]:
    return read_cases(FOLDER, shop, HALVES)


def questions(cases: Sequence[Case]) -> list[str]:
    """Return what is asked by itself, without punctuation: a later turn may be just "why?"."""
    return [bare(case.turns[0].question) for case in cases]


def interval(
    rows: Sequence[Row], metric: Callable[[Sequence[Row]], float | None], draws: int, seed: int
) -> tuple[float, float] | None:
    return intervals(rows, lambda drawn: {"metric": metric(drawn)}, draws, seed)["metric"]


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", normalise(text)) or text


def turn(kind: Kind = Kind.ANSWERABLE, gold: Sequence[str] = (), question: str = "?") -> CaseTurn:
    return CaseTurn(question, kind, tuple(gold), ())


def row(kind: Kind = Kind.ANSWERABLE, case: str = "a", **given: object) -> Row:
    gold = ("3.1",) if kind in (Kind.ANSWERABLE, Kind.LOOKUP) else ()
    plain = Row(
        case=case,
        position=0,
        language="en",
        asked_in="en",
        dialogue=False,
        turn=turn(kind, gold),
        status=None if kind is Kind.LOOKUP else EXPECTED[kind],
        answer_language=None if kind is Kind.LOOKUP else "en",
        cited=(),
        proven=(),
        hits=(),
        seconds=0.01,
    )
    return replace(plain, **given)


def case_line(**given: object) -> str:
    line = {
        "id": "x-1",
        "language": "en",
        "half": "dev",
        "round": "x",
        "date": "2026-11-22",
        "tags": [],
        "turns": [{"question": "do you sell it?", "kind": "answerable", "gold": ["3.1"]}],
    }
    return json.dumps({**line, **given}, ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_at_least_300_single_turn_cases_a_language_and_half(
    shipped: tuple[Case, ...], language: str
) -> None:
    for half in HALVES:
        single = [one for one in shipped if one.language == language and one.half == half]
        assert sum(not one.is_dialogue for one in single) >= 300
        assert sum(one.is_dialogue for one in single) >= 50
        assert {one.turns[0].kind for one in single} == set(Kind)


def test_case_ids_are_unique_and_say_language_and_half(shipped: tuple[Case, ...]) -> None:
    assert max(Counter(case.id for case in shipped).values()) == 1
    assert all(case.id.startswith(f"{case.language}-{case.half}-") for case in shipped)


def test_no_case_s_question_stands_in_the_bank(shop: Policy, shipped: tuple[Case, ...]) -> None:
    bank = read_bank(CORPUS / BANK_FOLDER, shop).questions
    known = {bare(one.question) for one in bank if not one.before}
    assert known
    assert {bare(one.question) for case in shipped for one in case.turns} & known == set()


def test_no_case_s_follow_up_stands_in_the_bank_after_the_same_question(
    shop: Policy, shipped: tuple[Case, ...]
) -> None:
    bank = read_bank(CORPUS / BANK_FOLDER, shop).questions
    known = {bare(one.before + one.question)[-_END:] for one in bank if one.before}
    assert known
    asked = {
        bare(before.question + after.question)[-_END:]
        for case in shipped
        for before, after in pairwise(case.turns)
        if len(bare(before.question + after.question)) >= _END
    }
    assert len(asked) > 100
    assert asked & known == set()


def test_no_case_s_question_stands_in_both_halves(shop: Policy) -> None:
    dev, test = (set(questions(read_cases(FOLDER, shop, (half,)))) for half in HALVES)
    assert dev
    assert dev & test == set()


def test_the_halves_are_parts_of_the_whole(shop: Policy, shipped: tuple[Case, ...]) -> None:
    dev, test = (read_cases(FOLDER, shop, (half,)) for half in HALVES)
    assert {case.half for case in dev} == {"dev"}
    assert Counter(case.id for case in (*dev, *test)) == Counter(case.id for case in shipped)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting"),
        ("[]", "dictionary"),
        (case_line(id=""), "at least 1"),
        (case_line(language="fr"), "'zh' or 'en'"),
        (case_line(half="train"), "'dev' or 'test'"),
        (case_line(extra=1), "Extra"),
        (case_line(turns=[]), "at least 1"),
        (case_line(turns=[{"question": "?", "kind": "answerable"}]), "gold"),
        (case_line(turns=[{"question": "?", "kind": "silent", "gold": ["3.1"]}]), "gold"),
        (case_line(turns=[{"question": "?", "kind": "rude"}]), "answerable"),
        (case_line(turns=[{"question": "?", "kind": "answerable", "gold": ["9.9"]}]), "9.9"),
        (case_line(id="x-0"), "x-0 again"),
    ],
)
def test_a_bad_case_line_is_an_error_that_names_file_line_and_reason(
    tmp_path: Path, shop: Policy, line: str, reason: str
) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(f"{case_line(id='x-0')}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_cases(tmp_path, shop, HALVES)
    message = str(caught.value)
    assert str(path) in message
    assert "line 3" in message
    assert reason in message


def test_a_case_file_that_is_not_utf_8_is_an_error_that_names_it(
    tmp_path: Path, shop: Policy
) -> None:
    (tmp_path / "mine.jsonl").write_bytes(b"\xff\xfe{}")
    with pytest.raises(UsageError, match=r"mine\.jsonl"):
        read_cases(tmp_path, shop, HALVES)


def test_a_folder_without_cases_is_an_error_that_names_it(tmp_path: Path, shop: Policy) -> None:
    with pytest.raises(UsageError, match=str(tmp_path)):
        read_cases(tmp_path, shop, HALVES)


def test_line_separators_inside_a_question_do_not_cut_it(tmp_path: Path, shop: Policy) -> None:
    wanted = "sell\u2028it?\u0085"
    line = case_line(turns=[{"question": wanted, "kind": "off_topic"}])
    (tmp_path / "mine.jsonl").write_text(line, encoding="utf-8")
    assert read_cases(tmp_path, shop, HALVES)[0].turns[0].question == wanted


@pytest.mark.parametrize(
    ("hits", "first", "in_3", "mrr"),
    [
        (("3.1", "3.2"), 1.0, 1.0, 1.0),
        (("3.2", "3.3", "3.1"), 0.0, 1.0, 1 / 3),
        (("3.2", "3.3", "3.4", "3.1"), 0.0, 0.0, 1 / 4),
        (("3.2",), 0.0, 0.0, 0.0),
        ((), 0.0, 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("kind", [Kind.ANSWERABLE, Kind.LOOKUP])
def test_ranks_are_counted_from_the_first_right_clause(
    kind: Kind, hits: tuple[str, ...], first: float, in_3: float, mrr: float
) -> None:
    found = figures([row(kind, hits=hits)])
    if kind is Kind.LOOKUP:
        assert (found["lookup_first"], found["lookup_mrr"]) == (first, mrr)
        assert found["mrr"] is None
    else:
        assert (found["first_hit"], found["hit_in_3"], found["mrr"]) == (first, in_3, mrr)
        assert found["lookup_mrr"] is None


def test_means_are_over_all_rows_they_apply_to() -> None:
    rows = [row(hits=("3.1",)), row(hits=("3.2", "3.1")), row(Kind.LOOKUP), row(Kind.SILENT)]
    found = figures(rows)
    assert found["first_hit"] == 0.5
    assert found["mrr"] == 0.75


def test_precision_counts_also_clauses_as_right_and_recall_counts_gold_alone() -> None:
    wanted = CaseTurn("?", Kind.ANSWERABLE, ("3.1", "3.2"), ("2.1",))
    full = row(turn=wanted, cited=("3.1", "2.1", "4.1"))
    refused = row(turn=wanted, status=Status.SILENT)
    found = figures([full, refused])
    assert found["citation_precision"] == pytest.approx(2 / 3)
    assert found["citation_recall"] == pytest.approx((1 / 2 + 0) / 2)
    assert found["false_refusals"] == 0.5


def test_quotes_are_exact_by_the_quote_over_all_rows() -> None:
    rows = [row(proven=(True, True)), row(proven=(False,), dialogue=True), row(Kind.SILENT)]
    assert figures(rows)["exact_quotes"] == pytest.approx(2 / 3)


def test_refusals_are_counted_by_kind_and_named_among_those_that_refused() -> None:
    rows = [
        row(Kind.SILENT),
        row(Kind.SILENT, status=Status.ANSWERED),
        row(Kind.OFF_TOPIC, status=Status.SILENT),
        row(Kind.ATTACK),
        row(Kind.ATTACK, status=Status.FAILED),
    ]
    found = figures(rows)
    assert found["refused_silent"] == 0.5
    assert found["refused_off_topic"] == 1.0
    assert found["refused_attack"] == 1.0
    assert found["refused_small_talk"] is None
    assert found["refusal_recall"] == pytest.approx(4 / 5)
    assert found["status_names"] == pytest.approx(2 / 4)


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ({"cited": ("3.1", "3.2")}, 1.0),
        ({"cited": ("3.2", "3.1")}, 0.0),
        ({"cited": (), "status": Status.SILENT}, 0.0),
        ({"kind": Kind.SILENT, "status": Status.OFF_TOPIC}, 1.0),
        ({"kind": Kind.SILENT, "status": Status.ANSWERED}, 0.0),
    ],
)
def test_a_dialogue_s_turn_is_right_by_its_first_citation_or_its_refusal(
    given: dict[str, object], right: float
) -> None:
    found = figures([row(dialogue=True, **given)])
    assert found["dialogue_turns"] == right
    assert all(found[name] is None for name in ("first_hit", "refusal_recall", "false_refusals"))


def test_the_language_wanted_is_that_of_the_turn_and_look_ups_have_none() -> None:
    rows = [row(), row(asked_in="zh"), row(Kind.LOOKUP)]
    assert figures(rows)["language_match"] == 0.5


def test_times_are_in_milliseconds() -> None:
    rows = [row(seconds=one / 1000) for one in (10, 20, 30, 40, 1000)]
    assert figures(rows)["p50_ms"] == pytest.approx(30)
    assert figures(rows)["p95_ms"] == pytest.approx(808)


def test_figures_over_nothing_are_none() -> None:
    assert set(figures([]).values()) == {None}


def test_a_row_knows_which_quotes_are_proven_and_names_each_clause_once(shop: Policy) -> None:
    switched = replace(turn(gold=["3.1"], question="你们会出售吗？"), language="zh")
    case = Case("x", "en", "dev", "x", (switched,))
    text = shop.clauses[0].text["zh"]
    first = shop.clauses[0].id
    citations = (Citation(first, text), Citation(first, text[:4]), Citation("3.1", "never said"))
    answer = Answer(Status.ANSWERED, "zh", "…", citations, (Hit("3.1", 1.0),))
    found = answer_row(case, 0, answer, shop, 0.5)
    assert found.proven == (True, True, False)
    assert found.cited == (first, "3.1")
    assert (found.language, found.asked_in, found.answer_language) == ("en", "zh", "zh")
    assert found.hits == ("3.1",)
    unmarked = replace(case, turns=(turn(gold=["3.1"], question="你们会出售吗？"),))
    assert answer_row(unmarked, 0, answer, shop, 0.5).asked_in == "en"


def share_refused(rows: Sequence[Row]) -> float | None:
    return figures(rows)["false_refusals"]


@given(st.lists(st.booleans(), min_size=1, max_size=20))
@settings(deadline=None, max_examples=30)
def test_an_interval_holds_the_mean_and_is_the_same_every_time(refused: list[bool]) -> None:
    rows = [
        row(case=str(number), status=Status.SILENT if one else Status.ANSWERED)
        for number, one in enumerate(refused)
    ]
    between = interval(rows, share_refused, 200, 1)
    assert between is not None
    mean = share_refused(rows)
    assert mean is not None
    assert 0 <= between[0] <= mean <= between[1] <= 1
    assert between == interval(rows, share_refused, 200, 1)


def test_an_interval_narrows_with_more_cases_and_draws_conversations_whole() -> None:
    statuses = [Status.SILENT, Status.ANSWERED]
    few = [row(case=str(one), status=statuses[one % 2]) for one in range(10)]
    many = [row(case=str(one), status=statuses[one % 2]) for one in range(400)]
    one_case = [row(case="same", status=statuses[one % 2]) for one in range(10)]
    widths = []
    for rows in (few, many):
        between = interval(rows, share_refused, 300, 1)
        assert between is not None
        widths.append(between[1] - between[0])
    assert widths[0] > 3 * widths[1] > 0
    assert interval(one_case, share_refused, 50, 1) == (0.5, 0.5)


def test_an_interval_of_nothing_is_none() -> None:
    assert interval([row(Kind.LOOKUP)], share_refused, 20, 1) is None


def test_an_interval_of_no_rows_is_none() -> None:
    assert interval([], share_refused, 20, 1) is None


def test_a_summary_splits_by_language_and_system() -> None:
    ours = [row(case="a"), row(case="b", language="zh", status=Status.SILENT)]
    plain = [replace(one, status=Status.SILENT) for one in ours]
    found = summary({"policybot": ours, "plain": plain}, "dev")
    assert found["cases"] == {"zh": 1, "en": 1}
    assert found["figures"]["en"]["policybot"]["false_refusals"] == 0.0
    assert found["figures"]["zh"]["policybot"]["false_refusals"] == 1.0
    assert found["figures"]["en"]["plain"]["false_refusals"] == 1.0
    assert found["intervals"]["en"]["false_refusals"] == (0.0, 0.0)
    assert "p50_ms" not in found["intervals"]["en"]
    assert json.loads(json.dumps(found))["half"] == "dev"


def test_misses_are_the_turns_that_went_wrong_as_json_lines() -> None:
    rows = [
        row(case="right", cited=("3.1",)),
        row(case="wrong", cited=("3.2", "3.1"), turn=turn(gold=["3.1"], question="卖吗？")),
        row(Kind.SILENT, case="misnamed", status=Status.OFF_TOPIC),
        row(Kind.LOOKUP, case="found", hits=("3.1",)),
        row(Kind.LOOKUP, case="lost", hits=()),
    ]
    lines = rows_as_misses(rows)
    assert [json.loads(line)["case"] for line in lines] == ["wrong", "misnamed", "lost"]
    assert "卖吗？" in lines[0]


class ListSearch:
    """Finds what it was told, whatever is asked, and remembers what that was."""

    def __init__(self, *hits: Hit) -> None:
        self.hits = hits
        self.asked: list[str] = []

    def __call__(self, question: str) -> Retrieval:
        self.asked.append(question)
        return Retrieval(self.hits)


def assistant_over(policy: Policy, search: ListSearch) -> Assistant:
    gate = Gate(margins={"zh": 0.0, "en": 0.0}, least_share=0.5)
    return Assistant(policy, ByRule(search, policy), search, gate, 2000, 4)


def dialogue(*messages: str) -> Case:
    return Case("d", "en", "dev", "x", tuple(turn(gold=["2.1"], question=one) for one in messages))


def test_the_runner_keeps_a_conversation_and_forgets_it_with_the_next_case(
    small_policy: Policy,
) -> None:
    search = ListSearch(Hit("2.1", 0.9))
    first = dialogue("would you give my file to the police?", "and my passport?")
    second = replace(dialogue("and my passport?"), id="e")
    steps: list[tuple[int, int]] = []
    rows = run_cases(
        [first, second],
        assistant_over(small_policy, search),
        lambda done, total: steps.append((done, total)),
    )
    assert [(one.case, one.position, one.dialogue) for one in rows] == [
        ("d", 0, True),
        ("d", 1, True),
        ("e", 0, False),
    ]
    assert search.asked[-3:] == [
        "and my passport?",
        "would you give my file to the police? and my passport?",
        "and my passport?",
    ]
    assert steps == [(1, 2), (2, 2)]
    assert all(one.cited == ("2.1",) and one.proven == (True,) for one in rows)


def test_the_runner_looks_up_what_staff_look_for(small_policy: Policy) -> None:
    search = ListSearch(Hit("1.1", 0.9))
    case = Case("l", "zh", "dev", "x", (turn(Kind.LOOKUP, ["1.1"], "第1条"),))
    (found,) = run_cases([case], assistant_over(small_policy, search))
    assert found.hits == ("1.1", "1.2")
    assert found.status is None


def test_no_cases_no_rows(small_policy: Policy) -> None:
    search = ListSearch()
    assert run_cases([], assistant_over(small_policy, search)) == []
    assert search.asked == []


def test_the_baseline_ranks_by_similarity_alone(small_policy: Policy) -> None:
    search = DenseSearch(small_policy, clause_passages(small_policy), WordEncoder())
    found = search("telephone numbers and e-mail addresses")
    assert found.hits[0].clause == "1.2"
    assert sorted(hit.clause for hit in found.hits) == ["1.1", "1.2", "2.1"]
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert found.beliefs == {}


@pytest.mark.parametrize(("score", "status"), [(0.9, Status.ANSWERED), (0.8, Status.SILENT)])
def test_the_baseline_refuses_below_its_line_and_cites_one_clause(
    small_policy: Policy, score: float, status: Status
) -> None:
    search = ListSearch(Hit("2.1", score), Hit("1.1", score))
    found = plain_baseline(assistant_over(small_policy, ListSearch()), search).ask("the police?")
    assert found.status is status
    assert len(found.citations) == (1 if status is Status.ANSWERED else 0)
