"""The terminal: where output goes, its language, and progress bars."""

import locale
import os
from collections.abc import Callable
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.types import Language

console = Console()
errors = Console(stderr=True, soft_wrap=True)  # a path must stay in one piece

_Result = TypeVar("_Result")


def terminal_language() -> Language:
    """Return the language of the terminal's locale: Chinese where it says so, else English."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next((name for name in named if name), locale.getlocale()[0] or "")
    return "zh" if wanted.lower().startswith("zh") else "en"


def progress_bar(title: str) -> Progress:
    """Return a progress bar on standard error that leaves nothing behind when it is done."""
    return Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,  # a pipe would get an empty line of it
    )


def with_bar(title: str, work: Callable[[Callable[[int, int], None]], _Result]) -> _Result:
    """Run ``work`` with a progress callback; the bar appears with the first step, if any."""
    bar = progress_bar(title)
    task = bar.add_task("", total=None)

    def step(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        return work(step)
    finally:
        bar.stop()
