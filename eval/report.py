"""Turn rows into what is kept: figures per language with intervals, and the misses."""

import json
from collections.abc import Mapping, Sequence
from typing import TypedDict

from bot.types import LANGUAGES
from eval.cases import EXPECTED, Kind
from eval.metrics import Row, figures, intervals

_DRAWS = 300
_SEED = 20261122
_WITHOUT_INTERVAL = ("p50_ms", "p95_ms")

Figures = dict[str, float | None]


class Summary(TypedDict):
    """Figures by language, system and metric; intervals of ``policybot`` by language and metric."""

    half: str
    cases: dict[str, int]
    figures: dict[str, dict[str, Figures]]
    intervals: dict[str, dict[str, tuple[float, float] | None]]


def summary(systems: Mapping[str, Sequence[Row]], half: str) -> Summary:
    """Return the figures of every system per language; intervals for ``policybot``."""
    by_language = {
        language: {
            system: [row for row in rows if row.language == language]
            for system, rows in systems.items()
        }
        for language in LANGUAGES
    }
    return {
        "half": half,
        "cases": {
            language: len({row.case for row in rows["policybot"]})
            for language, rows in by_language.items()
        },
        "figures": {
            language: {system: figures(found) for system, found in rows.items()}
            for language, rows in by_language.items()
        },
        "intervals": {
            language: intervals_of(rows["policybot"]) for language, rows in by_language.items()
        },
    }


def rows_as_misses(rows: Sequence[Row]) -> list[str]:
    """Return one JSON line for every turn that went wrong: question, expected, got."""
    return [
        json.dumps(
            {
                "case": row.case,
                "question": row.turn.question,
                "expected": row.turn.kind.value,
                "gold": row.turn.gold,
                "got": row.status.value if row.status else "lookup",
                "cited": row.cited,
                "hits": row.hits[:3],
            },
            ensure_ascii=False,
        )
        for row in rows
        if not _is_right(row)
    ]


def _is_right(row: Row) -> bool:
    if row.turn.kind is Kind.LOOKUP:
        return bool(row.hits) and row.hits[0] in row.turn.gold
    if row.turn.kind is Kind.ANSWERABLE:
        return bool(row.cited) and row.cited[0] in row.turn.gold
    return row.status is EXPECTED[row.turn.kind]


def intervals_of(rows: Sequence[Row]) -> dict[str, tuple[float, float] | None]:
    """Return the 95 % interval of every figure over ``rows`` but the times."""
    found = intervals(rows, figures, _DRAWS, _SEED)
    return {name: between for name, between in found.items() if name not in _WITHOUT_INTERVAL}
