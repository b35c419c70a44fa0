"""``policybot eval``: run the cases, show a table per language, write the figures as JSON."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.cli.terminal import console, terminal_language, with_bar
from bot.errors import UsageError
from bot.settings import read_settings
from bot.types import LANGUAGES
from bot.wording import say

evaluation = typer.Typer(
    no_args_is_help=True, help="Measure the assistant on the evaluation cases."
)

_HALF_HELP = "Half of the cases: dev (to work with), test (only to report) or all."


@evaluation.command()
def run(
    half: Annotated[str, typer.Option(help=_HALF_HELP)] = "dev",
    cases: Annotated[Path | None, typer.Option(help="Folder with the cases.")] = None,
    out: Annotated[Path | None, typer.Option(help="JSON file for the figures.")] = None,
    misses: Annotated[
        Path | None, typer.Option(help="JSON lines of every turn that went wrong.")
    ] = None,
    baseline: Annotated[bool, typer.Option(help="Measure the plain baseline beside it.")] = True,
) -> None:
    """Ask every case and report the figures."""
    from bot.assembly import assemble, open_parts
    from eval.baseline import dense_search, plain_baseline
    from eval.cases import FOLDER, HALVES, read_cases
    from eval.report import rows_as_misses, summary
    from eval.runner import run_cases

    settings = read_settings()
    halves = HALVES if half == "all" else tuple(one for one in HALVES if one == half)
    if not halves:
        raise UsageError("unknown_half", half=half)
    parts = with_bar("index", partial(open_parts, settings))
    assistant = assemble(parts, settings)
    found = read_cases(cases or FOLDER, assistant.policy, halves)
    systems = {"policybot": with_bar("eval", partial(run_cases, found, assistant))}
    if baseline:
        plain = plain_baseline(assistant, dense_search(parts))
        systems["plain"] = with_bar("plain", partial(run_cases, found, plain))
    report = summary(systems, half)
    for language in LANGUAGES:
        _show(language, report["figures"][language], report["intervals"][language], half)
    try:
        if out:
            out.write_text(
                json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )
        if misses:
            lines = rows_as_misses(systems["policybot"])
            misses.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError("file_unwritable", path=error.filename, reason=error.strerror) from error


def _show(
    language: str,
    figures: dict[str, dict[str, float | None]],
    intervals: dict[str, tuple[float, float] | None],
    half: str,
) -> None:
    table = Table(title=f"{language} · {half}")
    table.add_column(say("cli.metric", terminal_language()))
    for system in figures:
        table.add_column(system, justify="right")
    table.add_column("95 %", justify="right")
    for name in figures["policybot"]:
        values = [figures[system][name] for system in figures]
        between = intervals.get(name)
        table.add_row(
            name,
            *(
                "–" if value is None else f"{value:.3f}" if "ms" not in name else f"{value:.1f}"
                for value in values
            ),
            f"{between[0]:.3f}–{between[1]:.3f}" if between else "",
        )
    console.print(table)


@evaluation.command()
def figures(
    policyqa: Annotated[
        Path | None, typer.Option(help="PolicyQA's dev.json, to measure other policies too.")
    ] = None,
    misses: Annotated[
        Path | None, typer.Option(help="JSON lines of every turn that went wrong.")
    ] = None,
    root: Annotated[Path, typer.Option(help="Folder with README.md and docs/.")] = Path(),
) -> None:
    """Measure everything on the test half, and write it into README.md and docs/evaluation.md."""
    from bot.assembly import assemble, open_parts
    from eval.ablation import variants
    from eval.baseline import dense_search, plain_baseline
    from eval.cases import FOLDER, read_cases
    from eval.figures_page import Measured, check_pages, write_pages
    from eval.gate_curve import gate_curve
    from eval.policyqa import rank_figures, read_policies
    from eval.report import rows_as_misses, summary
    from eval.runner import run_cases
    from eval.verdicts import verdict_figures

    check_pages(root)
    settings = read_settings()
    others = read_policies(policyqa) if policyqa else ()
    parts = with_bar("index", partial(open_parts, settings))
    assistant = assemble(parts, settings)
    test = read_cases(FOLDER, assistant.policy, ("test",))
    dev = read_cases(FOLDER, assistant.policy, ("dev",))
    plain = plain_baseline(assistant, dense_search(parts))
    rows = {}
    for name, one in variants(parts, settings).items():
        rows[name] = with_bar(f"without {name}", partial(run_cases, test, one))
    whole = next(iter(rows.values()))
    systems = {"policybot": whole, "plain": with_bar("plain", partial(run_cases, test, plain))}
    measured = Measured(
        report=summary(systems, "test"),
        variants=rows,
        curves={language: gate_curve(dev, assistant, language) for language in LANGUAGES},
        gate=assistant.gate,
        verdicts=verdict_figures(parts),
        others=with_bar("others", lambda step: rank_figures(others, parts.encoders, step))
        if others
        else {},
    )
    lines = rows_as_misses(whole)
    try:
        write_pages(measured, root)
        if misses:
            misses.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError("file_unwritable", path=error.filename, reason=error.strerror) from error
    console.print(say("cli.figures_written", terminal_language(), misses=len(lines)))
