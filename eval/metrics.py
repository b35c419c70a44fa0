"""Score answers against cases: one row a turn, then figures over rows.

Every figure is a mean over the rows it applies to; ``None`` where there are none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median

import numpy as np

from bot.types import Answer, Hit, Language, Policy, Status
from bot.verify import is_proven
from eval.cases import EXPECTED, Case, CaseTurn, Kind


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one turn; ``seconds`` is its wall time.

    ``language`` is the case's, ``asked_in`` that of this turn: a customer may switch.
    """

    case: str
    position: int
    language: Language
    asked_in: Language
    dialogue: bool
    turn: CaseTurn
    status: Status | None
    answer_language: Language | None
    cited: tuple[str, ...]
    proven: tuple[bool, ...]
    hits: tuple[str, ...]
    seconds: float


def answer_row(case: Case, position: int, answer: Answer, policy: Policy, seconds: float) -> Row:
    """Return the row of an answered turn; the language wanted is the one its case notes."""
    turn = case.turns[position]
    proofs = tuple(is_proven(one, policy, answer.language) for one in answer.citations)
    return Row(
        case=case.id,
        position=position,
        language=case.language,
        asked_in=turn.language or case.language,
        dialogue=case.is_dialogue,
        turn=turn,
        status=answer.status,
        answer_language=answer.language,
        cited=tuple(dict.fromkeys(one.clause for one in answer.citations)),
        proven=proofs,
        hits=tuple(hit.clause for hit in answer.hits),
        seconds=seconds,
    )


def lookup_row(case: Case, position: int, hits: Sequence[Hit], seconds: float) -> Row:
    """Return the row of a staff look-up."""
    found = tuple(hit.clause for hit in hits)
    return Row(
        case=case.id,
        position=position,
        language=case.language,
        asked_in=case.language,
        dialogue=case.is_dialogue,
        turn=case.turns[position],
        status=None,
        answer_language=None,
        cited=(),
        proven=(),
        hits=found,
        seconds=seconds,
    )


def figures(rows: Sequence[Row]) -> dict[str, float | None]:
    """Return every metric over ``rows`` by name, in the order they are reported."""
    alone = [row for row in rows if not row.dialogue]
    good = [row for row in alone if row.turn.kind is Kind.ANSWERABLE]
    looked_up = [row for row in alone if row.turn.kind is Kind.LOOKUP]
    bad = [row for row in alone if row.turn.kind not in (Kind.ANSWERABLE, Kind.LOOKUP)]
    answered = [row for row in good if row.status is Status.ANSWERED]
    refused = [row for row in bad if row.status is not Status.ANSWERED]
    spoken = [row for row in rows if row.status is not None]
    seconds = [row.seconds * 1000 for row in rows]
    return {
        "first_hit": _mean(_hit_within(row, 1) for row in good),
        "hit_in_3": _mean(_hit_within(row, 3) for row in good),
        "mrr": _mean(_reciprocal_rank(row) for row in good),
        "citation_precision": _mean(_precision(row) for row in answered),
        "citation_recall": _mean(_recall(row) for row in good),
        "exact_quotes": _mean(float(one) for row in rows for one in row.proven),
        **{
            f"refused_{kind.value}": _mean(
                float(row.status is not Status.ANSWERED) for row in bad if row.turn.kind is kind
            )
            for kind in (Kind.SILENT, Kind.OFF_TOPIC, Kind.SMALL_TALK, Kind.ATTACK)
        },
        "refusal_recall": _mean(float(row.status is not Status.ANSWERED) for row in bad),
        "false_refusals": _mean(float(row.status is not Status.ANSWERED) for row in good),
        "status_names": _mean(float(row.status is EXPECTED[row.turn.kind]) for row in refused),
        "dialogue_turns": _mean(_turn_is_right(row) for row in rows if row.dialogue),
        "lookup_first": _mean(_hit_within(row, 1) for row in looked_up),
        "lookup_mrr": _mean(_reciprocal_rank(row) for row in looked_up),
        "language_match": _mean(float(row.answer_language == row.asked_in) for row in spoken),
        "p50_ms": median(seconds) if seconds else None,
        "p95_ms": float(np.percentile(seconds, 95)) if seconds else None,
    }


def intervals(
    rows: Sequence[Row],
    metrics: Callable[[Sequence[Row]], dict[str, float | None]],
    draws: int,
    seed: int,
) -> dict[str, tuple[float, float] | None]:
    """Return every metric's 95 % bootstrap interval (percentile method, Efron 1979).

    Conversations are drawn whole, since their turns hang together; all metrics share the draws.
    None for a metric that no draw can tell.
    """
    by_case: dict[str, list[Row]] = {}
    for row in rows:
        by_case.setdefault(row.case, []).append(row)
    groups = list(by_case.values())
    random = np.random.default_rng(seed)
    values: dict[str, list[float]] = {name: [] for name in metrics(rows)}
    for _ in range(draws):
        drawn = random.integers(0, len(groups), len(groups)).tolist() if groups else []
        for name, value in metrics([row for place in drawn for row in groups[place]]).items():
            if value is not None:
                values[name].append(value)
    return {name: _middle(found) for name, found in values.items()}


def _middle(values: Sequence[float]) -> tuple[float, float] | None:
    if not values:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return mean(found) if found else None


def _hit_within(row: Row, depth: int) -> float:
    return float(any(clause in row.turn.gold for clause in row.hits[:depth]))


def _reciprocal_rank(row: Row) -> float:
    ranks = (rank for rank, clause in enumerate(row.hits, 1) if clause in row.turn.gold)
    return 1 / next(ranks, float("inf"))


def _precision(row: Row) -> float:
    right = {*row.turn.gold, *row.turn.also}
    return mean(float(clause in right) for clause in row.cited) if row.cited else 0.0


def _recall(row: Row) -> float:
    return mean(float(clause in row.cited) for clause in row.turn.gold)


def _turn_is_right(row: Row) -> float:
    if row.turn.kind is Kind.ANSWERABLE:
        return float(bool(row.cited) and row.cited[0] in row.turn.gold)
    return float(row.status is not Status.ANSWERED)
