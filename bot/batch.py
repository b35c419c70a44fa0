"""Answer a file of questions, one JSON object a line, for evaluation runs."""

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.assistant import Assistant, as_turn
from bot.errors import PolicybotError, UsageError
from bot.types import Turn
from bot.wire import AnswerObject, answer_object, hit_objects, milliseconds


class _TurnIn(BaseModel):
    model_config = ConfigDict(strict=True)

    question: str


class _LineIn(BaseModel):
    """What a line may ask: one of a question, a conversation or a look-up."""

    model_config = ConfigDict(strict=True)

    question: str | None = None
    turns: list[_TurnIn] | None = None
    search: str | None = None


_Result = TypeVar("_Result")


def run_batch(lines: Iterable[bytes], assistant: Assistant) -> Iterator[tuple[str, bool]]:
    """Yield, for every input line in order, the output line and whether it went well.

    A line that cannot be read gives an error line; the run goes on. Blank lines at the end of
    the input are no lines.
    """
    for number, line in enumerate(_without_blank_end(lines), 1):
        identifier: object = None
        try:
            loaded = _load(line, number)
            identifier = loaded.get("id")
            out = _answer(_parse(loaded, number), assistant)
        except PolicybotError as error:
            yield _dump({"id": identifier, "error": error.message("en")}), False
        else:
            yield _dump({"id": identifier, **out}), True


def _without_blank_end(lines: Iterable[bytes]) -> Iterator[bytes]:
    blank: list[bytes] = []
    for line in lines:
        if not line.strip():
            blank.append(line)
            continue
        yield from blank
        blank.clear()
        yield line


def _load(line: bytes, number: int) -> dict[str, object]:
    try:
        loaded = json.loads(
            line.decode("utf-8-sig" if number == 1 else "utf-8"),
            parse_constant=_no_number,
            parse_float=_finite,
        )
        if isinstance(loaded, dict):
            _dump({"id": loaded.get("id")})  # nested so deep that it can only just be read
            return loaded
    # ValueError: not UTF-8, not JSON, or a number of thousands of digits
    except (ValueError, RecursionError) as error:
        raise UsageError("batch_line", line=number, reason=str(error)) from error
    raise UsageError("batch_line", line=number, reason="not a JSON object")


def _finite(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _no_number(number)


def _no_number(number: str) -> float:
    """Refuse what Python would read as a number and write as no JSON: NaN, Infinity, 1e999."""
    raise ValueError(f"{number[:20]} is no number")


def _parse(loaded: dict[str, object], number: int) -> _LineIn:
    try:
        parsed = _LineIn.model_validate(loaded)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError("batch_line", line=number, reason=f"{where}: {first['msg']}") from error
    if parsed.question is None and not parsed.turns and parsed.search is None:
        raise UsageError("batch_line", line=number, reason="no question, turns or search")
    return parsed


def _answer(line: _LineIn, assistant: Assistant) -> dict[str, object]:
    if line.turns:
        return {"turns": _conversation([turn.question for turn in line.turns], assistant)}
    if line.question is not None:
        answer, seconds = _timed(partial(assistant.ask, line.question))
        return {**answer_object(answer, seconds)}
    hits, seconds = _timed(partial(assistant.look_up, line.search or ""))
    return {"hits": hit_objects(hits), "ms": milliseconds(seconds)}


def _conversation(questions: list[str], assistant: Assistant) -> list[AnswerObject]:
    history: list[Turn] = []
    answers = []
    for question in questions:
        answer, seconds = _timed(partial(assistant.ask, question, history))
        history.append(as_turn(question, answer))
        answers.append(answer_object(answer, seconds))
    return answers


def _timed(work: Callable[[], _Result]) -> tuple[_Result, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _dump(out: dict[str, object]) -> str:
    line = json.dumps(out, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # an id with half a surrogate pair: written as it came, escaped
        return json.dumps(out)
    return line
