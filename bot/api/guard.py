"""Guard the door: bodies that are too large or too slow, and pages of origins not allowed.

Plain ASGI: what is refused here never reaches a route, and a stream passes untouched.
"""

import asyncio
from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.openai_errors import error_response
from bot.api.problems import Code, ProblemError, caller_language, problem_object, problem_response

BODY_LIMIT = 64 * 1024
_BODY_TIMEOUT_S = 15.0
_OPENAI = "/v1/"
_PAGES = ("/gradio_api/", "/staff/gradio_api/")  # what the pages' own scripts call
_GUARDED = ("/api/", _OPENAI, "/staff/login", "/staff/logout", *_PAGES)
_ORIGIN_GUARDED = ("/api/", _OPENAI, *_PAGES)


class BodyGuard:
    """Reads a guarded request's body whole before it goes on, within its limits.

    ``limit`` is in bytes; ``timeout_s`` is for the whole body, so that a client that sends a
    byte now and then holds no place for long.
    """

    def __init__(
        self, application: ASGIApp, limit: int = BODY_LIMIT, timeout_s: float = _BODY_TIMEOUT_S
    ) -> None:
        self._application = application
        self._limit = limit
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or end it in a problem."""
        if scope["type"] != "http" or not scope["path"].startswith(_GUARDED):
            await self._application(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                body = await self._read(Request(scope).headers, receive)
        except TimeoutError:
            await _refuse(ProblemError(Code.BODY_SLOW), scope, receive, send)
            return
        except ProblemError as error:
            await _refuse(error, scope, receive, send)
            return
        if body is not None:
            await self._application(scope, _replay(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes | None:
        """Return the body; None where the client left before its end."""
        body = bytearray()
        declared = headers.get("content-length", "")
        if declared.isdecimal() and _is_over(declared, self._limit):
            raise ProblemError(Code.BODY_LARGE, limit=self._limit // 1024)
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._limit:
                raise ProblemError(Code.BODY_LARGE, limit=self._limit // 1024)
            if not message.get("more_body", False):
                return bytes(body)


class OriginGuard:
    """Refuses calls of the API from pages of other origins than our own and those allowed.

    A browser tells the page's origin with every call that could change something or carry a
    body (Fetch standard, "Origin" header); programs send none.
    """

    def __init__(self, application: ASGIApp, allowed: Iterable[str] = ()) -> None:
        self._application = application
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or end it in a problem."""
        if scope["type"] == "http" and scope["path"].startswith(_ORIGIN_GUARDED):
            headers = Request(scope).headers
            origin = headers.get("origin")
            if origin is not None and not self._is_allowed(origin, headers.get("host", "")):
                await _refuse(ProblemError(Code.ORIGIN_NOT_ALLOWED), scope, receive, send)
                return
        await self._application(scope, receive, send)

    def _is_allowed(self, origin: str, host: str) -> bool:
        # behind a proxy that ends TLS only the host is ours to know
        return origin.lower() in self._allowed or urlsplit(origin).netloc.lower() == host.lower()


def _is_over(declared: str, limit: int) -> bool:
    # not int(): it refuses more than 4,300 digits
    digits = declared.lstrip("0")
    return len(digits) > len(str(limit)) or int(digits or "0") > limit


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives ``body`` once, then what the client does next."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _refuse(error: ProblemError, scope: Scope, receive: Receive, send: Send) -> None:
    language = caller_language(Request(scope))
    # what is left of the body is not read: the connection cannot be used again
    headers = {"Connection": "close"} if error.code is not Code.ORIGIN_NOT_ALLOWED else {}
    respond = error_response if scope["path"].startswith(_OPENAI) else problem_response
    response = respond(problem_object(error, language), language, headers)
    await response(scope, receive, send)
