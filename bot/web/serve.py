"""Serve the web application on one address until it is stopped."""

import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from bot.api.service import Service
from bot.cli.terminal import console, terminal_language
from bot.corpus.policy import policy_folders, read_policy
from bot.corpus.suggestions import read_suggestions
from bot.errors import ServeError
from bot.feedback.sql import open_feedback
from bot.settings import Settings
from bot.web.application import Told, create_application
from bot.web.login import staff_access_note
from bot.web.protocol import ImpatientProtocol

if TYPE_CHECKING:  # it imports the models' libraries, and the server listens before those
    from bot.assistant import Assistant

_BACKLOG = 1024
_KEEP_ALIVE_S = 15
_SHUTDOWN_S = 10


def serve_forever(settings: Settings, open_assistant: "Callable[[Settings], Assistant]") -> None:
    """Take the address, serve at once, and say where when questions can be answered.

    The address is taken first: a port in use shows at once, not after the models are loaded.

    Raises:
        ServeError: the address cannot be used.
        PolicybotError: the corpus, a model, the index or the database is not usable.
    """
    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        server.should_exit = True

    with _listen(settings.host, settings.port) as listener:
        told = Told(ready=partial(_say_where, listener, settings), failed=failed)
        application = create_application(
            open_service(settings), settings, partial(open_assistant, settings), told
        )
        config = uvicorn.Config(
            application,
            http=ImpatientProtocol,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_SHUTDOWN_S,
        )
        server = uvicorn.Server(config)
        server.run(sockets=[listener])
    if failures:
        raise failures[0]


def open_service(settings: Settings) -> Service:
    """Read the policy and its suggestions and open the feedback; no model is loaded.

    Raises:
        PolicybotError: the corpus or the database is not usable; says why.
    """
    policy = read_policy(settings.corpus, settings.policy)
    folder = policy_folders(settings.corpus)[policy.id]
    return Service(policy, open_feedback(settings), read_suggestions(folder, policy))


def _say_where(listener: socket.socket, settings: Settings) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    console.print(f"policybot: http://{shown}:{port}", highlight=False)
    note = staff_access_note(settings, terminal_language())
    console.print(note, highlight=False, soft_wrap=True)


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
