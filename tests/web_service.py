"""A service over a scripted search, and a client of its API that needs no socket."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI
from keyword_search import KeywordSearch, answers, believing, scripted_assistant

from bot.api.application import create_api
from bot.api.service import Service
from bot.corpus.suggestions import read_suggestions
from bot.errors import IndexingError
from bot.feedback.memory import MemoryFeedback
from bot.settings import CORPUS
from bot.types import Policy, Retrieval, Status

SCRIPT: Mapping[str, Retrieval | Exception] = {
    "break": RuntimeError("secret cause"),
    "index": IndexingError("index_broken", what="/srv/index", reason="disk full"),
    "how long": believing(Status.SILENT, "1.3.2", "1.3.3"),
    "多久": believing(Status.SILENT, "1.3.2", "1.3.3"),
    "hello": believing(Status.SMALL_TALK, "0.1"),
    "ignore": believing(Status.REFUSED, "0.1"),
    **answers(["police", "警察"], "3.5.2", "3.1", "3.2"),
    **answers(["sell", "出售"], "3.1"),
    **answers(["collect", "收集"], *(f"1.2.{number}" for number in range(1, 8))),
    **answers(["child", "孩子"], "4.2"),
}


def scripted_service(policy: Policy, search: KeywordSearch | None = None) -> Service:
    """Return a service that answers from ``search`` and keeps feedback in memory."""
    service = Service(policy, MemoryFeedback(180), read_suggestions(CORPUS, policy))
    service.start(scripted_assistant(policy, search or KeywordSearch(SCRIPT)))
    return service


def client_of(application: FastAPI, **headers: str) -> httpx.AsyncClient:
    """Return a client that calls ``application`` in this process."""
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url="http://policy.test", headers=headers, trust_env=False
    )


def api_of(service: Service, *origins: str) -> FastAPI:
    """Return the API over ``service``."""
    return create_api(service, origins)
