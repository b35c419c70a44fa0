"""``policybot feedback``: export, purge and stats, as people use them."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.main import run
from bot.feedback.sql import open_feedback
from bot.feedback.types import Feedback, Reason, Thumb
from bot.settings import PREFIX, read_settings
from bot.types import Policy, Status
from eval.cases import read_cases

UP = Feedback(
    question="Do you sell my data?",
    language="en",
    status=Status.ANSWERED,
    clauses=("2.1",),
    policy="small",
    version="1",
    thumb=Thumb.UP,
)
DOWN = replace(UP, question="卖吗？", language="zh", thumb=Thumb.DOWN, reason=Reason.UNCLEAR)


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def feedback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small_corpus: Path
) -> Command:
    """Return the way to run ``policybot feedback``, over the small policy."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv(f"{PREFIX}CORPUS", str(small_corpus))
    monkeypatch.setenv(f"{PREFIX}POLICY", "small")

    def command(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["policybot", "feedback", *arguments])
        code = 0
        try:
            run()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
        written = capsys.readouterr()
        return Outcome(code, written.out, written.err)

    return command


def keep(*words: Feedback, days_ago: float = 0) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    with closing(open_feedback(read_settings(), lambda: at)) as store:
        for one in words:
            store.keep(one)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_export_writes_cases_that_the_evaluation_reads_and_the_rest_beside_them(
    feedback: Command, tmp_path: Path, small_policy: Policy
) -> None:
    keep(UP, DOWN)
    folder = tmp_path / "cases"
    folder.mkdir()
    outcome = feedback("export", str(folder / "told.jsonl"))
    assert outcome.code == 0
    assert "Wrote 1 cases" in outcome.err
    (case,) = read_cases(folder, small_policy, ("dev",))
    assert case.turns[0].question == "Do you sell my data?"
    (line,) = lines(folder / "told.review")
    assert line["review"] is True


def test_export_of_nothing_writes_empty_files(feedback: Command, tmp_path: Path) -> None:
    assert feedback("export", str(tmp_path / "out.jsonl")).code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""
    assert (tmp_path / "out.review").read_bytes() == b""


def test_export_can_begin_at_a_day(feedback: Command, tmp_path: Path) -> None:
    keep(replace(UP, question="older"), days_ago=20)
    keep(replace(UP, question="newer"), days_ago=5)
    day = (datetime.now(UTC) - timedelta(days=10)).date().isoformat()
    feedback("export", str(tmp_path / "out.jsonl"), "--since", day)
    (line,) = lines(tmp_path / "out.jsonl")
    assert line["turns"] == [
        {"question": "newer", "kind": "answerable", "gold": ["2.1"], "also": []}
    ]


@pytest.mark.parametrize(("thumb", "cases", "to_review"), [("up", 1, 0), ("down", 0, 1)])
def test_export_can_be_of_one_thumb(
    feedback: Command, tmp_path: Path, thumb: str, cases: int, to_review: int
) -> None:
    keep(UP, DOWN)
    feedback("export", str(tmp_path / "out.jsonl"), "--thumb", thumb)
    assert len(lines(tmp_path / "out.jsonl")) == cases
    assert len(lines(tmp_path / "out.review")) == to_review


@pytest.mark.parametrize(
    "arguments",
    [("--since", "yesterday"), ("--thumb", "sideways"), ("--since", "2026-13-01")],
)
def test_a_wrong_option_is_refused(
    feedback: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    outcome = feedback("export", str(tmp_path / "out.jsonl"), *arguments)
    assert outcome.code == 2
    assert not (tmp_path / "out.jsonl").exists()


def test_a_file_that_cannot_be_written_is_named(feedback: Command, tmp_path: Path) -> None:
    outcome = feedback("export", str(tmp_path / "no" / "out.jsonl"))
    assert outcome.code == 2
    assert "out.jsonl cannot be written" in outcome.err


def test_an_unknown_policy_is_refused(feedback: Command, tmp_path: Path) -> None:
    outcome = feedback("export", str(tmp_path / "out.jsonl"), "--policy", "club")
    assert outcome.code == 2
    assert "no policy called club" in outcome.err


def test_purge_deletes_what_is_past_the_limit_and_says_how_many(
    feedback: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(UP, UP, days_ago=20)
    keep(UP)
    monkeypatch.setenv(f"{PREFIX}FEEDBACK_DAYS", "10")
    assert "Deleted 2 entries" in feedback("purge").err
    assert "Deleted 0 entries" in feedback("purge").err


def test_stats_count_by_status_reason_and_language(feedback: Command) -> None:
    keep(UP, UP, DOWN, replace(DOWN, status=Status.SILENT, reason=None))
    out = feedback("stats").out
    counts = {}
    for row in out.splitlines():
        cells = [cell.strip() for cell in row.replace("┃", "│").split("│")][1:-1]
        if len(cells) == 3:
            counts[cells[0]] = tuple(cells[1:])
    assert counts[""] == ("Helpful", "Not helpful")
    assert counts["all"] == ("2", "2")
    assert counts["answered"] == ("2", "1")
    assert counts["policy silent"] == ("0", "1")
    assert counts["Hard to understand"] == ("0", "1")
    assert counts["English"] == ("2", "0")
    assert counts["中文"] == ("0", "2")
    assert "off topic" not in counts


def test_stats_speak_the_terminals_language(
    feedback: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no feedback yet" in feedback("stats").err
    keep(DOWN)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "看不明白" in feedback("stats").out


@pytest.mark.parametrize("command", [("stats",), ("purge",), ("export", "out.jsonl")])
def test_a_database_that_cannot_be_used_ends_with_its_remedy(
    feedback: Command, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", "mysql://root:hunter2@host/shop")
    outcome = feedback(*command)
    assert outcome.code == 1
    assert "POLICYBOT_DATABASE_URL" in outcome.err
    assert "hunter2" not in outcome.err
