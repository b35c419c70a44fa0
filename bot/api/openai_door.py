"""The OpenAI-compatible door: any client of the Chat Completions API can ask the policy.

The citations are annotations (``url_citation``) whose spans are the quotes in the content. The
conversation's earlier user messages are the question's history; messages that would instruct a
model are ignored.
"""

import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Path, Request
from openai.types import CompletionUsage, Model
from openai.types.chat import ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from openai.types.chat.chat_completion_chunk import Choice as ChunkChoice
from openai.types.chat.chat_completion_chunk import ChoiceDelta
from openai.types.chat.chat_completion_message import Annotation, AnnotationURLCitation
from sse_starlette import EventSourceResponse

from bot.accept_language import preferred_language
from bot.api.documented import PROBLEMS, Responses
from bot.api.models import HISTORY_LIMIT, QUESTION_LIMIT
from bot.api.openai_errors import OpenAIRoute, RefusedRequestError, speak
from bot.api.openai_models import (
    INSTRUCTING,
    AboutOut,
    ChunkOut,
    CompletionIn,
    CompletionOut,
    ErrorOut,
    MessageIn,
    ModelsOut,
)
from bot.api.problems import caller_language
from bot.api.service import Service
from bot.text import clean, detect_language
from bot.types import Answer, Language, Policy, Turn
from bot.wording import say

ALIAS = "policybot"
_SEND_TIMEOUT_S = 30
_PARAGRAPH = re.compile(r".+?(?:\n\n|\Z)", re.DOTALL)
# Errors of these routes are in OpenAI's format; what stands before them tells problems.
_ERRORS: Responses = {
    "default": {
        "model": ErrorOut,
        "description": "An error in OpenAI's format, or a problem (RFC 9457)",
        "content": PROBLEMS[HTTPStatus.FORBIDDEN]["content"],
    }
}
_EVENT = {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]}
_STREAMED: Responses = {
    HTTPStatus.OK: {
        "description": "The answer; a stream of chunks where `stream` is true",
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}


def openai_router(service: Service) -> APIRouter:
    """Return the routes that clients of OpenAI's API call, below ``/v1``.

    Any key is accepted: there is none to check.
    """
    router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute, responses=_ERRORS)
    policy = service.policy

    @router.post(
        "/chat/completions",
        response_model=CompletionOut,
        response_model_exclude_unset=True,
        responses=_STREAMED,
    )
    async def complete(
        asked: Annotated[CompletionIn, Body()], request: Request
    ) -> CompletionOut | EventSourceResponse:
        """Answer the last message, which must be the user's, with its citations as annotations.

        `{"model": "policybot", "messages": [{"role": "user", "content": "Do you sell my data?"}]}`
        """
        spoken = _caller_language(asked, request)
        speak(request, spoken)
        _check_model(asked.model, policy, spoken)
        question, earlier = _read(asked.messages, spoken)
        answered = await service.ask(question, earlier, _page_language(request))
        reply = Reply.to(answered.answer, policy, str(request.base_url))
        if not asked.stream:
            return reply.completion()
        with_usage = bool(asked.stream_options and asked.stream_options.include_usage)
        events = _events(reply.chunks(with_usage=with_usage))
        # clients that split the stream by hand look for bare line feeds
        return EventSourceResponse(events, sep="\n", send_timeout=_SEND_TIMEOUT_S)

    @router.get("/models", response_model_exclude_unset=True)
    async def models() -> ModelsOut:
        """Return the one model there is: the policy's assistant."""
        return ModelsOut(object="list", data=[_model(model_id(policy), policy)])

    @router.get("/models/{model}", response_model_exclude_unset=True)
    async def model(model: Annotated[str, Path(examples=[ALIAS])], request: Request) -> Model:
        """Return one model."""
        _check_model(model, policy, caller_language(request))
        return _model(model, policy)

    return router


def model_id(policy: Policy) -> str:
    """Return the model that answers from ``policy``; ``policybot`` is another name of it."""
    return f"{ALIAS}-{policy.id}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way out; ``created`` is a Unix time in seconds."""

    id: str
    created: int
    model: str
    fingerprint: str
    answer: Answer
    annotations: tuple[Annotation, ...]

    @classmethod
    def to(cls, answer: Answer, policy: Policy, base_url: str) -> "Reply":
        """Return the reply that gives ``answer``; ``base_url`` is where the clauses' pages are."""
        return cls(
            id=f"chatcmpl-{uuid.uuid4().hex}",
            created=int(time.time()),
            model=model_id(policy),
            fingerprint=f"{policy.id}-{policy.version}",
            answer=answer,
            annotations=tuple(annotations(answer, policy, base_url)),
        )

    @property
    def about(self) -> AboutOut:
        """Return what OpenAI's format has no place for."""
        return AboutOut(status=self.answer.status, language=self.answer.language)

    def completion(self) -> CompletionOut:
        """Return the reply as one object."""
        message = ChatCompletionMessage(
            role="assistant",
            content=self.answer.text,
            refusal=None,
            annotations=list(self.annotations),
        )
        choice = Choice(index=0, message=message, finish_reason="stop", logprobs=None)
        return CompletionOut(
            id=self.id,
            object="chat.completion",
            created=self.created,
            model=self.model,
            system_fingerprint=self.fingerprint,
            choices=[choice],
            usage=_usage(),
            policybot=self.about,
        )

    def chunks(self, *, with_usage: bool = False) -> Iterator[ChunkOut]:
        """Yield the reply piece by piece: the role, the text, the annotations, the end.

        All annotations come in one piece, after the text they point into: OpenAI's library
        joins no lists of them.
        """
        opening = self._chunk([_choice(ChoiceDelta(role="assistant", content=""))])
        yield opening.model_copy(update={"policybot": self.about})
        for piece in _PARAGRAPH.findall(self.answer.text):
            yield self._chunk([_choice(ChoiceDelta(content=piece))])
        if self.annotations:
            delta = ChoiceDelta.model_validate({"annotations": self.annotations})
            yield self._chunk([_choice(delta)])
        yield self._chunk([_choice(ChoiceDelta(), is_last=True)])
        if with_usage:
            yield self._chunk([]).model_copy(update={"usage": _usage()})

    def _chunk(self, choices: list[ChunkChoice]) -> ChunkOut:
        return ChunkOut(
            id=self.id,
            object="chat.completion.chunk",
            created=self.created,
            model=self.model,
            system_fingerprint=self.fingerprint,
            choices=choices,
        )


def annotations(answer: Answer, policy: Policy, base_url: str) -> Iterator[Annotation]:
    """Yield a citation's annotation for every citation of ``answer``, in their order.

    The span (in characters, its end excluded) is the quote in the text; where the text does
    not hold the quote, it is the whole text.
    """
    after_lead = answer.text.find(answer.lead) + len(answer.lead) if answer.lead else 0
    at = after_lead
    for citation in answer.citations:
        start = answer.text.find(citation.quote, at)
        if start < 0:
            start = answer.text.find(citation.quote)
        end = start + len(citation.quote) if start >= 0 else len(answer.text)
        at = max(at, end if start >= 0 else at)
        clause = policy.clause(citation.clause)
        heading = clause.heading(answer.language) if clause else ""
        cited = AnnotationURLCitation(
            start_index=max(start, 0),
            end_index=end,
            title=f"{citation.clause} {heading}".strip(),
            url=f"{base_url.rstrip('/')}/clauses/{quote(citation.clause, safe='')}",
        )
        yield Annotation(type="url_citation", url_citation=cited)


def _read(messages: Sequence[MessageIn], language: Language) -> tuple[str, list[Turn]]:
    """Return the question and the turns before it, the latest few."""
    heard = [
        (place, message)
        for place, message in enumerate(messages)
        if message.role not in INSTRUCTING
    ]
    if not heard or heard[-1][1].role != "user":
        text = say("openai.last_not_user", language)
        raise RefusedRequestError(text, "invalid_value", "messages")
    place, last = heard[-1]
    param = f"messages[{place}].content"
    if not last.is_text:
        text = say("openai.text_only", language)
        raise RefusedRequestError(text, "unsupported_content", param)
    question = last.text
    if not clean(question):
        text = say("openai.empty_question", language)
        raise RefusedRequestError(text, "empty_question", param)
    if len(question) > QUESTION_LIMIT:
        text = say("openai.question_long", language, length=len(question), limit=QUESTION_LIMIT)
        raise RefusedRequestError(text, "string_above_max_length", param)
    earlier = [message.text for _, message in heard[:-1] if message.role == "user"]
    usable = [text for text in earlier if clean(text) and len(text) <= QUESTION_LIMIT]
    return question, [Turn(text) for text in usable[-HISTORY_LIMIT:]]


def _check_model(name: str, policy: Policy, language: Language) -> None:
    known = model_id(policy)
    if name not in (ALIAS, known):
        text = say("openai.unknown_model", language, known=known)
        raise RefusedRequestError(text, "model_not_found", "model", HTTPStatus.NOT_FOUND)


def _page_language(request: Request) -> Language | None:
    """Return the language that a browser asks for; programs ask for none."""
    wanted = request.headers.get("accept-language")
    return preferred_language(wanted) if wanted else None


def _caller_language(asked: CompletionIn, request: Request) -> Language:
    spoken = next((one.text for one in reversed(asked.messages) if one.role == "user"), "")
    return detect_language(clean(spoken[:QUESTION_LIMIT])).answer or caller_language(request)


def _model(name: str, policy: Policy) -> Model:
    effective = datetime.fromisoformat(policy.effective).replace(tzinfo=UTC)
    created = int(effective.timestamp())
    return Model(id=name, object="model", created=created, owned_by=ALIAS)


def _choice(delta: ChoiceDelta, *, is_last: bool = False) -> ChunkChoice:
    finish = "stop" if is_last else None
    return ChunkChoice(index=0, delta=delta, finish_reason=finish, logprobs=None)


def _usage() -> CompletionUsage:
    """Return what no language model has used: nothing. Clients expect the figures."""
    return CompletionUsage(prompt_tokens=0, completion_tokens=0, total_tokens=0)


async def _events(chunks: Iterator[ChunkOut]) -> AsyncIterator[str]:
    for chunk in chunks:
        yield chunk.model_dump_json(exclude_unset=True)
    yield "[DONE]"
