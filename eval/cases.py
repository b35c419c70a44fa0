"""Read evaluation cases: reviewed JSON lines, each a conversation of one or more turns."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import UsageError
from bot.types import Language, Policy, Status

FOLDER = Path(__file__).with_name("cases")
Half = Literal["dev", "test"]
HALVES: tuple[Half, ...] = ("dev", "test")


class Kind(StrEnum):
    """What a turn is, and so what a right answer looks like."""

    ANSWERABLE = "answerable"
    SILENT = "silent"
    OFF_TOPIC = "off_topic"
    SMALL_TALK = "small_talk"
    ATTACK = "attack"
    LOOKUP = "lookup"


EXPECTED: dict[Kind, Status] = {
    Kind.ANSWERABLE: Status.ANSWERED,
    Kind.SILENT: Status.SILENT,
    Kind.OFF_TOPIC: Status.OFF_TOPIC,
    Kind.SMALL_TALK: Status.SMALL_TALK,
    Kind.ATTACK: Status.REFUSED,
}


class _TurnIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str = Field(min_length=1)
    kind: Kind
    gold: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    language: Language | None = None

    @model_validator(mode="after")
    def _gold_where_answered(self) -> "_TurnIn":
        if bool(self.gold) is not (self.kind in (Kind.ANSWERABLE, Kind.LOOKUP)):
            raise ValueError("gold belongs to answerable turns and look-ups, and only to those")
        return self


class _CaseIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    language: Language
    half: Half
    round: str = Field(min_length=1)
    date: str
    tags: tuple[str, ...] = ()
    turns: tuple[_TurnIn, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class CaseTurn:
    """One message and what is expected of the answer.

    ``gold`` are the clauses that a complete answer cites, most important first; ``also`` those
    that are fine beside them. ``language`` is that of a turn in another language than its case.
    """

    question: str
    kind: Kind
    gold: tuple[str, ...]
    also: tuple[str, ...]
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation of one or more turns; ``round`` names the hand that wrote it."""

    id: str
    language: Language
    half: Half
    round: str
    turns: tuple[CaseTurn, ...]

    @property
    def is_dialogue(self) -> bool:
        """Return whether it has more than one turn."""
        return len(self.turns) > 1


def read_cases(folder: Path, policy: Policy, halves: Sequence[Half]) -> tuple[Case, ...]:
    """Read the cases of ``halves`` from every ``*.jsonl`` file of ``folder``, by file name.

    Raises:
        UsageError: a line that cannot be read, an id used twice, or a clause the policy does
            not have; names file and line.
    """
    cases: dict[str, Case] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(_text(path).split("\n"), 1):
            if not line.strip():
                continue
            case = _case(line, path, number, policy)
            if case.id in cases:
                raise UsageError("cases_line", path=path, line=number, reason=f"{case.id} again")
            cases[case.id] = case
    if not cases:
        raise UsageError("cases_missing", path=folder)
    return tuple(case for case in cases.values() if case.half in halves)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError("cases_line", path=path, line=line, reason="not UTF-8") from error
    except OSError as error:
        raise UsageError("cases_line", path=path, line=1, reason=error.strerror) from error


def _case(line: str, path: Path, number: int, policy: Policy) -> Case:
    try:
        parsed = _CaseIn.model_validate(json.loads(line))
    except (ValueError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise UsageError("cases_line", path=path, line=number, reason=reason) from error
    turns = tuple(
        CaseTurn(one.question, one.kind, one.gold, one.also, one.language) for one in parsed.turns
    )
    for clause_id in (clause for turn in turns for clause in (*turn.gold, *turn.also)):
        if policy.clause(clause_id) is None:
            raise UsageError("cases_line", path=path, line=number, reason=f"no clause {clause_id}")
    return Case(parsed.id, parsed.language, parsed.half, parsed.round, turns)
