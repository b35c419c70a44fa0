"""Write the measured figures where they are read: README.md and docs/evaluation.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.gate import Gate
from bot.types import Language
from eval.gate_curve import Curve
from eval.metrics import Row
from eval.report import Summary
from eval.tables import (
    ablation_table,
    between_marks,
    curve_chart,
    curve_table,
    main_table,
    others_table,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one run measured; ``others`` is empty where no other policies were at hand."""

    report: Summary
    variants: Mapping[str, Sequence[Row]]
    curves: Mapping[Language, Curve]
    gate: Gate
    others: Mapping[str, Mapping[str, float]]


def write_pages(measured: Measured, root: Path) -> None:
    """Fill the tables of ``README.md`` and ``docs/evaluation.md`` below ``root``.

    Raises:
        OSError: a page cannot be read or written.
        ValueError: a page lacks the comments that mark a table's place.
    """
    tables = {"figures": main_table(measured.report)}
    for language, curve in measured.curves.items():
        table = curve_table(curve, measured.gate, language)
        chart = curve_chart(curve, language)
        tables[f"gate-{language}"] = f"AUC {curve.auc:.3f}\n\n{table}\n\n{chart}"
        tables[f"ablation-{language}"] = ablation_table(measured.variants, language)
    if measured.others:
        tables["others"] = others_table(measured.others)
    readme, page = root / "README.md", root / "docs" / "evaluation.md"
    _fill(readme, {"figures": tables["figures"]})
    _fill(page, tables)


def _fill(path: Path, tables: Mapping[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = between_marks(text, name, table)
    path.write_text(text, encoding="utf-8")
