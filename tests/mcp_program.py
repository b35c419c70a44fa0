"""A program that serves MCP as ``policybot mcp`` does: ``python mcp_program.py CORPUS SCRIPT``.

``SCRIPT`` is ``answer`` (a scripted assistant, after a word on standard output that belongs
elsewhere) or ``never`` (the models never finish loading).
"""

import logging
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from bot.mcp_server import run_mcp
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.assistant import Assistant


def open_scripted(settings: Settings) -> "Assistant":
    """Return an assistant that knows one keyword, and chatter while it is made."""
    from keyword_search import (  # noqa: PLC0415 - the handshake does not wait for it
        KeywordSearch,
        answers,
        scripted_assistant,
    )

    from bot.corpus.policy import read_policy  # noqa: PLC0415

    library = logging.getLogger("library")
    library.setLevel(logging.DEBUG)
    library.debug("small talk of a library")
    sys.stdout.write("chatter of a library\n")
    sys.stdout.flush()
    subprocess.run(["echo", "chatter of a child"], check=True)
    policy = read_policy(settings.corpus, "small")
    return scripted_assistant(policy, KeywordSearch(answers(["passport", "护照"], "1.1")))


def open_never(settings: Settings) -> "Assistant":
    """Load for ever."""
    Event().wait()
    raise AssertionError(settings)


if __name__ == "__main__":
    opener = {"answer": open_scripted, "never": open_never}[sys.argv[2]]
    run_mcp(Settings(corpus=Path(sys.argv[1])), opener)
