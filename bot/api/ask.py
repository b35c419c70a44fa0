"""Ask: a question's answer at once, or as a stream of server-sent events."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.api.documented import PROBLEMS, STREAM
from bot.api.models import AnswerOut, AskIn, LanguageName, SuggestionsOut
from bot.api.objects import answer_out, citations_out
from bot.api.problems import (
    ProblemObject,
    caller_language,
    failure_object,
    problem_object,
)
from bot.api.service import Answered, Service
from bot.errors import PolicybotError
from bot.text import detect_language
from bot.types import Answer

_SEND_TIMEOUT_S = 30
_PING_S = 10


def ask_router(service: Service) -> APIRouter:
    """Return the routes that answer questions."""
    router = APIRouter(prefix="/api", tags=["ask"])

    @router.post("/ask", responses=PROBLEMS)
    async def ask(asked: Annotated[AskIn, Body()]) -> AnswerOut:
        """Answer a question, with citations to the clauses that prove the answer."""
        answered = await _answered(asked, service)
        return _whole(answered, asked, service)

    @router.post("/ask/stream", responses=STREAM, response_class=EventSourceResponse)
    async def stream(asked: Annotated[AskIn, Body()], request: Request) -> EventSourceResponse:
        """Answer a question piece by piece.

        Events: ``status``, then ``citation`` and ``delta`` (the deltas joined are the answer's
        text), then ``done`` with the whole answer; or ``error`` with a problem.
        """
        service.check_policy(asked.policy)
        service.assistant  # noqa: B018 - a problem of its own where it is not loaded
        return EventSourceResponse(
            _events(asked, service, request), ping=_PING_S, send_timeout=_SEND_TIMEOUT_S
        )

    @router.get("/suggestions", responses=PROBLEMS, dependencies=[Depends(service.check_policy)])
    async def suggestions(language: Annotated[LanguageName, Query()]) -> SuggestionsOut:
        """Return questions to open a conversation with."""
        return SuggestionsOut(suggestions=list(service.suggestions.openers(language)))

    return router


def pieces(answer: Answer) -> Iterator[tuple[int | None, str]]:
    """Yield the answer's text piece by piece, each with the place of the citation it quotes.

    The lead comes first; the pieces joined are the text.
    """
    start = 0
    for place, citation in enumerate(answer.citations):
        at = answer.text.index(citation.quote, start)
        opening = answer.text.rfind("\n\n", start, at) if place == 0 else start
        if opening > start:
            yield None, answer.text[start:opening]
            start = opening
        after = answer.text.find("\n\n", at + len(citation.quote))
        end = len(answer.text) if after < 0 else after
        yield place, answer.text[start:end]
        start = end
    if start < len(answer.text):
        yield None, answer.text[start:]


async def _answered(asked: AskIn, service: Service) -> Answered:
    service.check_policy(asked.policy)
    turns = [turn.turn() for turn in asked.history]
    return await service.ask(asked.question, turns, asked.language)


def _whole(answered: Answered, asked: AskIn, service: Service) -> AnswerOut:
    """Return the answer with questions that could come next."""
    bare = answer_out(answered.answer, service.policy, answered.seconds)
    turns = [turn.turn() for turn in asked.history]
    next_ones = service.suggestions.after(asked.question, answered.answer, turns)
    return AnswerOut(**dict(bare), suggestions=list(next_ones))


async def _events(
    asked: AskIn, service: Service, request: Request
) -> AsyncIterator[ServerSentEvent]:
    try:
        answered = await _answered(asked, service)
        for event in _told(answered, asked, service):
            yield event
    except PolicybotError as error:
        yield _failed(problem_object(error, _spoken(asked, request)))
    except Exception as error:  # noqa: BLE001 - the stream's outermost handler
        yield _failed(failure_object(error, _spoken(asked, request)))


def _told(answered: Answered, asked: AskIn, service: Service) -> Iterator[ServerSentEvent]:
    answer = answered.answer
    opening = {
        "status": answer.status.value,
        "language": answer.language,
        "understood": answer.understood,
    }
    yield _event("status", json.dumps(opening, ensure_ascii=False))
    citations = citations_out(answer, service.policy)
    for place, text in pieces(answer):
        if place is not None:
            yield _event("citation", citations[place].model_dump_json())
        yield _event("delta", json.dumps({"text": text}, ensure_ascii=False))
    yield _event("done", _whole(answered, asked, service).model_dump_json())


def _spoken(asked: AskIn, request: Request) -> LanguageName:
    named = asked.language or detect_language(asked.question).answer
    return named or caller_language(request)


def _failed(problem: ProblemObject) -> ServerSentEvent:
    return _event("error", json.dumps(problem, ensure_ascii=False))


def _event(name: str, data: str) -> ServerSentEvent:
    return ServerSentEvent(data=data, event=name)
