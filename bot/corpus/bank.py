"""Read the question bank: customers' ways of asking, each with what it leads to."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import CorpusError
from bot.types import Language, Policy, Status, Verdict

FOLDER = "bank"


class _Line(BaseModel):
    """One line of a bank file, as it is checked on the way in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Language
    question: str = Field(pattern=r"\S", max_length=2000)
    before: str = Field("", max_length=4000)
    clauses: tuple[str, ...] = ()
    status: Status = Status.ANSWERED
    verdict: Verdict | None = None
    round: str = Field(min_length=1)

    @model_validator(mode="after")
    def _clauses_where_answered(self) -> "_Line":
        if bool(self.clauses) is not (self.status is Status.ANSWERED):
            raise ValueError("clauses belong to answered questions, and only to those")
        if self.verdict and not self.clauses:
            raise ValueError("a verdict belongs to answered questions, and only to those")
        if self.status is Status.FAILED:
            raise ValueError("a question cannot lead to a failure")
        return self


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A way of asking: the clauses that answer it, or the status it is refused with.

    ``before`` holds the one or two questions of its conversation that a follow-up leans on, in
    one line; empty for a question that stands alone. ``verdict`` is what the first clause says
    where a yes or a no is wanted; None elsewhere.
    """

    language: Language
    question: str
    clauses: tuple[str, ...]
    status: Status
    round: str
    verdict: Verdict | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Bank:
    """The questions of every bank file, in order, and a fingerprint of what they lead to."""

    questions: tuple[BankQuestion, ...]
    fingerprint: str


def read_bank(folder: Path, policy: Policy) -> Bank:
    """Read every ``*.jsonl`` file of ``folder``, in the order of their names.

    A folder that does not exist is an empty bank: a policy can do without one.

    Raises:
        CorpusError: a file or line that cannot be read, or a line that names a clause ``policy``
            does not have; names file and line.
    """
    questions: list[BankQuestion] = []
    known = {clause.id for clause in policy.clauses}
    for path in sorted(folder.glob("*.jsonl")):
        try:
            content = path.read_text(encoding="utf-8")
        except OSError as error:
            raise CorpusError("corpus_unreadable", path=path, reason=error.strerror) from error
        except UnicodeDecodeError as error:
            broken = error.object[: error.start].count(b"\n") + 1
            raise CorpusError("corpus_encoding", path=path, line=broken) from error
        # split on "\n" alone: JSON strings may hold the other separators that splitlines() knows
        for number, line in enumerate(content.split("\n"), 1):
            if line.strip():
                questions.append(_question(line, path, number, known))
    return Bank(tuple(questions), _fingerprint(questions))


def _fingerprint(questions: list[BankQuestion]) -> str:
    """Return a hash of all that vectors and the head are made of: not rounds and verdicts."""
    digest = hashlib.sha256()
    for one in questions:
        leads_to = one.clauses or (one.status.value,)
        digest.update(json.dumps([one.language, one.before, one.question, *leads_to]).encode())
    return digest.hexdigest()[:16]


def _question(line: str, path: Path, number: int, known: set[str]) -> BankQuestion:
    try:
        parsed = _Line.model_validate_json(line)
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise CorpusError("bank_line", path=path, line=number, reason=reason) from error
    for clause_id in parsed.clauses:
        if clause_id not in known:
            raise CorpusError("bank_clause", path=path, line=number, id=clause_id)
    return BankQuestion(
        parsed.language,
        parsed.question,
        parsed.clauses,
        parsed.status,
        parsed.round,
        parsed.verdict,
        parsed.before,
    )
