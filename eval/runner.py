"""Run cases through an assistant and gather the rows."""

import time
from collections.abc import Sequence

from bot.assistant import Assistant, as_turn
from bot.progress import Progress, no_progress
from bot.types import Turn
from eval.cases import Case, Kind
from eval.metrics import Row, answer_row, lookup_row


def run_cases(
    cases: Sequence[Case], assistant: Assistant, progress: Progress = no_progress
) -> list[Row]:
    """Ask every turn of every case, in order, and return one row a turn.

    A conversation's later turns see what the assistant itself answered before. The first
    question is asked once beforehand, unmeasured: what loads at first use is not its time.
    """
    if cases:
        assistant.ask(cases[0].turns[0].question)
    rows: list[Row] = []
    for done, case in enumerate(cases, 1):
        rows.extend(_run_case(case, assistant))
        progress(done, len(cases))
    return rows


def _run_case(case: Case, assistant: Assistant) -> list[Row]:
    rows: list[Row] = []
    history: list[Turn] = []
    for position, turn in enumerate(case.turns):
        start = time.perf_counter()
        if turn.kind is Kind.LOOKUP:
            hits = assistant.look_up(turn.question)
            seconds = time.perf_counter() - start
            rows.append(lookup_row(case, position, hits, seconds))
            continue
        answer = assistant.ask(turn.question, history)
        seconds = time.perf_counter() - start
        history.append(as_turn(turn.question, answer))
        rows.append(answer_row(case, position, answer, assistant.policy, seconds))
    return rows
