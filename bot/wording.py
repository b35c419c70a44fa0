"""Every text that users see, in both languages: ``wording.toml`` and the way to read it."""

import tomllib
from functools import cache
from pathlib import Path

from bot.types import Language

_FILE = Path(__file__).with_name("wording.toml")


@cache
def texts() -> dict[str, dict[Language, str]]:
    """Return every text by its dotted key (``"status.silent"``) and language."""
    with _FILE.open("rb") as file:
        groups = tomllib.load(file)
    return {
        f"{group}.{name}": entry
        for group, entries in groups.items()
        for name, entry in entries.items()
    }


def say(key: str, language: Language, /, **values: object) -> str:
    """Return the text ``key`` in ``language`` with its ``{blanks}`` filled.

    Raises:
        KeyError: no such text, or a blank without a value: a defect of the program.
    """
    return texts()[key][language].format(**values)
