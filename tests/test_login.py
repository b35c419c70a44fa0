"""Who reaches the staff desk: those who log in, or this machine where no login is set."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI, Request, WebSocket
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.api.guard import BodyGuard
from bot.cli.staff import staff_password
from bot.errors import UsageError
from bot.settings import Settings
from bot.types import LANGUAGES, Language
from bot.web.login import StaffGuard, login_router, staff_access_note, staff_user
from bot.web.password import hash_password, is_password
from bot.web.session import COOKIE, SESSION_S, Sessions, Throttle
from bot.wording import say

PASSWORD = "correct horse battery 订单"  # noqa: S105 - an example
# as ours, but quick
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
HTML = {"Accept": "text/html"}
HERE = "http://localhost:7860"
WRONG_HASHES = [
    "x",
    "plain",
    "$argon2id$",
    "=19=65536,t=3,p=4",
    HASH[:-30],
    HASH.replace("id$", "i$", 1),
]


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def desk(settings: Settings, throttle: Throttle | None = None) -> FastAPI:
    """Return an application with a small desk behind the guard."""
    application = FastAPI()
    application.include_router(login_router(settings, throttle))

    @application.api_route("/staff/{rest:path}", methods=["GET", "POST"])
    def page(request: Request) -> str:
        return f"desk of {staff_user(request)}"

    @application.get("/other")
    def other(request: Request) -> str:
        return f"other {staff_user(request)}"

    @application.websocket("/staff/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    application.add_middleware(BodyGuard)
    application.add_middleware(StaffGuard, settings=settings)
    return application


def client(application: Any, base: str = HERE, peer: str = "127.0.0.1", **headers: str) -> "Client":
    return Client(application, base, peer, headers)


class Client:
    """Calls an application in this process, and keeps cookies."""

    def __init__(self, application: Any, base: str, peer: str, headers: dict[str, str]) -> None:
        self.cookies = httpx.Cookies()
        self._make: Callable[[], httpx.AsyncClient] = lambda: httpx.AsyncClient(
            transport=httpx.ASGITransport(application, client=(peer, 1)),
            base_url=base,
            headers=headers,
            cookies=self.cookies,
            trust_env=False,
        )

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.call("GET", path, headers)

    def post(
        self, path: str, headers: dict[str, str] | None = None, **fields: str
    ) -> httpx.Response:
        return self.call("POST", path, headers or {}, fields)

    def call(
        self, method: str, path: str, headers: dict[str, str], fields: dict[str, str] | None = None
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with self._make() as one:
                response = await one.request(method, path, headers=headers, data=fields)
                self.cookies = one.cookies
                return response

        return asyncio.run(ask())


@pytest.fixture
def open_desk() -> FastAPI:
    return desk(Settings())


@pytest.fixture
def locked_desk() -> FastAPI:
    return desk(Settings(staff_user="anna", staff_password_hash=HASH))


def logged_in(application: FastAPI, **options: Any) -> Client:
    caller = client(application, **options)
    assert caller.post("/staff/login", user="anna", password=PASSWORD).is_redirect
    return caller


@pytest.mark.parametrize(
    ("base", "peer"),
    [(HERE, "127.0.0.1"), ("http://127.0.0.1:7860", "127.0.0.1"), ("http://[::1]:7860", "::1"),
     ("http://localhost", "::ffff:127.0.0.1"), ("http://127.8.8.8", "127.0.0.9")],
)  # fmt: skip
def test_without_a_login_this_machine_reaches_the_desk(
    open_desk: FastAPI, base: str, peer: str
) -> None:
    assert client(open_desk, base, peer).get("/staff/").json() == "desk of local"


@pytest.mark.parametrize(
    ("base", "peer", "headers"),
    [
        (HERE, "192.0.2.7", {}),
        (HERE, "testclient", {}),
        (HERE, "::ffff:192.0.2.7", {}),
        ("http://evil.example:7860", "127.0.0.1", {}),
        ("http://localhost.evil.example", "127.0.0.1", {}),
        ("http://127.0.0.1.evil.example", "127.0.0.1", {}),
        (HERE, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        (HERE, "127.0.0.1", {"X-Forwarded-Host": "localhost"}),
        (HERE, "127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        (HERE, "127.0.0.1", {"Via": "1.1 proxy"}),
        (HERE, "127.0.0.1", {"X-Real-IP": "127.0.0.1"}),
        (HERE, "127.0.0.1", {"Host": "[::1"}),
        (HERE, "127.0.0.1", {"Host": ""}),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_login_nobody_else_does_and_the_page_names_the_remedy(
    open_desk: FastAPI, base: str, peer: str, headers: dict[str, str], language: Language
) -> None:
    caller = client(open_desk, base, peer, **{"Accept-Language": language}, **headers)
    page = caller.get("/staff/", **HTML)
    assert page.status_code == httpx.codes.FORBIDDEN
    assert say("login.closed", language) in unescape(page.text)
    assert "POLICYBOT_STAFF_PASSWORD_HASH" in page.text
    assert "policybot staff-password" in page.text
    problem = caller.get("/staff/config")
    assert (problem.status_code, problem.json()["code"]) == (httpx.codes.FORBIDDEN, "staff_only")
    assert caller.get("/other").json() == "other None"


def test_without_a_login_the_login_leads_this_machine_to_the_desk(open_desk: FastAPI) -> None:
    for path in ("/staff/login", "/staff/logout"):
        response = client(open_desk).get(path)
        assert response.url.join(response.headers["location"]).path == "/staff/"


@pytest.mark.parametrize(
    "path",
    ["/staff", "/staff/", "/staff/config", "/staff/gradio_api/queue/join", "//staff/", "/staff//x",
     "/Staff/", "/STAFF/config", "/%73taff/", "/staff/login/", "/staff/loginx", "/staff/login/../"],
)  # fmt: skip
def test_with_a_login_nothing_below_the_desk_is_open(locked_desk: FastAPI, path: str) -> None:
    caller = client(locked_desk)
    problem = caller.get(f"{HERE}{path}")
    assert problem.status_code == httpx.codes.UNAUTHORIZED
    assert problem.json()["code"] == "login_needed"
    assert problem.headers["www-authenticate"]
    page = caller.get(f"{HERE}{path}", **HTML)
    assert page.status_code == httpx.codes.SEE_OTHER
    assert "/staff/login" in str(page.url.join(page.headers["location"]))


def test_the_desk_is_found_without_its_slash(open_desk: FastAPI, locked_desk: FastAPI) -> None:
    for caller in (client(open_desk), logged_in(locked_desk)):
        response = caller.get("/staff", **HTML)
        assert response.url.join(response.headers["location"]).path == "/staff/"


def test_what_is_not_the_desk_needs_no_login(locked_desk: FastAPI) -> None:
    assert client(locked_desk).get("/other").json() == "other None"
    assert client(locked_desk).get("/staffroom").status_code == httpx.codes.NOT_FOUND


def test_a_login_opens_the_desk_and_leads_back_to_where_it_was_asked_for(
    locked_desk: FastAPI,
) -> None:
    caller = client(locked_desk)
    sent = caller.get("/staff/view?clause=3.5.2", **HTML)
    form = sent.url.join(sent.headers["location"])
    assert form.path == "/staff/login"
    page = caller.get(form.raw_path.decode())
    assert page.status_code == httpx.codes.OK
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    entered = caller.post(form.raw_path.decode(), user="anna", password=PASSWORD)
    assert entered.status_code == httpx.codes.SEE_OTHER
    back = entered.url.join(entered.headers["location"])
    assert back.raw_path == b"/staff/view?clause=3.5.2"
    assert caller.get("/staff/").json() == "desk of anna"
    again = caller.get("/staff/login")
    assert again.url.join(again.headers["location"]).path == "/staff/"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/staff/../other", "/staff//evil.example", "/other",
     "/staff/\\evil.example", "/staffx", "javascript:alert(1)", "/staff/x\r\nX-Evil: 1",
     "/staff/a:b", "/staff@evil.example", "/staff/login", "/staff/logout",
     "/staff/" + "a" * 600, "\x00", ""],
)  # fmt: skip
def test_a_login_leads_to_no_other_place(locked_desk: FastAPI, wanted: str) -> None:
    path = str(httpx.URL("/staff/login", params={"next": wanted}))
    entered = client(locked_desk).post(path, user="anna", password=PASSWORD)
    assert entered.url.join(entered.headers["location"]) == f"{HERE}/staff/"
    assert "x-evil" not in entered.headers


@given(st.text(alphabet="/\\.staf:@?=%&#\n\t eé", max_size=30).map(lambda end: f"/staff{end}"))
def test_wherever_a_login_leads_is_the_desk(end: str) -> None:
    from bot.web.login import _safe_next  # noqa: PLC0415

    led = httpx.URL(f"{HERE}/staff/login").join(f"../{_safe_next(end).removeprefix('/')}")
    assert led.host == "localhost"
    assert led.path == "/staff" or led.path.startswith("/staff/")


@pytest.mark.parametrize(
    ("user", "password"),
    [("anna", "wrong"), ("anna", ""), ("", PASSWORD), ("bert", PASSWORD), ("anna", PASSWORD + " "),
     ("anna", "x" * 5000), ("\ud800".encode("utf-8", "replace").decode(), "\x00")],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_told_without_saying_which(
    locked_desk: FastAPI, user: str, password: str, language: Language
) -> None:
    caller = client(locked_desk, **{"Accept-Language": language})
    response = caller.post("/staff/login", user=user, password=password)
    assert response.status_code == httpx.codes.UNAUTHORIZED
    assert say("login.wrong", language) in response.text
    assert "set-cookie" not in response.headers
    assert len(password) < 4 or password not in response.text


def test_a_wrong_name_is_checked_as_long_as_a_wrong_password(
    monkeypatch: pytest.MonkeyPatch, locked_desk: FastAPI
) -> None:
    checked: list[str] = []
    monkeypatch.setattr("bot.web.session.is_password", lambda word, _: checked.append(word))
    for user, word in (("nobody", "one"), ("anna", "two")):
        client(locked_desk).post("/staff/login", user=user, password=word)
    assert checked == ["one", "two"]


@pytest.mark.parametrize(
    "body", [b"", b"&&&=", b"user", b"\xff\xfe%zz", b"a=1&" * 100, b'{"user": "anna"}']
)
def test_a_malformed_form_is_a_wrong_one(locked_desk: FastAPI, body: bytes) -> None:
    with TestClient(locked_desk, base_url=HERE) as caller:
        response = caller.post("/staff/login", content=body)
    assert response.status_code == httpx.codes.UNAUTHORIZED


def test_what_was_typed_is_shown_as_text(locked_desk: FastAPI) -> None:
    typed = '"><script>window.ran = 1</script>'
    page = client(locked_desk).post("/staff/login", user=typed, password=typed).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_cookie_stays_with_the_desk_and_out_of_reach(locked_desk: FastAPI) -> None:
    for base, headers, is_secure in (
        (HERE, {}, False),
        ("https://policy.test", {}, True),
        ("http://policy.test", {"X-Forwarded-Proto": "https"}, True),
    ):
        caller = client(locked_desk, base, **headers)
        cookie = caller.post("/staff/login", user="anna", password=PASSWORD).headers["set-cookie"]
        attributes = {one.strip().lower() for one in cookie.split(";")[1:]}
        assert {"httponly", "samesite=strict", f"max-age={SESSION_S}"} <= attributes
        assert ("secure" in attributes) is is_secure
        # none of its own: the browser's default is where /staff/login stands, "/staff"
        assert not [one for one in attributes if one.startswith(("domain", "path"))]


FOREIGN = [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://[bad"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
]  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/staff/login", "/staff/logout"])
def test_a_foreign_page_can_log_nobody_in_or_out(
    locked_desk: FastAPI, headers: dict[str, str], path: str
) -> None:
    response = client(locked_desk).post(path, headers, user="anna", password=PASSWORD)
    assert response.status_code == httpx.codes.FORBIDDEN
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_foreign_page_can_call_nothing_of_the_desk(
    open_desk: FastAPI, locked_desk: FastAPI, headers: dict[str, str]
) -> None:
    for caller in (client(open_desk), logged_in(locked_desk)):
        assert caller.post("/staff/run", {"Origin": HERE}).is_success
        response = caller.post("/staff/run", headers)
        assert response.status_code == httpx.codes.FORBIDDEN
        assert response.json()["code"] == "origin_not_allowed"


def test_a_link_from_elsewhere_leads_to_the_desk_but_no_frame_does(locked_desk: FastAPI) -> None:
    link = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"}
    caller = logged_in(locked_desk)
    assert caller.get("/staff/", **HTML, **link, **{"Sec-Fetch-Dest": "document"}).is_success
    framed = caller.get("/staff/", **HTML, **link, **{"Sec-Fetch-Dest": "iframe"})
    assert framed.status_code == httpx.codes.FORBIDDEN
    assert caller.get("/staff/").headers["x-frame-options"] == "SAMEORIGIN"


def test_a_logout_ends_it(locked_desk: FastAPI) -> None:
    caller = logged_in(locked_desk)
    assert say("login.logout_text", "en") in caller.get("/staff/logout").text
    assert caller.get("/staff/").is_success
    gone = caller.post("/staff/logout")
    assert gone.url.join(gone.headers["location"]).path == "/staff/login"
    assert caller.get("/staff/").status_code == httpx.codes.UNAUTHORIZED
    assert caller.get("/staff/logout").is_redirect


def test_a_session_lasts_half_a_day_and_is_read_by_every_server_with_the_same_settings() -> None:
    clock = Clock()
    session = Sessions("anna", HASH, clock).give()
    other = Sessions("anna", HASH, clock)
    clock.now += SESSION_S
    assert other.user(session) == "anna"
    clock.now += 2
    assert other.user(session) is None


def test_a_new_password_or_name_ends_every_session() -> None:
    session = Sessions("anna", HASH).give()
    assert Sessions("anna", hash_password(PASSWORD)).user(session) is None
    assert Sessions("bert", HASH).user(session) is None


@given(st.text(min_size=1, max_size=60))
def test_nothing_else_is_a_session(value: str) -> None:
    sessions = Sessions("anna", "hash")
    assert sessions.user(value) is None
    assert sessions.user(value + sessions.give()) is None


def test_a_forged_cookie_opens_nothing(locked_desk: FastAPI) -> None:
    caller = client(locked_desk)
    caller.cookies.set(COOKIE, Sessions("anna", "another hash").give())
    assert caller.get("/staff/").status_code == httpx.codes.UNAUTHORIZED


def test_after_five_failures_an_address_waits_and_no_other_does() -> None:
    clock = Clock()
    application = desk(
        Settings(staff_user="anna", staff_password_hash=HASH), Throttle(5, 900, clock)
    )
    caller = client(application, peer="192.0.2.7")
    for _ in range(5):
        assert caller.post("/staff/login", user="anna", password=HASH).status_code == 401
    locked = caller.post("/staff/login", user="anna", password=PASSWORD)
    assert locked.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert int(locked.headers["retry-after"]) == 900
    assert say("login.wait", "en", minutes=15) in locked.text
    assert logged_in(application, peer="192.0.2.8")
    clock.now += 901
    assert logged_in(application, peer="192.0.2.7")


def test_whoever_gets_in_begins_anew(locked_desk: FastAPI) -> None:
    caller = client(locked_desk)
    for password in ("a", "b", "c", "d", PASSWORD, "e", "f", "g", "h"):
        status = caller.post("/staff/login", user="anna", password=password).status_code
        assert status == (303 if password == PASSWORD else 401)
    assert caller.post("/staff/login", user="anna", password=PASSWORD).is_redirect


@pytest.mark.parametrize(
    ("root", "path"), [("/sta", "/staff/"), ("/below", "/below/staff/"), ("/below", "/staff/")]
)
def test_the_desk_is_guarded_below_a_path_too(locked_desk: FastAPI, root: str, path: str) -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(locked_desk, root_path=root)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as one:
            return await one.get(path)

    assert asyncio.run(ask()).status_code == httpx.codes.UNAUTHORIZED


def test_a_success_takes_the_failures_back_and_tries_count_when_they_begin() -> None:
    throttle = Throttle(2, 60, Clock())
    assert [throttle.wait_s("192.0.2.7") for _ in range(3)] == [0, 0, 60]
    throttle.forgive("192.0.2.7")
    assert throttle.wait_s("192.0.2.7") == 0


def test_a_network_of_ipv6_is_one_address_and_few_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    throttle = Throttle(1, 60, Clock())
    assert [throttle.wait_s(f"2001:db8::{end}") for end in ("1", "2%eth0")] == [0, 60]
    assert [throttle.wait_s(one) for one in ("::ffff:192.0.2.7", "192.0.2.7")] == [0, 60]
    monkeypatch.setattr("bot.web.session._MOST_ADDRESSES", 10)
    for number in range(200):
        throttle.wait_s(f"198.51.100.{number}")
    assert len(throttle._tries) == 10


@pytest.mark.parametrize("is_open", [True, False])
def test_a_web_socket_is_guarded_too(is_open: bool) -> None:  # noqa: FBT001
    settings = Settings() if is_open else Settings(staff_password_hash=HASH)
    with TestClient(desk(settings), base_url=HERE, client=("127.0.0.1", 1)) as caller:
        if is_open:
            with caller.websocket_connect("/staff/socket", headers={"Host": "localhost"}):
                return
        with pytest.raises(WebSocketDisconnect), caller.websocket_connect("/staff/socket"):
            pytest.fail("it was let in")


@pytest.mark.parametrize("value", WRONG_HASHES, ids=range(len(WRONG_HASHES)))
def test_a_hash_that_is_none_is_told_at_the_start_with_the_remedy(value: str) -> None:
    with pytest.raises(UsageError) as caught:
        login_router(Settings(staff_password_hash=value))
    for language in LANGUAGES:
        message = caught.value.message(language)
        assert "POLICYBOT_STAFF_PASSWORD_HASH" in message
        assert "policybot staff-password" in message
        assert value not in message or len(value) < 3


def test_the_hash_is_not_shown_with_the_settings() -> None:
    assert HASH not in repr(Settings(staff_password_hash=HASH))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_says_how_the_desk_is_protected(language: Language) -> None:
    without = staff_access_note(Settings(), language)
    with_login = staff_access_note(Settings(staff_password_hash=HASH), language)
    assert "policybot staff-password" in without
    assert without != with_login
    assert HASH not in with_login


def test_a_password_composed_otherwise_is_the_same() -> None:
    assert is_password("caf\u00e9 caf\u00e9 1", hash_password("cafe\u0301 cafe\u0301 1"))


def run_command(typed: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "import typer; from bot.cli.staff import staff_password; typer.run(staff_password)"
    return subprocess.run(
        [sys.executable, "-c", code],
        input=typed,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", **environment},
    )


def test_the_command_hashes_a_line_from_a_pipe() -> None:
    done = run_command(f"{PASSWORD}\nmore\n")
    assert done.returncode == 0
    made = done.stdout.strip()
    assert is_password(PASSWORD, made)
    assert f"POLICYBOT_STAFF_PASSWORD_HASH='{made}'" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize("typed", ["", "\n", "short\n", "x" * 1001 + "\n"])
def test_the_command_refuses_a_password_that_is_too_short_or_long(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.staff._piped", lambda: typed.rstrip("\n"))
    with pytest.raises(UsageError, match="10 to 1000"):
        staff_password()


@pytest.mark.parametrize("is_same", [True, False])
def test_the_command_asks_twice_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_same: bool,  # noqa: FBT001
) -> None:
    typed = [PASSWORD, PASSWORD if is_same else f"{PASSWORD}!"]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("bot.cli.staff.getpass", lambda _: typed.pop(0))
    if is_same:
        staff_password()
        assert is_password(PASSWORD, capsys.readouterr().out.strip())
    else:
        with pytest.raises(UsageError, match="not the same"):
            staff_password()
    assert typed == []
