"""The fixtures of the tests that use the widget in a real browser."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from browser import ARGUMENTS, CHROMIUM
from keyword_search import with_hostile_clause
from playwright.sync_api import Browser, sync_playwright
from served import serving
from widget_browser import Visits
from widget_server import WidgetServer, create_stub

from bot.types import Policy


@pytest.fixture(scope="module")
def running(shop: Policy) -> Iterator[WidgetServer]:
    """Serve the widget over a scripted API."""
    server = WidgetServer(with_hostile_clause(shop))
    with serving(create_stub(server)) as address:
        server.address = address
        yield server
        server.let_go.set()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def server(running: WidgetServer) -> WidgetServer:
    """Return the server, with nothing left of the test before."""
    running.reset()
    return running


@pytest.fixture
def visits(chromium: Browser, server: WidgetServer) -> Iterator[Visits]:
    """Open pages; none may report an error that is not expected, or ask another host."""
    made = Visits(chromium, server)
    yield made
    server.let_go.set()
    for one in made.contexts:
        one.close()
    unexpected = [one for one in made.errors if not any(word in one for word in made.expected)]
    assert unexpected == []
    assert {urlsplit(url).netloc for url in made.requested if not url.startswith("data:")} <= {
        urlsplit(server.address).netloc
    }
