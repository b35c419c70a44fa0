"""Write the measured figures where they are read: README.md and docs/evaluation.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import UsageError
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
    missing_marks,
    others_table,
    verdicts_table,
)
from eval.verdicts import VerdictFigures

_TABLES = (
    "figures", "gate-zh", "gate-en", "ablation-zh", "ablation-en", "others", "verdicts",
)  # fmt: skip


_PAGE = Path("docs") / "evaluation.md"


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one run measured; ``others`` is empty where no other policies were at hand."""

    report: Summary
    variants: Mapping[str, Sequence[Row]]
    curves: Mapping[Language, Curve]
    gate: Gate
    verdicts: VerdictFigures
    others: Mapping[str, Mapping[str, float]]


def check_pages(root: Path) -> None:
    """Make sure, before anything is measured, that the pages can take the tables.

    Raises:
        UsageError: a page cannot be read, or lacks the comments that mark a table's place.
    """
    for page, names in ((root / "README.md", _TABLES[:1]), (root / _PAGE, _TABLES)):
        try:
            missing = missing_marks(page.read_text(encoding="utf-8"), names)
        except OSError as error:
            raise UsageError("file_unreadable", path=page, reason=error.strerror) from error
        if missing:
            reason = ", ".join(f"<!-- {one} -->" for one in missing)
            raise UsageError("marks_missing", path=page, marks=reason)


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
    tables["verdicts"] = verdicts_table(measured.verdicts)
    if measured.others:
        tables["others"] = others_table(measured.others)
    readme, page = root / "README.md", root / _PAGE
    _fill(readme, {"figures": tables["figures"]})
    _fill(page, tables)


def _fill(path: Path, tables: Mapping[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = between_marks(text, name, table)
    path.write_text(text, encoding="utf-8")
