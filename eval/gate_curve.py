"""The gate's curve: at every margin, what is lost of good questions and what is refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.assistant import Assistant
from bot.gate import answerable_margin
from bot.text import clean
from bot.types import Language
from eval.cases import Case, Kind

_MARGINS = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 1.0, 1.5)


@dataclass(frozen=True, slots=True)
class Point:
    """One margin: the share of good questions lost, and of each other kind refused."""

    margin: float
    lost: float
    refused: dict[Kind, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A language's curve; ``auc`` is the chance that a good question has the larger margin."""

    points: tuple[Point, ...]
    auc: float


def gate_curve(cases: Sequence[Case], assistant: Assistant, language: Language) -> Curve:
    """Return the curve over the opening questions of ``cases`` in ``language``.

    The margin that the assistant's gate has in force is one of its points.
    """
    margins: dict[Kind, list[float]] = {}
    for case in cases:
        turn = case.turns[0]
        if case.language == language and turn.kind is not Kind.LOOKUP:
            found = assistant.conversation(clean(turn.question), ()).retrieval
            margins.setdefault(turn.kind, []).append(answerable_margin(found))
    good = margins.pop(Kind.ANSWERABLE, [])
    points = tuple(
        Point(
            margin,
            _share_below(good, margin),
            {kind: _share_below(found, margin) for kind, found in sorted(margins.items())},
        )
        for margin in sorted({*_MARGINS, assistant.gate.margins[language]})
    )
    return Curve(points, _auc(good, [one for found in margins.values() for one in found]))


def _share_below(values: Sequence[float], margin: float) -> float:
    return sum(value < margin for value in values) / len(values) if values else 0.0


def _auc(good: Iterable[float], bad: Sequence[float]) -> float:
    """Return the area under the ROC curve (Hanley and McNeil 1982): ties count half."""
    pairs = [(one > other) + (one == other) / 2 for one in good for other in bad]
    return sum(pairs) / len(pairs) if pairs else 0.0
