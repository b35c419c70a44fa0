"""What one visitor's chat page remembers, and how it grows with an answer."""

import logging
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from bot.assistant import Assistant, as_turn
from bot.text import clean, detect_language
from bot.types import Answer, Language, Status, Turn
from bot.web.markup import answer_parts, message_html, question_html
from bot.wording import say

_TURNS_KEPT = 20

_log = logging.getLogger(__name__)

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was typed, and its answer."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is shown, the turns behind it, and the latest exchange once it is complete."""

    messages: tuple[Message, ...] = ()
    turns: tuple[Turn, ...] = ()
    latest: Exchange | None = None


def respond(
    assistant: Assistant, question: str, before: Conversation, chosen: Language
) -> Iterator[Conversation]:
    """Yield the conversation as the answer to ``question`` grows.

    Whatever breaks becomes an answer of status ``failed`` here, at the edge of the page. Where
    it broke is logged, without the error's message: it may hold what was typed.
    """
    asked = (*before.messages, {"role": "user", "content": question_html(question)})
    yield Conversation(asked, before.turns)
    try:
        answer = assistant.ask(question, before.turns, chosen)
        turn = as_turn(question, answer)
    except Exception as error:  # noqa: BLE001 - the page's outermost handler
        log_failure("a question was not answered", error)
        spoken = detect_language(clean(question)).answer or chosen
        answer = Answer(Status.FAILED, spoken, say("status.failed", spoken))
        turn = Turn(question, (), Status.FAILED)
    turns = (*before.turns, turn)[-_TURNS_KEPT:]
    parts: list[str] = []
    for part in answer_parts(answer, assistant.policy):
        parts.append(part)
        said = {"role": "assistant", "content": message_html(parts, answer.language)}
        yield Conversation((*asked, said), turns, Exchange(question, answer))


def log_failure(what: str, error: Exception) -> None:
    """Log that something broke: its kind and place, not its message."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s: %s\n%s", what, type(error).__name__, where)
