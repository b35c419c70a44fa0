"""The measured figures: the gate's curve, other policies, and the pages they are written into."""

import json
from pathlib import Path

import pytest
from doubles import WordEncoder

from bot.assembly import Parts
from bot.assistant import Assistant
from bot.conversation import ByRule
from bot.errors import UsageError
from bot.gate import Gate
from bot.index import ensure_index
from bot.settings import Settings
from bot.source import read_source
from bot.training import train_heads
from bot.types import LANGUAGES, Hit, Policy, Retrieval, Status
from eval.ablation import variants
from eval.cases import Case, CaseTurn, Kind
from eval.figures_page import Measured, check_pages, write_pages
from eval.gate_curve import Curve, Point, gate_curve
from eval.metrics import Row
from eval.policyqa import rank_figures, read_policies
from eval.report import summary
from eval.tables import METRICS, between_marks, curve_table, main_table
from eval.verdicts import VerdictFigures

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data" / "policyqa" / "dev.json"
GATE = Gate({"zh": 0.4, "en": 0.3}, 0.5)


def believing(answered: float) -> Retrieval:
    beliefs = {Status.ANSWERED: answered, Status.SILENT: 1 - answered}
    return Retrieval((Hit("1.1", 1.0),), beliefs)


def case(number: int, question: str, kind: Kind) -> Case:
    gold = ("1.1",) if kind is Kind.ANSWERABLE else ()
    turn = CaseTurn(question, kind, gold, ())
    return Case(f"c{number}", "en", "dev", "r", (turn,))


def curve_over(policy: Policy, asked: dict[str, tuple[Kind, float]]) -> Curve:
    def search(question: str) -> Retrieval:
        return believing(asked[question][1])

    assistant = Assistant(policy, ByRule(search, policy), search, GATE, 2000, 4)
    cases = [case(n, question, kind) for n, (question, (kind, _)) in enumerate(asked.items())]
    return gate_curve(cases, assistant, "en")


def test_the_curve_tells_what_each_margin_loses_and_refuses(small_policy: Policy) -> None:
    asked = {
        "sure": (Kind.ANSWERABLE, 0.9),
        "hardly": (Kind.ANSWERABLE, 0.5),
        "not": (Kind.SILENT, 0.2),
        "nearly": (Kind.SILENT, 0.6),
    }
    curve = curve_over(small_policy, asked)
    at = {point.margin: point for point in curve.points}
    assert (at[0.0].lost, at[0.0].refused[Kind.SILENT]) == (0.0, 0.5)
    assert (at[0.1].lost, at[0.5].refused[Kind.SILENT]) == (0.5, 1.0)
    assert curve.auc == pytest.approx(3 / 4)
    assert [one.lost for one in curve.points] == sorted(one.lost for one in curve.points)


def test_a_language_without_cases_has_an_empty_curve(small_policy: Policy) -> None:
    curve = curve_over(small_policy, {})
    assert curve.auc == 0.0
    assert all(point.lost == 0.0 for point in curve.points)


def test_the_curve_s_table_marks_the_margin_in_force() -> None:
    points = tuple(Point(margin, 0.0, {Kind.SILENT: 1.0}) for margin in (0.0, 0.3, 1.0))
    marked = [
        line for line in curve_table(Curve(points, 1.0), GATE, "en").splitlines() if "←" in line
    ]
    assert len(marked) == 1
    assert "+0.30" in marked[0]


def test_a_table_goes_between_its_marks_and_nowhere_else() -> None:
    page = "a\n<!-- t -->\nold\n<!-- /t -->\nz"
    once = between_marks(page, "t", "new")
    assert once == "a\n<!-- t -->\nnew\n<!-- /t -->\nz"
    assert between_marks(once, "t", "new") == once
    with pytest.raises(ValueError, match="missing"):
        between_marks("no marks", "t", "new")


def a_row(language: str) -> Row:
    turn = CaseTurn("?", Kind.ANSWERABLE, ("1.1",), ())
    return Row(
        "c",
        0,
        language,
        language,
        False,
        turn,
        Status.ANSWERED,
        language,
        ("1.1",),
        (True,),
        ("1.1",),
        0.1,
    )  # type: ignore[arg-type]


def test_every_figure_has_its_row_in_the_main_table() -> None:
    rows = [a_row(language) for language in LANGUAGES]
    table = main_table(summary({"policybot": rows, "plain": rows}, "test"))
    for title in METRICS.values():
        assert f"| {title} |" in table
    assert "1.00 [1.00–1.00]" in table


def test_the_pages_are_filled_where_their_marks_stand(tmp_path: Path) -> None:
    rows = [a_row(language) for language in LANGUAGES]
    (tmp_path / "docs").mkdir()
    for page in ("README.md", "docs/evaluation.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        (tmp_path / page).write_text(text, encoding="utf-8")
    curve = Curve((Point(0.3, 0.01, {Kind.SILENT: 0.97}),), 0.987)
    found = {"plain": {"first_hit": 0.123, "hit_in_3": 0.2, "mrr": 0.3}}
    report = summary({"policybot": rows, "plain": rows}, "test")
    curves = dict.fromkeys(LANGUAGES, curve)
    verdicts = VerdictFigures(asked=10, wants_one=8, given=4, right=3, opposite=1)
    write_pages(Measured(report, {"nothing": rows}, curves, GATE, verdicts, found), tmp_path)
    page = (tmp_path / "docs" / "evaluation.md").read_text(encoding="utf-8")
    for seen in (
        "AUC 0.987",
        "| 10 | 8 | 4 | 0.750 | 0.250 |",
        "| nothing |",
        "0.123",
        "1.00 [1.00–1.00]",
    ):
        assert seen in page
    assert "1.00 [1.00–1.00]" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_a_page_without_marks_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    check_pages(ROOT)
    with pytest.raises(UsageError, match="README"):
        check_pages(tmp_path)
    (tmp_path / "README.md").write_text("no marks", encoding="utf-8")
    with pytest.raises(UsageError, match="<!-- figures -->"):
        check_pages(tmp_path)


def test_each_part_off_is_a_whole_assistant_without_it(small_settings: Settings) -> None:
    source = read_source(small_settings)
    encoder = WordEncoder()
    index = ensure_index(small_settings, source, [encoder])
    heads = train_heads(source, [encoder])
    parts = Parts((encoder,), index, heads.alone, heads.follow_ups)
    found = variants(parts, small_settings)
    question = source.questions[0].text
    assert all(one.ask(question).hits for one in found.values())
    reasons = {
        name: {reason for hit in one.ask(question).hits for reason in hit.reasons}
        for name, one in found.items()
    }
    assert {"head", "questions"} <= reasons["nothing"]
    assert "head" not in reasons["the head"]
    assert "questions" not in reasons["the bank's nearest questions"]
    assert not {"head", "questions"} & reasons["head and bank"]
    assert found["the gate"].ask("hello qwertz").status is Status.ANSWERED
    assert len(found["further citations"].ask(question).citations) == 1
    index.close()


def policyqa(path: Path) -> Path:
    paragraphs = [
        {"context": "We sell shoes to people.", "qas": []},
        {"context": "Cookies are small files.", "qas": [{"question": "what are cookies"}]},
        {"context": "Cookies can be refused.", "qas": [{"question": "what are cookies"}]},
    ]
    data = {"data": [{"title": "site", "paragraphs": paragraphs}]}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_question_asked_twice_in_a_policy_counts_once_with_both_answers(tmp_path: Path) -> None:
    (other,) = read_policies(policyqa(tmp_path / "dev.json"))
    assert other.answers == {"what are cookies": frozenset({"2", "3"})}
    assert other.policy.clauses[0].text["en"] == "We sell shoes to people."


def test_other_policies_are_searched_without_a_bank(tmp_path: Path) -> None:
    policies = read_policies(policyqa(tmp_path / "dev.json"))
    steps: list[tuple[int, int]] = []
    found = rank_figures(policies, [WordEncoder()], lambda *step: steps.append(step))
    assert found["policybot"]["first_hit"] == 1.0
    assert found["plain"]["hit_in_3"] == 1.0
    assert steps == [(1, 1)]


@pytest.mark.parametrize("content", ["", "[]", '{"data": [{}]}', "\x00"])
def test_a_file_that_is_none_of_policyqa_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"x\.json"):
        read_policies(tmp_path / "x.json")


@pytest.mark.skipif(not SHARED.exists(), reason="PolicyQA is not at hand")
def test_policyqa_has_the_questions_that_its_figures_are_of() -> None:
    policies = read_policies(SHARED)
    assert len(policies) == 20
    assert sum(len(one.answers) for one in policies) == 2420
