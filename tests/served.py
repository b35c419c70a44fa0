"""Serve an application in a thread, for tests that need a real socket."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import uvicorn


class ReadyServer(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, *arguments: Any, **options: Any) -> None:
        """Start, then tell."""
        await super().startup(*arguments, **options)
        self.ready.set()


@contextmanager
def serving(application: Any, **options: Any) -> Iterator[str]:
    """Serve ``application`` on a free port of this machine; yield its address.

    ``options`` are uvicorn's.
    """
    config = uvicorn.Config(application, log_level="critical", access_log=False, **options)
    server = ReadyServer(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert server.ready.wait(60)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
