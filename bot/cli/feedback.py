"""``policybot feedback``: customers' feedback as regression cases, as counts, and its deletion."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.options import PolicyOption, settings_for
from bot.cli.terminal import console, errors, terminal_language
from bot.errors import UsageError
from bot.feedback.types import Feedback, Reason, Thumb
from bot.settings import read_settings
from bot.types import LANGUAGES, Language, Status
from bot.wording import say

if TYPE_CHECKING:
    from bot.feedback.sql import SqlFeedback

feedback_commands = typer.Typer(
    no_args_is_help=True, help="Work with what customers said of the answers."
)

REVIEW_SUFFIX = ".review"

_SinceOption = Annotated[
    datetime | None,
    typer.Option(help="Only feedback from this day (UTC) on.", formats=["%Y-%m-%d"]),
]


@feedback_commands.command("export")
def export_cases(
    out: Annotated[Path, typer.Argument(help="JSON lines file for the cases.", metavar="OUT")],
    since: _SinceOption = None,
    thumb: Annotated[
        Thumb | None, typer.Option(help="Only this thumb: up or down; both by default.")
    ] = None,
    policy: PolicyOption = None,
) -> None:
    """Write regression cases from what customers confirmed.

    The rest, thumbs down among it, goes beside OUT into a file that ends in .review: it must be
    labelled by a person first.
    """
    from bot.corpus.policy import read_policy
    from bot.feedback.export import export

    settings = settings_for(policy)
    served = read_policy(settings.corpus, settings.policy)
    earliest = since.replace(tzinfo=UTC) if since else datetime.min.replace(tzinfo=UTC)
    with closing(_open()) as store:
        kept = (one for one in store.every() if one.at >= earliest)
        exported = export(kept, served, thumb)
    review = out.with_suffix(REVIEW_SUFFIX)
    for path, lines in ((out, exported.cases), (review, exported.to_review)):
        _write(path, lines)
    spoken = terminal_language()
    cases, to_review = len(exported.cases), len(exported.to_review)
    _tell(say("feedback.exported", spoken, count=cases, path=out))
    _tell(say("feedback.to_review", spoken, count=to_review, path=review))


@feedback_commands.command()
def purge() -> None:
    """Delete feedback that is past the retention limit, for good."""
    days = read_settings().feedback_days
    with closing(_open(purging=False)) as store:
        count = store.purge()
    _tell(say("feedback.purged", terminal_language(), count=count, days=days))


@feedback_commands.command()
def stats() -> None:
    """Count feedback by status, reason and language."""
    spoken = terminal_language()
    with closing(_open()) as store:
        counts = Counter(
            (row, one.feedback.thumb)
            for one in store.every()
            for row in _rows_of(one.feedback, spoken)
        )
    if not counts:
        _tell(say("feedback.none", spoken))
        return
    table = Table()
    table.add_column()
    for thumb in Thumb:
        table.add_column(thumb.words(spoken), justify="right")
    rows = {row for row, _ in counts}
    for section in _sections(spoken):
        for row in section:
            if row in rows:
                table.add_row(row, *(str(counts[row, thumb]) for thumb in Thumb))
        table.add_section()
    console.print(table)


def _sections(spoken: Language) -> tuple[tuple[str, ...], ...]:
    """Return the rows that the table may have, section by section."""
    return (
        (say("feedback.all", spoken),),
        tuple(_status_words(status, spoken) for status in Status),
        tuple(reason.words(spoken) for reason in Reason),
        tuple(say("page.language_name", language) for language in LANGUAGES),
    )


def _rows_of(feedback: Feedback, spoken: Language) -> Iterator[str]:
    yield say("feedback.all", spoken)
    yield _status_words(feedback.status, spoken)
    if feedback.reason:
        yield feedback.reason.words(spoken)
    yield say("page.language_name", feedback.language)


def _status_words(status: Status, spoken: Language) -> str:
    return say(f"feedback.status_{status.value}", spoken)


def _open(*, purging: bool = True) -> "SqlFeedback":
    from bot.feedback.sql import open_feedback

    return open_feedback(read_settings(), purging=purging)


def _write(path: Path, lines: tuple[str, ...]) -> None:
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise UsageError("file_unwritable", path=path, reason=reason) from error


def _tell(message: str) -> None:
    errors.print(Text(message))
