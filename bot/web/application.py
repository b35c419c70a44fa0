"""Put the web application together: the API and the light pages at once, Gradio's when loaded."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.api.application import create_api
from bot.api.problems import Code, ProblemError, caller_language, problem_object, problem_response
from bot.api.service import Service
from bot.settings import Settings
from bot.web.clause_pages import clause_router
from bot.web.login import StaffGuard, login_router
from bot.web.starting import starting_page
from bot.web.widget.build import widget_router

if TYPE_CHECKING:  # it imports the models' libraries, and the server listens before those
    from bot.assistant import Assistant

_OF_PROGRAMS = ("/api/", "/v1/")
_FIRST_QUESTION = "Who sees my data? 谁会看到我的信息？"


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told when the application is ready, or when it cannot be."""

    ready: Callable[[], None] = lambda: None
    failed: Callable[[Exception], None] = lambda _: None


class LatePages:
    """What no route takes: the pages that load late, with a page that says so until they are there.

    Addresses of the API are none of theirs, and end in a problem.
    """

    def __init__(self) -> None:
        self._pages: ASGIApp | None = None

    def start(self, pages: ASGIApp) -> None:
        """Serve ``pages`` from now on."""
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the pages, or with the page or problem that asks for patience."""
        if scope["type"] == "http" and scope["path"].startswith(_OF_PROGRAMS):
            raise ProblemError(Code.NOT_FOUND)
        if self._pages is not None:
            await self._pages(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1013})
            return
        request = Request(scope, receive)
        language = caller_language(request)
        response: Response = problem_response(
            problem_object(ProblemError(Code.STARTING), language), language
        )
        if "text/html" in request.headers.get("accept", ""):
            response = starting_page(language)
        await response(scope, receive, send)


async def _document() -> RedirectResponse:
    return RedirectResponse("api/openapi.json")


async def _robots() -> PlainTextResponse:
    return PlainTextResponse(
        "User-agent: *\nDisallow: /staff\nDisallow: /metrics\nDisallow: /api\n"
    )


def create_application(
    service: Service,
    settings: Settings,
    open_assistant: "Callable[[], Assistant]",
    told: Told | None = None,
) -> FastAPI:
    """Return the web application over ``service``.

    The API, the widget and the clauses' pages answer at once; ``open_assistant`` and Gradio load
    beside, in a thread, and questions meet a problem of status 503 until they are there.
    """
    pages = LatePages()
    loading = _Loading(service, open_assistant, pages, told or Told())
    application = create_api(service, settings.allowed_origins, loading.lifespan)
    application.include_router(widget_router(), include_in_schema=False)
    application.include_router(clause_router(service.policy), include_in_schema=False)
    application.include_router(login_router(settings), include_in_schema=False)
    application.add_api_route("/openapi.json", _document, include_in_schema=False)
    application.add_api_route("/robots.txt", _robots, include_in_schema=False)
    # no mount: it would take wrong methods and addresses of the API for pages
    application.router.default = pages
    application.add_middleware(StaffGuard, settings=settings)
    return application


class _Loading:
    """Loads what takes time while the application serves, and keeps it open until it stops."""

    def __init__(
        self,
        service: Service,
        open_assistant: "Callable[[], Assistant]",
        pages: LatePages,
        told: Told,
    ) -> None:
        self._service = service
        self._open_assistant = open_assistant
        self._pages = pages
        self._told = told

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Load in a task of its own, for as long as the application serves."""
        stopping = asyncio.Event()
        task = asyncio.create_task(self._load(stopping))
        try:
            yield
        finally:
            stopping.set()
            if not self._service.is_ready:
                task.cancel()  # nobody waits for a thread that is still loading
            await asyncio.gather(task, return_exceptions=True)

    async def _load(self, stopping: asyncio.Event) -> None:
        try:
            assistant = await to_thread.run_sync(self._open_warm, abandon_on_cancel=True)
            pages = await to_thread.run_sync(self._create_pages, assistant, abandon_on_cancel=True)
            async with pages.router.lifespan_context(pages):
                self._service.start(assistant)
                self._pages.start(pages)
                self._told.ready()
                await stopping.wait()
        except Exception as error:  # noqa: BLE001 - whoever serves is told, and decides
            self._told.failed(error)

    def _open_warm(self) -> "Assistant":
        """Open the assistant and ask it once: the first question pays for what loads late."""
        assistant = self._open_assistant()
        assistant.ask(_FIRST_QUESTION)
        return assistant

    def _create_pages(self, assistant: "Assistant") -> Any:  # noqa: ANN401 - Gradio loads slowly
        from bot.web.gradio_pages import create_pages  # noqa: PLC0415

        return create_pages(assistant, self._service.feedback, self._service.suggestions)
