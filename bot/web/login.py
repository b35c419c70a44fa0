"""Who may use the staff desk: those who log in, or this machine alone where no login is set."""

import math
import re
from http import HTTPStatus
from urllib.parse import parse_qs, quote, urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.problems import Code, ProblemError, caller_language, problem_object, problem_response
from bot.settings import Settings
from bot.types import Language
from bot.web.local import is_from_own_page, is_local
from bot.web.plain_pages import (
    POLICY_WITH_FORM,
    page_html,
    page_language,
    passing_page,
    way_up,
)
from bot.web.session import COOKIE, SESSION_S, Login, Throttle, read_login
from bot.wording import say

# Who uses the desk where no login is set.
LOCAL_USER = "local"
_DESK = "/staff"
_LOGIN = "/staff/login"
_LOGOUT = "/staff/logout"
_USER = "policybot.staff_user"
_CHECKS_AT_A_TIME = 2  # each takes 64 MiB for 50 ms
_MOST_FIELDS = 8
# Where a login may lead: an address of the desk, and nothing that a browser reads otherwise.
_NEXT = re.compile(r"/staff(?:/[\w-]++)*+/?+(?:\?[\w.~=&%-]*+)?+", re.ASCII)
_LONGEST_NEXT = 500
_LONGEST_NAME = 200
_SLASHES = re.compile(r"/+")


def staff_access_note(settings: Settings, language: Language) -> str:
    """Return what the start says of who may use the staff desk."""
    if settings.staff_password_hash.get_secret_value().strip():
        return say("login.note_login", language)
    return say("login.note_local", language)


def staff_user(request: Request) -> str | None:
    """Return who uses the desk, as the guard found; None where it let nobody through."""
    user = request.scope.get(_USER)
    return user if isinstance(user, str) else None


class StaffGuard:
    """Lets nobody below ``/staff`` who may not be there; all else passes.

    Page loads are led to the login, or told of the remedy; other requests end in a problem, and
    web sockets are closed.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._application = app
        self._login = read_login(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket") or not _is_below_desk(scope):
            await self._application(scope, receive, send)
            return
        # a web socket has the headers of a request, but no method
        request = Request({**scope, "type": "http", "method": scope.get("method", "WEBSOCKET")})
        # just these addresses: what only resembles them is guarded like the rest
        if self._login and _path(scope, folded=False) in (_LOGIN, _LOGOUT):
            await self._application(scope, receive, send)
            return
        user = self._user(request)
        if user and is_from_own_page(request):
            await self._application({**scope, _USER: user}, receive, _unframed(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif user:
            await _problem(request, Code.ORIGIN_NOT_ALLOWED)(scope, receive, send)
        else:
            await self._refusal(request)(scope, receive, send)

    def _user(self, request: Request) -> str | None:
        if self._login is None:
            return LOCAL_USER if is_local(request) else None
        return self._login.session_user(request)

    def _refusal(self, request: Request) -> Response:
        if not _is_page_load(request):
            return _problem(request, Code.LOGIN_NEEDED if self._login else Code.STAFF_ONLY)
        if self._login is None:
            return _closed_page(request)
        query = f"?{request.url.query}" if request.url.query else ""
        wanted = _safe_next(_path(request.scope) + query)
        told = "" if wanted == f"{_DESK}/" else f"?next={quote(wanted, safe='')}"
        return _redirect(request, f"{_LOGIN}{told}")


def login_router(settings: Settings, throttle: Throttle | None = None) -> APIRouter:
    """Return the routes of login and logout (without a login set they lead on), and to the desk.

    Raises:
        UsageError: what is set as the password's hash is none.
    """
    router = APIRouter()
    login = read_login(settings)

    @router.api_route(_DESK, methods=["GET", "HEAD"])
    async def without_slash(request: Request) -> Response:
        # the chat page would take this address; the desk's own links need the slash
        return _redirect(request, f"{_DESK}/")

    if login is not None:
        _add_login(router, login, throttle or Throttle())
        _add_logout(router, login)
        return router

    @router.api_route(_LOGIN, methods=["GET", "HEAD"])
    @router.api_route(_LOGOUT, methods=["GET", "HEAD"])
    async def desk(request: Request) -> Response:
        return _redirect(request, f"{_DESK}/")

    return router


def _add_login(router: APIRouter, login: Login, throttle: Throttle) -> None:
    checks = CapacityLimiter(_CHECKS_AT_A_TIME)

    @router.api_route(_LOGIN, methods=["GET", "HEAD"])
    async def ask(request: Request) -> Response:
        if login.session_user(request):
            return _redirect(request, _wanted(request))
        return _form(request, HTTPStatus.OK)

    @router.post(_LOGIN)
    async def enter(request: Request) -> Response:
        language = page_language(request)
        if not is_from_own_page(request):
            return _form(request, HTTPStatus.FORBIDDEN, say("login.foreign", language))
        address = request.client.host if request.client else ""
        wait_s = throttle.wait_s(address)
        if wait_s:
            trouble = say("login.wait", language, minutes=math.ceil(wait_s / 60))
            told = _form(request, HTTPStatus.TOO_MANY_REQUESTS, trouble)
            told.headers["Retry-After"] = str(math.ceil(wait_s))
            return told
        fields = _fields(await request.body())
        user, password = fields.get("user", ""), fields.get("password", "")
        if not await to_thread.run_sync(login.is_right, user, password, limiter=checks):
            return _form(request, HTTPStatus.UNAUTHORIZED, say("login.wrong", language), user)
        throttle.forgive(address)
        welcome = _redirect(request, _wanted(request))
        _set_cookie(request, welcome, login.sessions.give(), SESSION_S)
        return welcome


def _add_logout(router: APIRouter, login: Login) -> None:
    @router.api_route(_LOGOUT, methods=["GET", "HEAD"])
    async def ask(request: Request) -> Response:
        if not login.session_user(request):
            return _redirect(request, _LOGIN)
        language = page_language(request)
        html = page_html(
            "logout.html",
            language,
            way_up(request),
            title=say("login.logout", language),
            text=say("login.logout_text", language),
            submit=say("login.logout", language),
            desk=say("login.back", language),
        )
        return passing_page(html, HTTPStatus.OK, language, POLICY_WITH_FORM)

    @router.post(_LOGOUT)
    async def leave(request: Request) -> Response:
        if not is_from_own_page(request):
            trouble = say("login.foreign", page_language(request))
            return _form(request, HTTPStatus.FORBIDDEN, trouble)
        goodbye = _redirect(request, _LOGIN)
        _set_cookie(request, goodbye, "", 0)
        return goodbye


def _form(request: Request, status: HTTPStatus, trouble: str = "", user: str = "") -> Response:
    language = page_language(request)
    html = page_html(
        "login.html",
        language,
        way_up(request),
        title=say("login.title", language),
        intro=say("login.intro", language),
        name=say("login.name", language),
        word=say("login.password", language),
        enter=say("login.enter", language),
        trouble=trouble,
        user=user[:_LONGEST_NAME],
        next=_wanted(request),
    )
    return passing_page(html, status, language, POLICY_WITH_FORM)


def _closed_page(request: Request) -> Response:
    language = page_language(request)
    html = page_html(
        "closed.html",
        language,
        way_up(request),
        title=say("problem_title.staff_only", language),
        text=say("login.closed", language),
        remedies=[say("login.closed_here", language), say("login.closed_login", language)],
    )
    return passing_page(html, HTTPStatus.FORBIDDEN, language)


def _problem(request: Request, code: Code) -> Response:
    language = caller_language(request)
    # RFC 9110, section 15.5.2, wants a scheme named; no browser asks for a password by this one
    headers = {"WWW-Authenticate": 'Session realm="staff"'} if code is Code.LOGIN_NEEDED else {}
    return problem_response(problem_object(ProblemError(code), language), language, headers)


def _fields(body: bytes) -> dict[str, str]:
    """Return the form's fields, the first of each name; none of a form with too many."""
    try:
        found = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def _redirect(request: Request, path: str) -> RedirectResponse:
    # relative, and below our own beginning: it leads to no other host
    address = f"{way_up(request)}{path.removeprefix('/')}"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers={"Cache-Control": "no-store"})


def _wanted(request: Request) -> str:
    return _safe_next(request.query_params.get("next", ""))


def _safe_next(wanted: str) -> str:
    is_safe = (
        len(wanted) <= _LONGEST_NEXT
        and _NEXT.fullmatch(wanted)
        and urlsplit(wanted).path.rstrip("/") not in (_DESK, _LOGIN, _LOGOUT)
    )
    return wanted if is_safe else f"{_DESK}/"


def _set_cookie(request: Request, response: Response, value: str, seconds: int) -> None:
    told = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    response.set_cookie(
        COOKIE,
        value,
        max_age=seconds,
        path=None,  # the browser's own: where /staff/login stands (RFC 6265, section 5.1.4)
        # a client that lies of its protocol only keeps its own cookie from plain HTTP
        secure="https" in (request.url.scheme, told),
        httponly=True,
        samesite="strict",
    )


def _path(scope: Scope, *, folded: bool = True) -> str:
    """Return the path below the application's root, its repeated slashes folded into one."""
    path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
    return _SLASHES.sub("/", path) if folded else path


def _is_below_desk(scope: Scope) -> bool:
    # with and without the root, in any case of letters: rather one too many than one too few
    paths = (_path(scope).lower(), _SLASHES.sub("/", str(scope["path"])).lower())
    return any(path == _DESK or path.startswith(f"{_DESK}/") for path in paths)


def _is_page_load(request: Request) -> bool:
    mode = request.headers.get("sec-fetch-mode")
    wants_html = "text/html" in request.headers.get("accept", "")
    return request.method in ("GET", "HEAD") and wants_html and mode in (None, "navigate")


def _unframed(send: Send) -> Send:
    """Return ``send`` that lets no page of another origin put the desk into a frame."""

    async def with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"x-frame-options", b"SAMEORIGIN")]
            message = {**message, "headers": headers}
        await send(message)

    return with_header
