"""``policybot eval``: run the cases, show a table per language, write the figures as JSON."""

import json
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
    from bot.assistant import open_assistant
    from bot.source import read_source
    from eval.baseline import DenseSearch, plain_baseline
    from eval.cases import FOLDER, HALVES, read_cases
    from eval.report import rows_as_misses, summary
    from eval.runner import run_cases

    settings = read_settings()
    halves = HALVES if half == "all" else tuple(one for one in HALVES if one == half)
    if not halves:
        raise UsageError("unknown_half", half=half)
    assistant = with_bar("index", lambda progress: open_assistant(settings, progress))
    found = read_cases(cases or FOLDER, assistant.policy, halves)
    systems = {"policybot": with_bar("eval", lambda step: run_cases(found, assistant, step))}
    if baseline:
        from bot.encoders.load import load_encoders

        source = read_source(settings)
        search = DenseSearch(
            source.policy, source.clauses, load_encoders(settings.embedding_model)[0]
        )
        plain = plain_baseline(assistant, search)
        systems["plain"] = with_bar("plain", lambda step: run_cases(found, plain, step))
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
