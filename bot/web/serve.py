"""Serve the web application on one address until it is stopped."""

import socket
from collections.abc import Callable

import uvicorn

from bot.assistant import Assistant
from bot.cli.terminal import console
from bot.errors import ServeError
from bot.settings import Settings

_BACKLOG = 128


def serve_forever(settings: Settings, open_assistant: Callable[[Settings], Assistant]) -> None:
    """Take the address, get the assistant ready, say where it is, and serve.

    The address is taken first: a port in use shows at once, not after the models are loaded.

    Raises:
        ServeError: the address cannot be used.
    """
    with _listen(settings.host, settings.port) as listener:
        assistant = open_assistant(settings)
        from bot.web.application import create_application  # noqa: PLC0415 - gradio loads slowly

        application = create_application(assistant)
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        console.print(f"policybot: http://{shown}:{port}", highlight=False)
        config = uvicorn.Config(application, log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except UnicodeError as error:  # a label of the host name is empty or too long
        raise ServeError("port_taken", host=host, port=port, reason=error) from error
    except OSError as error:
        raise ServeError("port_taken", host=host, port=port, reason=error.strerror) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ServeError("port_taken", host=host, port=port, reason=error.strerror) from error
    return listener
