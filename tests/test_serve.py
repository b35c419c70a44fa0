"""The web application is served on the address asked for, or says why it cannot be."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import httpx
import pytest
import uvicorn
from keyword_search import KeywordSearch, scripted_assistant

from bot.assistant import Assistant
from bot.errors import IndexingError, ServeError
from bot.settings import Settings
from bot.types import Policy
from bot.web import serve
from bot.web.login import staff_access_note
from bot.wording import say


class AnnouncedServer(uvicorn.Server):
    """Tells when it listens, and can be stopped from outside."""

    ready: Event
    started_server: uvicorn.Server

    async def startup(self, *arguments: Any, **options: Any) -> None:
        await super().startup(*arguments, **options)
        type(self).started_server = self
        type(self).ready.set()


@contextmanager
def serving(
    opened: Callable[[Settings], Assistant], monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> Iterator[tuple[str, list[BaseException]]]:
    """Serve in a thread; give its address once it listens, and what it ended with."""
    AnnouncedServer.ready = Event()
    monkeypatch.setattr(serve.uvicorn, "Server", AnnouncedServer)
    listen, ended, listeners = serve._listen, [], []

    def listened(*address: Any) -> socket.socket:
        listeners.append(listen(*address))
        return listeners[0]

    def run() -> None:
        try:
            serve.serve_forever(Settings(port=0, **settings), opened)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            ended.append(error)

    monkeypatch.setattr(serve, "_listen", listened)
    thread = Thread(target=run)
    thread.start()
    assert AnnouncedServer.ready.wait(60)
    host, port = listeners[0].getsockname()[:2]
    try:
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}", ended
    finally:
        AnnouncedServer.started_server.should_exit = True
        thread.join(30)
    assert not thread.is_alive()


def wait_until_ready(client: httpx.Client, address: str) -> None:
    """Ask until questions can be answered; a request is the only clock here."""
    for _ in range(3000):
        if client.get(f"{address}/readyz").is_success:
            return
        Event().wait(0.02)
    pytest.fail("the server did not get ready")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def never_opened(settings: Settings) -> Assistant:
    pytest.fail("the models were loaded although the address cannot be used")


def test_a_taken_port_is_told_at_once_with_the_remedy(taken: int) -> None:
    with pytest.raises(ServeError) as caught:
        serve.serve_forever(Settings(port=taken), never_opened)
    assert f"127.0.0.1:{taken} is taken" in caught.value.message("en")
    assert "Address already in use" in caught.value.message("en")
    for language in ("zh", "en"):
        assert "--port" in caught.value.message(language)
        assert "POLICYBOT_PORT" in caught.value.message(language)


@pytest.mark.parametrize("host", ["256.0.0.1", "192.0.2.1", "a" * 64, "a..b", "[::1]"])
def test_a_host_that_cannot_be_used_is_named(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def resolve_here(name: str, *arguments: Any, **options: Any) -> Any:
        options["flags"] |= socket.AI_NUMERICHOST  # no name server is asked
        return resolve(name, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)
    with pytest.raises(ServeError) as caught:
        serve.serve_forever(Settings(host=host, port=0), never_opened)
    assert host in str(caught.value)


def test_nothing_stays_open_where_the_assistant_cannot_be_opened() -> None:
    seen: list[socket.socket] = []
    listen = serve._listen

    def failing(settings: Settings) -> Assistant:
        raise ServeError("port_taken", host="", port=0, reason="")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve, "_listen", lambda *address: seen.append(listen(*address)) or seen[0])
        with pytest.raises(ServeError):
            serve.serve_forever(Settings(port=0), failing)
    assert [one.fileno() for one in seen] == [-1]


def has_ipv6_loopback() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        pytest.param(
            "::1",
            marks=pytest.mark.skipif(not has_ipv6_loopback(), reason="no IPv6 on this machine"),
        ),
    ],
)
def test_port_0_takes_a_free_one_says_which_and_serves_the_page_there(
    host: str,
    shop: Policy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened = scripted_assistant(shop, KeywordSearch({}))
    with (
        serving(lambda _: opened, monkeypatch, host=host) as (address, ended),
        httpx.Client(trust_env=False) as client,
    ):
        wait_until_ready(client, address)
        said = capsys.readouterr().out
        assert f"policybot: {address}\n" in said
        page = client.get(address)
        assert page.status_code == httpx.codes.OK
        assert "隐私政策助手 · Privacy policy assistant" in page.text
    assert ended == []


def test_while_the_models_load_all_but_questions_is_served(
    shop: Policy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = Event()

    def opened(_: Settings) -> Assistant:
        assert loaded.wait(60)
        return scripted_assistant(shop, KeywordSearch({}))

    with (
        serving(opened, monkeypatch) as (address, _),
        httpx.Client(trust_env=False, headers={"Accept-Language": "zh"}) as client,
    ):
        try:
            for path in ("/healthz", "/widget.js", "/demo", "/clauses/3.5.2", "/api/clauses"):
                assert client.get(f"{address}{path}").is_success, path
            asked = client.post(f"{address}/api/ask", json={"question": "police"})
            page = client.get(address, headers={"Accept": "text/html"})
            script = client.get(f"{address}/config", headers={"Accept": "application/json"})
            for response in (asked, page, script):
                assert response.status_code == httpx.codes.SERVICE_UNAVAILABLE
                assert response.headers["retry-after"]
                assert say("problem.starting", "zh") in response.text
            assert "policybot:" not in capsys.readouterr().out
        finally:
            loaded.set()
        wait_until_ready(client, address)
        asked = client.post(f"{address}/api/ask", json={"question": "police"})
        assert asked.status_code == httpx.codes.OK
        assert client.get(address, headers={"Accept": "text/html"}).is_success


def test_wrong_addresses_and_methods_of_the_api_are_problems_and_no_pages(
    shop: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = scripted_assistant(shop, KeywordSearch({}))
    with (
        serving(lambda _: opened, monkeypatch) as (address, _),
        httpx.Client(trust_env=False) as client,
    ):
        wait_until_ready(client, address)
        for path in ("/api/nope", "/v1/nope", "/api/clauses/3.5.2/more", "/api/%2e%2e/staff"):
            response = client.get(f"{address}{path}")
            assert response.status_code == httpx.codes.NOT_FOUND, path
            assert response.json()["code"] == "not_found"
        for method, path in (("PUT", "/api/ask"), ("GET", "/v1/chat/completions")):
            response = client.request(method, f"{address}{path}")
            assert response.status_code == httpx.codes.METHOD_NOT_ALLOWED
            assert response.headers["allow"] == "POST"
            assert response.json()["code"] == "method_not_allowed"
        desk = client.get(f"{address}/staff", follow_redirects=True)
        assert desk.is_success
        assert desk.url.path == "/staff/"
        document = client.get(f"{address}/openapi.json", follow_redirects=True).json()
        assert document["info"]["title"] == "policybot"
        assert "Disallow: /staff" in client.get(f"{address}/robots.txt").text


def test_what_the_pages_scripts_call_is_guarded_like_the_api(
    shop: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = scripted_assistant(shop, KeywordSearch({}))
    with (
        serving(lambda _: opened, monkeypatch) as (address, _),
        httpx.Client(trust_env=False) as client,
    ):
        wait_until_ready(client, address)
        join = f"{address}/gradio_api/queue/join"
        large = client.post(join, content=b"{" + b" " * 70_000 + b"}")
        assert large.json()["code"] == "body_large"
        foreign = client.post(join, json={}, headers={"Origin": "https://evil.example"})
        assert foreign.json()["code"] == "origin_not_allowed"


def test_what_cannot_be_loaded_ends_the_server_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded = Event()

    def opened(_: Settings) -> Assistant:
        assert loaded.wait(60)
        raise IndexingError("index_busy", path="/srv/index", seconds=1)

    with serving(opened, monkeypatch) as (_, ended):
        loaded.set()
        for _ in range(3000):
            if ended:
                break
            Event().wait(0.02)
    (error,) = ended
    assert isinstance(error, IndexingError)


def test_the_start_says_how_the_staff_desk_is_guarded(
    shop: Policy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = scripted_assistant(shop, KeywordSearch({}))
    with (
        serving(lambda _: opened, monkeypatch) as (address, _),
        httpx.Client(trust_env=False) as client,
    ):
        wait_until_ready(client, address)
        assert staff_access_note(Settings(), "en") in capsys.readouterr().out
