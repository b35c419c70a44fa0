"""Regression cases out of feedback: questions whose right answer customers have confirmed.

A thumb up says that an answer was right, so it makes a case that ``eval`` reads as it stands: one
line, one turn, its kind and its clauses those of the answer, half ``dev``, round ``feedback``.
Nothing else makes a case by itself. These go to a second file, for a person to label:

- every thumb down;
- a thumb up on a question that others gave a thumb down, or that was answered otherwise for them;
- a thumb up on an answer from another version of the policy, whose clauses may have changed;
- a thumb up on an answer that broke (``failed``).

A line to label is a case whose turn has no ``kind`` and no ``gold`` yet, but ``"review": true``
and ``given``: status, clauses and version of the answer, thumb, reason and comment of the customer.
To make a case of it, write ``kind`` and ``gold``, take ``review`` and ``given`` away, and move the
line to the cases. ``eval`` refuses a line that was not labelled.

A question that was asked and answered alike several times is one line, that of the first time.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.feedback.types import Feedback, KeptFeedback, Thumb
from bot.text import letters
from bot.types import Policy, Status

ROUND = "feedback"
# What the evaluation calls a turn that is rightly answered so.
KINDS = {
    Status.ANSWERED: "answerable",
    Status.SILENT: "silent",
    Status.OFF_TOPIC: "off_topic",
    Status.SMALL_TALK: "small_talk",
    Status.REFUSED: "attack",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """JSON lines: ``cases`` that the evaluation reads, and those ``to_review`` by a person."""

    cases: tuple[str, ...]
    to_review: tuple[str, ...]


def export(kept: Iterable[KeptFeedback], policy: Policy, thumb: Thumb | None = None) -> Exported:
    """Return the cases, and the lines to review, that feedback on ``policy`` makes.

    With a ``thumb`` only lines of that thumb are returned; all of ``kept`` is looked at still.
    """
    by_question: dict[tuple[str, str], list[KeptFeedback]] = defaultdict(list)
    for one in kept:
        if one.feedback.policy == policy.id and one.feedback.question.strip():
            by_question[one.feedback.language, letters(one.feedback.question)].append(one)
    cases: list[tuple[int, str]] = []
    to_review: list[tuple[int, str]] = []
    for same in by_question.values():
        firsts = {_said(one.feedback): one for one in reversed(same)}
        confirmed = [one for one in same if _is_confirmed(one.feedback, policy)]
        if len(firsts) == 1 and confirmed:
            cases.append((confirmed[0].id, _case(confirmed[0])))
        else:
            wanted = (one for one in firsts.values() if thumb in (None, one.feedback.thumb))
            to_review += ((one.id, _line_to_review(one)) for one in wanted)
    if thumb is Thumb.DOWN:
        cases.clear()
    return Exported(
        tuple(line for _, line in sorted(cases)), tuple(line for _, line in sorted(to_review))
    )


def _said(feedback: Feedback) -> tuple[object, ...]:
    """Return what must agree for two customers to say the same of a question."""
    return feedback.status, feedback.clauses, feedback.thumb, feedback.reason


def _is_confirmed(feedback: Feedback, policy: Policy) -> bool:
    if feedback.thumb is not Thumb.UP or feedback.version != policy.version:
        return False
    if feedback.status is Status.ANSWERED:
        return bool(feedback.clauses) and all(map(policy.clause, feedback.clauses))
    return feedback.status in KINDS


def _case(kept: KeptFeedback) -> str:
    status = kept.feedback.status
    gold = list(kept.feedback.clauses) if status is Status.ANSWERED else []
    return _line(kept, {"kind": KINDS[status], "gold": gold, "also": []}, {})


def _line_to_review(kept: KeptFeedback) -> str:
    feedback = kept.feedback
    given = {
        "status": feedback.status.value,
        "clauses": list(feedback.clauses),
        "version": feedback.version,
        "thumb": feedback.thumb.value,
        "reason": feedback.reason.value if feedback.reason else None,
        "comment": feedback.comment,
    }
    return _line(kept, {}, {"review": True, "given": given})


def _line(kept: KeptFeedback, turn: dict[str, object], rest: dict[str, object]) -> str:
    line = {
        "id": f"{ROUND}-{kept.id:06d}",
        "language": kept.feedback.language,
        "half": "dev",
        "round": ROUND,
        "date": kept.at.date().isoformat(),
        "tags": [],
        "turns": [{"question": kept.feedback.question, **turn}],
        **rest,
    }
    return json.dumps(line, ensure_ascii=False)
