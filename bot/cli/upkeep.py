"""Commands that keep what the assistant works with: index, trained heads, question bank."""

import time
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.options import PolicyOption, settings_for
from bot.cli.terminal import console, errors, terminal_language, with_bar
from bot.errors import UsageError
from bot.types import LANGUAGES
from bot.wording import say


def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build even if it is fresh.")] = False,
    policy: PolicyOption = None,
) -> None:
    """Build the index if it is missing, stale or damaged."""
    from bot.encoders.load import load_encoders
    from bot.index import build_index, opens
    from bot.source import read_source

    settings = settings_for(policy)
    source = read_source(settings)
    encoders = load_encoders(settings.embedding_model)
    if not rebuild and opens(settings, source, encoders):
        errors.print(
            Text(say("cli.index_fresh", terminal_language(), fingerprint=source.fingerprint))
        )
        return
    start = time.perf_counter()
    with_bar("index", lambda progress: build_index(settings, source, encoders, progress))
    seconds = time.perf_counter() - start
    total = len(source.clauses) + len(source.questions)
    errors.print(
        Text(
            say(
                "cli.index_built",
                terminal_language(),
                passages=total,
                seconds=f"{seconds:.1f}",
                fingerprint=source.fingerprint,
            )
        )
    )


def train(policy: PolicyOption = None) -> None:
    """Make the trained heads from the question bank again."""
    from bot.conversation import FILE as FOLLOW_UP_FILE
    from bot.encoders.load import load_encoders
    from bot.head import FILE, write_head
    from bot.source import read_source
    from bot.training import train_heads

    settings = settings_for(policy)
    source = read_source(settings)
    if not source.questions:
        raise UsageError("no_bank", path=source.folder)
    encoders = load_encoders(settings.embedding_model)
    heads = with_bar("train", lambda progress: train_heads(source, encoders, progress))
    for head, file in ((heads.alone, FILE), (heads.follow_ups, FOLLOW_UP_FILE)):
        if head:
            path = source.folder / file
            write_head(head, path)
            errors.print(Text(say("cli.head_written", terminal_language(), path=path)))


def bank(policy: PolicyOption = None) -> None:
    """Check the question bank: coverage, repetitions, contradictions, balance."""
    from bot.corpus.bank_check import check_bank, coverage
    from bot.source import read_source

    spoken = terminal_language()
    source = read_source(settings_for(policy))
    counts = coverage(source.bank)
    table = Table()
    for title in (say("cli.leads_to", spoken), *LANGUAGES):
        table.add_column(title)
    for label in dict.fromkeys(label for one in counts.values() for label in sorted(one)):
        table.add_row(label, *(str(counts[language][label]) for language in LANGUAGES))
    console.print(table)
    findings = check_bank(source.bank, source.policy)
    for finding in findings:
        text = say(f"bank.{finding.problem.value}", spoken, about=" · ".join(finding.about))
        console.print(Text(text, style="red" if finding.is_fault else "yellow"))
    faults = sum(finding.is_fault for finding in findings)
    total = len(source.bank.questions)
    console.print(Text(say("cli.bank_checked", spoken, total=total, faults=faults)))
    if faults:
        raise typer.Exit(1)
