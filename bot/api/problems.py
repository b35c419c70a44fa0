"""Problem responses (RFC 9457): what went wrong with a request, in the caller's language."""

import logging
import traceback
from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from typing import TypedDict

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.accept_language import preferred_language
from bot.errors import FeedbackError, PolicybotError, UsageError
from bot.text import clean, detect_language
from bot.types import LANGUAGES, Language
from bot.wording import say

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 2
_READ = 200  # characters of a question are enough to tell its language
_log = logging.getLogger(__name__)


class Code(Enum):
    """Every problem: its name, and the HTTP status that tells it."""

    BAD_JSON = "bad_json", HTTPStatus.BAD_REQUEST
    ORIGIN_NOT_ALLOWED = "origin_not_allowed", HTTPStatus.FORBIDDEN
    STAFF_ONLY = "staff_only", HTTPStatus.FORBIDDEN
    LOGIN_NEEDED = "login_needed", HTTPStatus.UNAUTHORIZED
    NOT_FOUND = "not_found", HTTPStatus.NOT_FOUND
    UNKNOWN_CLAUSE = "unknown_clause", HTTPStatus.NOT_FOUND
    UNKNOWN_POLICY = "unknown_policy", HTTPStatus.NOT_FOUND
    METHOD_NOT_ALLOWED = "method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED
    BODY_SLOW = "body_slow", HTTPStatus.REQUEST_TIMEOUT
    BODY_LARGE = "body_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    WRONG_INPUT = "wrong_input", HTTPStatus.UNPROCESSABLE_ENTITY
    FAILED = "failed", HTTPStatus.INTERNAL_SERVER_ERROR
    STARTING = "starting", HTTPStatus.SERVICE_UNAVAILABLE
    FEEDBACK_CLOSED = "feedback_closed", HTTPStatus.SERVICE_UNAVAILABLE

    @property
    def text(self) -> str:
        """Return its name in ``type`` and ``code``."""
        return self.value[0]

    @property
    def status(self) -> HTTPStatus:
        """Return its HTTP status."""
        return self.value[1]


class FieldProblem(TypedDict):
    """What is wrong with one field; ``pointer`` is its JSON pointer (RFC 6901)."""

    pointer: str
    detail: str


class ProblemObject(TypedDict, total=False):
    """A problem as programs read it (RFC 9457, section 3); ``errors`` only for wrong fields."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem]


class ProblemError(PolicybotError):
    """A request that ends in a problem; ``values`` fill the blanks of its detail."""

    def __init__(self, code: Code, /, **values: object) -> None:
        self.code = code
        super().__init__(f"problem_{code.text}", **values)

    def message(self, language: Language) -> str:
        """Return the detail in ``language``."""
        return say(f"problem.{self.code.text}", language, **self.values)


def problem_object(error: PolicybotError, language: Language) -> ProblemObject:
    """Return ``error`` as a problem: its own code, or the one its class stands for.

    An error that names files or remedies for whoever runs the server is told to a caller as a
    plain failure, and logged.
    """
    if isinstance(error, ProblemError):
        return _object(error.code, error.message(language), language)
    if isinstance(error, UsageError):
        return _object(Code.WRONG_INPUT, error.message(language), language)
    _log.error("a request failed: %s", error)
    code = Code.FEEDBACK_CLOSED if isinstance(error, FeedbackError) else Code.FAILED
    return problem_object(ProblemError(code), language)


def failure_object(error: Exception, language: Language) -> ProblemObject:
    """Return any other error as a plain failure.

    Where it broke is logged, without the error's message: it may hold what was typed.
    """
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("a request failed: %s\n%s", type(error).__name__, where)
    return problem_object(ProblemError(Code.FAILED), language)


def problem_response(
    problem: ProblemObject, language: Language, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return ``problem`` as a response in ``language``."""
    sent = {"Content-Language": language, "Cache-Control": "no-store", **(headers or {})}
    if problem["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
        sent["Retry-After"] = str(_RETRY_AFTER_S)
    return JSONResponse(problem, problem["status"], headers=sent, media_type=MEDIA_TYPE)


def caller_language(request: Request, body: object = None) -> Language:
    """Return the body's ``language``, else its question's, else the browser's, else English."""
    told: dict[object, object] = body if isinstance(body, dict) else {}
    named = next((one for one in LANGUAGES if one == told.get("language")), None)
    question = told.get("question")
    if named is None and isinstance(question, str):
        named = detect_language(clean(question[:_READ])).answer
    return named or preferred_language(request.headers.get("accept-language", ""))


def add_problem_handlers(application: FastAPI) -> None:
    """Make every error of ``application`` end in a problem."""

    async def told(request: Request, error: Exception) -> JSONResponse:
        language = caller_language(request)
        if isinstance(error, PolicybotError):
            return problem_response(problem_object(error, language), language)
        return problem_response(failure_object(error, language), language)

    async def wrong(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, RequestValidationError):
            raise error
        language = caller_language(request, error.body)
        return problem_response(_wrong_input(error, language), language)

    async def routed(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise error
        language = caller_language(request)
        codes = {one.status.value: one for one in (Code.BAD_JSON, Code.METHOD_NOT_ALLOWED)}
        code = codes.get(error.status_code, Code.NOT_FOUND)
        problem = problem_object(ProblemError(code), language)
        return problem_response(problem, language, error.headers)

    application.add_exception_handler(PolicybotError, told)
    application.add_exception_handler(RequestValidationError, wrong)
    application.add_exception_handler(HTTPException, routed)
    application.add_exception_handler(Exception, told)


def _object(code: Code, detail: str, language: Language) -> ProblemObject:
    return {
        "type": f"/problems#{code.text}",
        "title": say(f"problem_title.{code.text}", language),
        "status": code.status.value,
        "detail": detail,
        "code": code.text,
    }


def _wrong_input(error: RequestValidationError, language: Language) -> ProblemObject:
    """Tell each wrong field in ``language``; a body that is no JSON has none."""
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem_object(ProblemError(Code.BAD_JSON), language)
    fields: list[FieldProblem] = []
    for one in found:
        place = one["loc"][1:] if one["loc"][:1] == ("body",) else one["loc"]
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)
        known = {**one.get("ctx", {}), "reason": one["type"]}
        fields.append({"pointer": pointer, "detail": _field_detail(one["type"], known, language)})
    first = fields[0]
    detail = say(
        "problem.wrong_input", language, field=first["pointer"] or "/", reason=first["detail"]
    )
    return {**_object(Code.WRONG_INPUT, detail, language), "errors": fields}


# Which sentence tells a kind of pydantic's complaint; any other is told as "not as expected".
_FIELD_TEXTS: Mapping[str, str] = {
    "missing": "missing",
    "string_type": "no_text",
    "string_unicode": "no_unicode",
    "string_too_long": "text_long",
    "string_too_short": "text_short",
    "string_pattern_mismatch": "text_short",
    "too_long": "list_long",
    "literal_error": "choice",
    "enum": "choice",
    "list_type": "no_list",
    "int_parsing": "no_number",
    "less_than_equal": "number_large",
    "greater_than_equal": "number_small",
    "model_attributes_type": "no_object",
    "dict_type": "no_object",
}


def _field_detail(kind: str, known: Mapping[str, object], language: Language) -> str:
    name = _FIELD_TEXTS.get(kind, "other")
    limit = next((known[one] for one in ("max_length", "le", "ge") if one in known), "")
    return say(f"field.{name}", language, limit=limit, expected=known.get("expected", ""))
