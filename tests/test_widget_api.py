"""The widget over the product's own API, on the server's pages and on those of another origin."""

from collections.abc import Iterator

import pytest
from browser import NEEDS_CHROMIUM
from fastapi import FastAPI
from keyword_search import with_hostile_clause
from playwright.sync_api import Page, expect
from served import serving
from web_service import api_of, scripted_service
from widget_browser import Visits, ask, open_panel, send, words
from widget_server import WidgetServer

from bot.api.service import Service
from bot.feedback.types import Reason
from bot.types import LANGUAGES, Language, Policy
from bot.web.widget.build import widget_router
from bot.wording import say

pytest_plugins = ["widget_fixtures"]
pytestmark = NEEDS_CHROMIUM

POLICE: dict[Language, str] = {"zh": "警察要查我的订单怎么办？", "en": "will you tell the police?"}


@pytest.fixture(scope="module")
def service(shop: Policy) -> Service:
    return scripted_service(with_hostile_clause(shop))


@pytest.fixture(scope="module")
def product(running: WidgetServer, service: Service) -> Iterator[str]:
    """Serve the product's API with the widget, open to the pages of the stub's origin."""
    with serving(with_widget(api_of(service, running.address))) as address:
        yield address


def with_widget(application: FastAPI) -> FastAPI:
    application.include_router(widget_router())
    return application


def panel_of(visits: Visits, product: str, path: str) -> Page:
    visits.server.address = product
    page = visits.open(path)
    open_panel(page)
    return page


@pytest.fixture(autouse=True)
def own_address(server: WidgetServer) -> Iterator[None]:
    """Some tests look at another server: the stub's own address comes back."""
    address = server.address
    yield
    server.address = address


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_answered_and_its_clause_opened(
    visits: Visits, product: str, service: Service, language: Language
) -> None:
    page = panel_of(visits, product, f"/demo?lang={language}")
    expect(page.locator(".offer")).to_have_text(list(service.suggestions.openers(language)))
    answer = ask(page, POLICE[language])
    expect(answer.locator(".lead")).to_contain_text("3.5.2")
    expect(answer.locator(".card")).to_have_count(3)
    expect(page.locator(".offer").first).to_be_visible()
    answer.locator(".opens").first.click()
    clause = service.policy.clause("3.5.2")
    assert clause is not None
    own = page.locator(f".edition[lang={language}] blockquote")
    expect(own.locator("mark")).to_be_visible()
    assert own.text_content() == clause.text[language]
    expect(page.locator(".path")).to_contain_text(clause.path[language][0])


def test_a_silent_policy_a_follow_up_and_a_failure_are_told(visits: Visits, product: str) -> None:
    page = panel_of(visits, product, "/demo?lang=en")
    silent = ask(page, "how long do you keep it?")
    expect(silent.locator(".plainly")).to_have_count(1)
    expect(silent.locator(".card")).to_have_count(2)
    ask(page, POLICE["en"])
    expect(ask(page, "and why?").locator(".aside").first).to_contain_text(POLICE["en"])
    send(page, "will it break?")
    expect(page.locator(".trouble p, .plainly").last).to_contain_text("does not mean")


def test_feedback_arrives(visits: Visits, product: str, service: Service) -> None:
    page = panel_of(visits, product, "/demo?lang=zh")
    answer = ask(page, POLICE["zh"])
    answer.get_by_role("button", name=words("down", "zh")).click()
    page.get_by_label(Reason.UNCLEAR.words("zh")).check()
    answer.get_by_role("button", name=words("feedback_send", "zh")).click()
    expect(answer.locator(".feedback")).to_have_text(words("thanks", "zh"))
    kept = list(service.feedback.every())[-1].feedback
    assert (kept.clauses, kept.reason) == (("3.5.2", "3.1", "3.2"), "unclear")


def test_a_page_of_an_allowed_origin_is_served(
    visits: Visits, server: WidgetServer, product: str
) -> None:
    policy = f"default-src 'none'; script-src {product}; connect-src {product}"
    page = visits.host(
        f'<script src="{product}/widget.js" async></script>',
        headers={
            "Content-Security-Policy": policy,
            "Cross-Origin-Embedder-Policy": "require-corp",
        },
    )
    open_panel(page)
    expect(page.locator(".offer").first).to_be_visible()
    ask(page, POLICE["en"]).locator(".opens").first.click()
    expect(page.locator(".edition mark")).to_be_visible()
    hosts = {url.split("/")[2] for url in visits.requested}
    assert hosts == {one.removeprefix("http://") for one in (server.address, product)}
    visits.requested.clear()


def test_a_page_of_an_origin_that_is_not_allowed_is_told_that_nothing_comes(
    visits: Visits, server: WidgetServer, service: Service
) -> None:
    visits.expected = ("CORS", "net::ERR_FAILED", "403")
    with serving(with_widget(api_of(service))) as closed:
        page = visits.host(f'<script src="{closed}/widget.js" async></script>')
        page.clock.install()
        open_panel(page)
        send(page, POLICE["en"])
        for _ in range(4):
            expect(page.locator(".busy")).to_have_text(words("waiting_network"))
            page.clock.run_for(8_100)
        expect(page.locator(".trouble p")).to_have_text(words("trouble_network"))
        page.close()
    visits.requested.clear()


def test_a_server_whose_models_are_loading_is_waited_for(
    visits: Visits, shop: Policy, server: WidgetServer
) -> None:
    visits.expected = ("503",)
    ready = scripted_service(shop)
    starting = Service(shop, ready.feedback, ready.suggestions)
    with serving(with_widget(api_of(starting))) as address:
        page = panel_of(visits, address, "/demo?lang=en")
        send(page, POLICE["en"])
        expect(page.locator(".busy")).to_have_text(words("waiting_starting"))
        starting.start(ready.assistant)
        expect(page.locator(".card")).to_have_count(3)
        assert say("page.language_name", "zh") in page.locator(".switch").inner_text()
        page.close()
