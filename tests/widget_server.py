"""A server for the widget that does what a test tells it: answers, fails, stalls, breaks off."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from keyword_search import HOSTILE

from bot.types import Language, Policy
from bot.web.widget.build import widget_router

PROBLEM = "application/problem+json"
OPENERS: dict[Language, list[str]] = {
    "zh": [
        "你们会出售我的信息吗？",
        "警察会看到我的订单吗？",
        "你们收集什么？",
        "孩子注册了怎么办？",
    ],
    "en": [
        "Do you sell my data?",
        "Will the police see it?",
        "What do you collect?",
        "And children?",
    ],
}
# A word of the question, what becomes of it, and the clauses that it leads to.
SCRIPT: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (("police", "警察"), "answered", ("3.5.2", "3.1", "3.2")),
    (("collect", "收集"), "answered", tuple(f"1.2.{number}" for number in range(1, 8))),
    (("how long", "多久"), "silent", ("1.3.2",)),
    (("hello", "你好"), "small_talk", ()),
    (("hostile",), "answered", ("9.9",)),
    (("fails inside",), "failed", ()),
)


@dataclass(slots=True)
class WidgetServer:
    """What the server was asked, what it is to do, and where it is.

    ``pages`` are host pages by name: markup and headers. ``refusals`` are the responses that the
    next questions meet before one is answered: a status and a Retry-After; a status of 0 drops
    the connection.
    """

    policy: Policy
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    feedback_statuses: list[int] = field(default_factory=list)
    cuts: list[str] = field(default_factory=list)
    let_go: Event = field(default_factory=Event)

    def reset(self) -> None:
        """Forget everything; nothing stalls or fails any more."""
        for one in (self.asked, self.feedback, self.refusals, self.feedback_statuses, self.cuts):
            one.clear()
        self.pages.clear()
        self.let_go.set()

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the whole answer to a question."""
        question = asked["question"]
        language = "zh" if any("\u4e00" <= one <= "\u9fff" for one in question) else "en"
        found = (one for one in SCRIPT if any(word in question for word in one[0]))
        _, status, clauses = next(found, ((), "off_topic", ()))
        cited = [self._citation(one, language) for one in clauses if status == "answered"]
        lead = f"Lead of {len(cited)} ({cited[0]['clause']})." if cited else ""
        quotes = [f"“{one['quote']}” — {one['clause']}" for one in cited]
        related = [self._citation(one, language) for one in clauses if status == "silent"]
        plain = {"silent": f"Nothing on this.\n\nRelated: {related and related[0]['heading']}."}
        return {
            "status": status,
            "language": language,
            "text": "\n\n".join([lead, *quotes])
            if cited
            else plain.get(status, f"It is {status}."),
            "lead": lead,
            "citations": cited,
            "hits": [{"clause": one, "score": 0.5} for one in clauses],
            "understood": "police, and why?" if question == "and why the police?" else None,
            "related": [{"clause": one["clause"], "heading": one["heading"]} for one in related],
            "policy": {"id": self.policy.id, "version": "1.0", "effective": "2026-11-22"},
            "suggestions": ["Then what about the police?", "And how long?"],
            "ms": 1.0,
        }

    def _citation(self, clause_id: str, language: Language) -> dict[str, str]:
        clause = self.policy.clause(clause_id)
        assert clause is not None
        text = clause.text[language]
        quote = text if text == HOSTILE else text.split("\n")[0]
        heading = clause.heading(language)
        return {"clause": clause_id, "quote": quote, "heading": heading, "language": language}


def events_of(answer: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return an answer as the events that tell it."""
    opening = {name: answer[name] for name in ("status", "language", "understood")}
    first, *others = answer["text"].split("\n\n")
    told: list[tuple[str, dict[str, Any]]] = [("status", opening), ("delta", {"text": first})]
    for place, text in enumerate(others):
        if place < len(answer["citations"]):
            told.append(("citation", answer["citations"][place]))
        told.append(("delta", {"text": f"\n\n{text}"}))
    return [*told, ("done", answer)]


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a problem response."""
    body = {"type": "/problems#x", "title": "x", "status": status, "detail": detail, "code": "x"}
    return JSONResponse(body, status, headers=headers, media_type=PROBLEM)


async def _stream(server: WidgetServer, asked: dict[str, Any]) -> AsyncIterator[bytes]:
    question = asked["question"]
    answer = server.answer(asked)
    how = server.cuts.pop(0) if server.cuts else ""
    if "stalls at once" in question:
        await asyncio.to_thread(server.let_go.wait, 30)
    for place, (name, data) in enumerate(events_of(answer)):
        if how and place == 3:
            if how == "error":
                told = {"status": 500, "detail": "It broke inside.", "title": "x"}
                yield f"event: error\ndata: {json.dumps(told)}\n\n".encode()
                return
            if how == "break":
                await asyncio.to_thread(server.let_go.wait, 30)
                raise ConnectionError
            return
        if "slowly" in question and place == 3:
            yield b": ping\n\n"
            await asyncio.to_thread(server.let_go.wait, 30)
        yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def create_stub(server: WidgetServer) -> FastAPI:
    """Return the application: the widget's own routes, a scripted API and the host pages."""
    application = FastAPI()
    application.include_router(widget_router())

    @application.post("/api/ask/stream")
    async def ask(request: Request) -> Response:
        asked = await request.json()
        server.asked.append(asked)
        if server.refusals:
            status, wait = server.refusals.pop(0)
            if not status:
                return StreamingResponse(_dropped(), media_type="text/event-stream")
            headers = {"Retry-After": wait} if wait else {}
            return problem(status, f"Detail of {status}.", headers)
        return StreamingResponse(_stream(server, asked), media_type="text/event-stream")

    @application.get("/api/suggestions")
    async def suggestions(language: Language) -> dict[str, list[str]]:
        return {"suggestions": OPENERS[language]}

    @application.get("/api/clauses/{clause_id}", response_model=None)
    async def clause(clause_id: str) -> Response:
        found = server.policy.clause(clause_id)
        assert found is not None
        heading = found.heading("en")
        headings = {language: list(path) for language, path in found.path.items()}
        about = {"id": "shop", "version": "1.0", "effective": "2026-11-22"}
        whole = {"id": clause_id, "heading": heading, "text": found.text, "headings": headings}
        return JSONResponse({**whole, "policy": about})

    @application.post("/api/feedback")
    async def feedback(request: Request) -> Response:
        given = await request.json()
        if server.feedback_statuses:
            return problem(server.feedback_statuses.pop(0), "Feedback is closed just now.")
        server.feedback.append(given)
        return JSONResponse({"id": len(server.feedback)}, 201)

    @application.get("/favicon.ico")
    async def favicon() -> Response:
        return Response(status_code=204)

    @application.get("/host/{name}")
    async def host(name: str) -> HTMLResponse:
        markup, headers = server.pages[name]
        return HTMLResponse(markup, headers=headers)

    return application


async def _dropped() -> AsyncIterator[bytes]:
    yield b": nothing comes\n\n"
    raise ConnectionError
