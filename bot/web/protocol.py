"""Speak HTTP to clients with little patience for those that never finish their headers."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_TIMEOUT_S = 10.0


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection whose request's headers are not complete in time.

    A client that sends a byte of its headers now and then would else hold a connection for ever.
    Bodies have a limit of their own; see ``bot.api.guard``.
    """

    headers_timeout_s = HEADERS_TIMEOUT_S
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        """Start the clock with the connection."""
        super().connection_made(transport)
        self._start_waiting()

    def on_message_begin(self) -> None:
        """Start the clock with each later request of the connection."""
        super().on_message_begin()
        self._start_waiting()

    def on_headers_complete(self) -> None:
        """Stop the clock."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _start_waiting(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.headers_timeout_s, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
