"""The measured figures as Markdown: the main table, the gate's curve, the ablation, others."""

from collections.abc import Mapping, Sequence

from bot.gate import Gate
from bot.types import LANGUAGES, Language
from eval.cases import Kind
from eval.gate_curve import Curve
from eval.metrics import Row, figures
from eval.report import Summary, intervals_of
from eval.verdicts import VerdictFigures

# What is reported, in order, with the name it has in the documents.
METRICS: Mapping[str, str] = {
    "first_hit": "right clause first",
    "hit_in_3": "right clause in the first three",
    "mrr": "mean reciprocal rank",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "exact_quotes": "quotes exact",
    "refused_silent": "refused where the policy is silent",
    "refused_off_topic": "off-topic refused",
    "refused_small_talk": "small talk refused",
    "refused_attack": "attacks refused",
    "false_refusals": "good questions wrongly refused",
    "status_names": "status right among refusals",
    "dialogue_turns": "dialogue turns right",
    "lookup_first": "staff look-ups: right clause first",
    "lookup_mrr": "staff look-ups: mean reciprocal rank",
    "language_match": "language of the answer right",
}
# What an ablation tells apart.
_ABLATED: Mapping[str, str] = {
    "first_hit": METRICS["first_hit"],
    "hit_in_3": METRICS["hit_in_3"],
    "citation_recall": METRICS["citation_recall"],
    "refusal_recall": "refused of what must be refused",
    "false_refusals": METRICS["false_refusals"],
    "dialogue_turns": METRICS["dialogue_turns"],
}
_CURVE_KINDS = (Kind.SILENT, Kind.OFF_TOPIC, Kind.SMALL_TALK, Kind.ATTACK)


def main_table(report: Summary) -> str:
    """Return every figure of the assistant with its interval beside the plain baseline's."""
    lines = ["| | zh | plain | en | plain |", "| --- | --- | --- | --- | --- |"]
    for name, title in METRICS.items():
        cells = [title]
        for language in LANGUAGES:
            found = report["figures"][language]
            between = report["intervals"][language].get(name)
            cells.append(_number(found["policybot"][name], between))
            cells.append(_number(found["plain"][name]) if "plain" in found else "–")
        lines.append(_row(cells))
    return "\n".join(lines)


def ablation_table(rows: Mapping[str, Sequence[Row]], language: Language) -> str:
    """Return the figures of every variant in ``language``, with 95 % bootstrap intervals."""
    lines = [_row(["without", *_ABLATED.values()]), _rule(len(_ABLATED) + 1)]
    for name, found in rows.items():
        spoken = [row for row in found if row.language == language]
        values, between = figures(spoken), intervals_of(spoken)
        cells = [_number(values[metric], between[metric]) for metric in _ABLATED]
        lines.append(_row([name, *cells]))
    return "\n".join(lines)


def curve_table(curve: Curve, gate: Gate, language: Language) -> str:
    """Return the gate's curve as a table; the margin in force is marked."""
    names = [kind.value for kind in _CURVE_KINDS]
    lines = [_row(["margin", "good questions lost", *names]), _rule(len(names) + 2)]
    for point in curve.points:
        mark = " ← in force" if point.margin == gate.margins[language] else ""
        refused = [f"{point.refused.get(kind, 0.0):.2f}" for kind in _CURVE_KINDS]
        lines.append(_row([f"{point.margin:+.2f}{mark}", f"{point.lost:.3f}", *refused]))
    return "\n".join(lines)


def curve_chart(curve: Curve, language: Language) -> str:
    """Return the curve as a Mermaid chart: share of silent topics refused over share lost."""
    points = [one for one in curve.points if Kind.SILENT in one.refused]
    lost = ", ".join(f'"{one.lost:.3f}"' for one in points)
    refused = ", ".join(f"{one.refused[Kind.SILENT]:.3f}" for one in points)
    return "\n".join(
        [
            "```mermaid",
            "xychart-beta",
            f'    title "{language}: silent questions refused, by good questions lost"',
            f"    x-axis [{lost}]",
            '    y-axis "refused" 0 --> 1',
            f"    line [{refused}]",
            "```",
        ]
    )


def others_table(found: Mapping[str, Mapping[str, float]]) -> str:
    """Return the figures on other policies."""
    names = ("first_hit", "hit_in_3", "mrr")
    lines = [_row(["PolicyQA, dev", *(METRICS[name] for name in names)]), _rule(len(names) + 1)]
    for system, values in found.items():
        lines.append(_row([system, *(f"{values[name]:.3f}" for name in names)]))
    return "\n".join(lines)


def verdicts_table(found: VerdictFigures) -> str:
    """Return how many verdicts were given, and how many were right and opposite."""
    given = max(1, found.given)
    cells = [
        str(found.asked),
        str(found.wants_one),
        str(found.given),
        f"{found.right / given:.3f}",
        f"{found.opposite / given:.3f}",
    ]
    titles = ["asked", "a reader says yes or no", "verdicts given", "right", "the opposite"]
    return "\n".join([_row(titles), _rule(len(titles)), _row(cells)])


def missing_marks(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return those of ``names`` whose marks do not stand in ``text``."""
    return tuple(
        one for one in names if f"<!-- {one} -->" not in text or f"<!-- /{one} -->" not in text
    )


def between_marks(text: str, name: str, table: str) -> str:
    """Return ``text`` with ``table`` between the comments ``name`` and ``/name``.

    Raises:
        ValueError: the comments are not there.
    """
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, mark, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not mark or not end:
        raise ValueError(f"{opening} … {closing} is missing")
    return f"{before}{opening}\n{table}\n{closing}{after}"


def _number(value: float | None, between: tuple[float, float] | None = None) -> str:
    if value is None:
        return "–"
    interval = f" [{between[0]:.2f}–{between[1]:.2f}]" if between else ""
    return f"{value:.2f}{interval}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return _row(["---"] * columns)
