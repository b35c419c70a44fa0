"""The fixtures of the tests that use the chat page in a real browser."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from browser import ARGUMENTS, CHROMIUM, LOCALES, WIDE
from chat_browser import BreakableFeedback, Opens, WaitingSearch
from keyword_search import answers, believing, scripted_assistant, with_hostile_clause
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from served import serving

from bot.corpus.suggestions import Suggestions, read_suggestions
from bot.errors import IndexingError
from bot.settings import CORPUS
from bot.types import Language, Policy, Status
from bot.web.gradio_pages import create_pages
from bot.wording import say


@pytest.fixture(scope="module")
def search() -> WaitingSearch:
    """Return the search behind the page."""
    return WaitingSearch(
        {
            "break": RuntimeError("secret cause"),
            "index": IndexingError("index_broken", what="/srv/index", reason="disk full"),
            "how long": believing(Status.SILENT, "1.3.2", "1.3.3"),
            "hostile": believing(Status.ANSWERED, "9.9"),
            **answers(["police", "警察"], "3.5.2", "3.1", "3.2"),
            **answers(["sell", "出售"], "3.1"),
            **answers(["orders I place", "下单"], "1.2.3"),
            **answers(["collect", "收集"], *(f"1.2.{number}" for number in range(1, 8))),
            **answers(["child", "孩子"], "4.2"),
        }
    )


@pytest.fixture(scope="module")
def store() -> BreakableFeedback:
    """Return where the page's feedback is kept."""
    return BreakableFeedback()


@pytest.fixture(scope="module")
def suggestions(shop: Policy) -> Suggestions:
    """Return what the page suggests."""
    return read_suggestions(CORPUS, shop)


@pytest.fixture(scope="module")
def address(
    shop: Policy, search: WaitingSearch, store: BreakableFeedback, suggestions: Suggestions
) -> Iterator[str]:
    """Serve the page over a scripted search; return its address."""
    assistant = scripted_assistant(with_hostile_clause(shop), search)
    with serving(create_pages(assistant, store, suggestions)) as where:
        yield where
        search.let_go.set()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def context_for(browser: Browser) -> Iterator[Callable[[str, str], BrowserContext]]:
    """Return what gives the browser context of a locale and a colour scheme, each made once."""
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def context(locale: str, scheme: str) -> BrowserContext:
        if (locale, scheme) not in contexts:
            made = browser.new_context(
                locale=locale, color_scheme="dark" if scheme == "dark" else "light"
            )
            made.set_default_timeout(15_000)
            contexts[locale, scheme] = made
        return contexts[locale, scheme]

    yield context
    for one in contexts.values():
        one.close()


@pytest.fixture
def opens(context_for: Callable[[str, str], BrowserContext], address: str) -> Iterator[Opens]:
    """Return what opens the page as a new visitor; no page may report an error or go elsewhere."""
    pages: list[Page] = []
    requested: list[str] = []
    errors: list[str] = []

    def visit(
        language: Language = "en",
        size: tuple[int, int] = WIDE,
        scheme: str = "light",
        locale: str = "",
    ) -> Page:
        page = context_for(locale or LOCALES[language], scheme).new_page()
        pages.append(page)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("request", lambda request: requested.append(request.url))
        page.on("websocket", lambda opened: requested.append(opened.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
        page.on(
            "console",
            lambda message: errors.append(message.text) if message.type == "error" else None,
        )
        page.goto(address)
        expect(page.locator("h1")).to_have_text(say("page.title", language))
        return page

    yield visit
    for page in pages:
        page.close()
    assert errors == []
    hosts = {urlsplit(url).netloc for url in requested if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(address).netloc}
