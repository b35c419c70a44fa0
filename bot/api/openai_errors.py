"""Errors in OpenAI's format, so that clients of its API show cause and remedy."""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from bot.api.openai_models import ErrorDetailOut, ErrorOut
from bot.api.problems import (
    ProblemObject,
    caller_language,
    failure_object,
    problem_object,
    problem_response,
)
from bot.errors import PolicybotError
from bot.types import Language
from bot.wording import say


class RefusedRequestError(Exception):
    """A request that cannot be answered as it is; ``message`` is in the caller's language."""

    def __init__(
        self,
        message: str,
        code: str,
        param: str | None = None,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.status = status


class OpenAIRoute(APIRoute):
    """A route whose every error is told in OpenAI's format."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with its errors told."""
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:  # noqa: BLE001 - the door's outermost handler
                return _told(error, _language(request))

        return told


def speak(request: Request, language: Language) -> None:
    """Tell errors of ``request`` in ``language`` from now on."""
    request.state.language = language


def error_response(
    problem: ProblemObject, language: Language, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return ``problem`` as an error in OpenAI's format, with the problem's headers."""
    sent = dict(problem_response(problem, language, headers).headers)
    kept = {name: sent[name] for name in sent if name not in ("content-type", "content-length")}
    status = HTTPStatus(problem["status"])
    return _response(problem["detail"], problem["code"], None, status, kept)


def _language(request: Request) -> Language:
    named: Language | None = getattr(request.state, "language", None)
    return named or caller_language(request)


def _told(error: Exception, language: Language) -> JSONResponse:
    if isinstance(error, RefusedRequestError):
        headers = {"content-language": language, "cache-control": "no-store"}
        return _response(error.message, error.code, error.param, error.status, headers)
    if isinstance(error, RequestValidationError):
        return _told(_wrong_input(error, language), language)
    if isinstance(error, HTTPException):  # FastAPI's word on a body that it cannot take in
        return _told(RefusedRequestError(say("openai.not_json", language), "not_json"), language)
    if isinstance(error, PolicybotError):
        return error_response(problem_object(error, language), language)
    return error_response(failure_object(error, language), language)


def _wrong_input(error: RequestValidationError, language: Language) -> RefusedRequestError:
    # where a field may be one of several things, the deepest complaint is the telling one
    first = max(error.errors(), key=lambda one: len(one["loc"]))
    param = _param(first["loc"])
    if first["type"] == "json_invalid" or not param:
        return RefusedRequestError(say("openai.not_json", language), "not_json")
    if first["type"] == "missing":
        text = say("openai.missing", language, param=param)
        return RefusedRequestError(text, "missing_required_parameter", param)
    if param == "n":
        return RefusedRequestError(say("openai.one_choice", language), "unsupported_value", param)
    return RefusedRequestError(say("openai.wrong", language, param=param), "invalid_value", param)


def _param(place: tuple[int | str, ...]) -> str:
    """Return the place of a field as OpenAI writes it: ``messages[0].role``."""
    # pydantic names the branch of a union that was tried ("str", "list[PartIn]")
    branches = ("str", "list[PartIn]", "StrictStr")
    written = ""
    for part in place[1:]:
        if isinstance(part, int):
            written += f"[{part}]"
        elif part not in branches:
            written += f".{part}" if written else part
    return written


def _response(
    message: str,
    code: str,
    param: str | None,
    status: HTTPStatus,
    headers: Mapping[str, str],
) -> JSONResponse:
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "server_error" if is_ours else "invalid_request_error"
    detail = ErrorDetailOut(message=message, type=kind, param=param, code=code)
    return JSONResponse(ErrorOut(error=detail).model_dump(), status, headers=dict(headers))
