"""Slow clients: who never finishes its headers is let go, and nobody waits for it."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from served import serving

from bot.web.protocol import ImpatientProtocol

PATIENCE_S = 0.3


class QuickProtocol(ImpatientProtocol):
    headers_timeout_s = PATIENCE_S


async def answer(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        start = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-length", b"2")],
        }
        await send(start)
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(answer, http=QuickProtocol, lifespan="off") as address:
        yield int(address.rpartition(":")[2])


def is_closed_by_server(connection: socket.socket) -> bool:
    connection.settimeout(20 * PATIENCE_S)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_headers_that_are_never_complete_end_the_connection(port: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        start = time.monotonic()
        connection.sendall(sent)
        assert is_closed_by_server(connection)
        assert time.monotonic() - start > PATIENCE_S / 2


def test_a_later_request_of_a_connection_is_timed_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.settimeout(10)
        received = b""
        while not received.endswith(b"ok"):
            received += connection.recv(1000)
        connection.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert is_closed_by_server(connection)


def test_others_are_served_while_many_are_slow(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n")
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"http://127.0.0.1:{port}/").text == "ok"
        assert all(is_closed_by_server(connection) for connection in slow)
    finally:
        for connection in slow:
            connection.close()


def test_a_whole_request_is_not_hurried(port: int) -> None:
    with httpx.Client(trust_env=False) as client:
        for _ in range(3):
            assert client.get(f"http://127.0.0.1:{port}/").text == "ok"
