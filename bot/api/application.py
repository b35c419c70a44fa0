"""Put the API together as one FastAPI application."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from bot import __version__
from bot.api.ask import ask_router
from bot.api.clauses import clauses_router
from bot.api.feedback import feedback_router
from bot.api.guard import BodyGuard, OriginGuard
from bot.api.health import health_router
from bot.api.openai_door import openai_router
from bot.api.problems import add_problem_handlers
from bot.api.service import Service

DOCUMENT = "/api/openapi.json"
_PREFLIGHT_S = 600
_ABOUT = (
    "Ask a privacy policy in Chinese or English; answers come with citations to its clauses. "
    "The server keeps no conversation: send the earlier turns with each question."
)


def create_api(
    service: Service,
    allowed_origins: Sequence[str] = (),
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """Return the API over ``service``.

    ``allowed_origins`` are those whose pages may call it from a browser, beside our own.
    ``lifespan`` is entered before the first request and left after the last.
    """
    application = FastAPI(
        title="policybot",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=DOCUMENT,
        lifespan=lifespan,
        separate_input_output_schemas=False,
        redirect_slashes=False,  # /staff and /staff/ would lead to one another for ever
    )
    add_problem_handlers(application)
    for router in (
        ask_router(service),
        clauses_router(service),
        feedback_router(service),
        openai_router(service),
        health_router(service),
    ):
        application.include_router(router)
    # the last one added is the first to see a request
    application.add_middleware(BodyGuard)
    if allowed_origins:
        application.add_middleware(
            CORSMiddleware,
            allow_origins=allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],  # clients of OpenAI's API send a dozen of their own
            expose_headers=["Retry-After", "Content-Language"],
            max_age=_PREFLIGHT_S,
        )
    application.add_middleware(OriginGuard, allowed=allowed_origins)
    return application
