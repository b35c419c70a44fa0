"""The web application is served on the address asked for, or says why it cannot be."""

import socket
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import httpx
import pytest
import uvicorn
from keyword_search import KeywordSearch, scripted_assistant

from bot.assistant import Assistant
from bot.errors import ServeError
from bot.settings import Settings
from bot.types import Policy
from bot.web import serve


class AnnouncedServer(uvicorn.Server):
    """Tells when it is ready, and can be stopped from outside."""

    ready: Event
    started_server: uvicorn.Server

    async def startup(self, *arguments: Any, **options: Any) -> None:
        await super().startup(*arguments, **options)
        type(self).started_server = self
        type(self).ready.set()


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
    AnnouncedServer.ready = Event()
    monkeypatch.setattr(serve.uvicorn, "Server", AnnouncedServer)
    thread = Thread(
        target=serve.serve_forever,
        args=(
            Settings(host=host, port=0),
            lambda settings: scripted_assistant(shop, KeywordSearch({})),
        ),
    )
    thread.start()
    assert AnnouncedServer.ready.wait(60)
    try:
        address = capsys.readouterr().out.strip().removeprefix("policybot: ")
        assert address.startswith(f"http://[{host}]:" if ":" in host else f"http://{host}:")
        with httpx.Client(trust_env=False) as client:
            page = client.get(address)
        assert page.status_code == httpx.codes.OK
        assert "隐私政策助手 · Privacy policy assistant" in page.text
    finally:
        AnnouncedServer.started_server.should_exit = True
        thread.join(30)
    assert not thread.is_alive()
