"""The widget when things go wrong: networks, servers, storage, feedback that does not arrive."""

import json
from pathlib import Path

import pytest
from browser import NEEDS_CHROMIUM
from playwright.sync_api import Page, expect
from widget_browser import (
    COUNT_ANNOUNCEMENTS,
    POLICE,
    Visits,
    ask,
    focused,
    kept,
    open_panel,
    send,
    try_again,
    words,
)
from widget_server import WidgetServer

import bot.web.widget.build as built
from bot.types import LANGUAGES, Language

pytest_plugins = ["widget_fixtures"]
pytestmark = NEEDS_CHROMIUM

EVENTS = (Path(built.__file__).parent / "events.js").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def troubled(visits: Visits) -> None:
    """The browser reports what the server refuses and the network drops."""
    visits.expected = ("Failed to load resource", "net::ERR")


def trouble_in(page: Page) -> str:
    return page.locator(".trouble p").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_starts_is_waited_for(
    visits: Visits, server: WidgetServer, language: Language
) -> None:
    page = visits.open(f"/demo?lang={language}")
    open_panel(page)
    server.refusals += [(503, "1"), (503, "0"), (502, "0")]
    send(page, POLICE[language])
    expect(page.locator(".busy")).to_have_text(words("waiting_starting", language))
    expect(page.locator(".card")).to_have_count(3)
    assert len(server.asked) == 4
    expect(page.locator(".trouble")).to_have_count(0)


def test_a_server_that_stays_away_is_told_with_a_way_on(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    server.refusals += [(503, "3600")]
    send(page, POLICE["en"])
    expect(page.locator(".trouble")).to_be_visible()
    assert trouble_in(page) == words("trouble_starting")
    expect(page.get_by_role("status")).to_have_text(words("trouble_starting"))
    try_again(page)
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator(".turn")).to_have_count(1)
    assert focused(page) == "box"


def test_a_dropped_connection_is_tried_again_while_nothing_was_shown(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    server.refusals += [(0, "")]
    send(page, POLICE["en"])
    expect(page.locator(".busy")).to_have_text(words("waiting_network"))
    expect(page.locator(".card")).to_have_count(3)
    assert len(server.asked) == 2


def test_without_a_network_nothing_is_lost(visits: Visits, server: WidgetServer) -> None:
    page = visits.open()
    open_panel(page)
    page.context.set_offline(True)
    send(page, POLICE["en"])
    expect(page.locator(".busy")).to_have_text(words("waiting_offline"))
    page.locator("#box").fill("typed meanwhile")
    expect(page.locator(".asked")).to_contain_text(POLICE["en"])
    page.context.set_offline(False)
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator("#box")).to_have_value("typed meanwhile")


def test_a_connection_that_comes_back_ends_the_wait(visits: Visits, server: WidgetServer) -> None:
    page = visits.open()
    open_panel(page)
    server.refusals += [(503, "50")]
    send(page, POLICE["en"])
    expect(page.locator(".busy")).to_have_text(words("waiting_starting"))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".card")).to_have_count(3)


def test_a_network_that_stays_away_ends_in_try_again(visits: Visits) -> None:
    page = visits.open()
    open_panel(page)
    page.clock.install()
    page.context.set_offline(True)
    send(page, POLICE["en"])
    for _ in range(4):
        expect(page.locator(".busy")).to_have_text(words("waiting_offline"))
        page.clock.run_for(8_100)
    expect(page.locator(".trouble")).to_be_visible()
    assert trouble_in(page) == words("trouble_offline")
    page.context.set_offline(False)
    try_again(page)
    expect(page.locator(".card")).to_have_count(3)


@pytest.mark.parametrize("how", ["end", "break"])
def test_half_an_answer_is_marked_as_broken_off_and_asked_again(
    visits: Visits, server: WidgetServer, how: str
) -> None:
    page = visits.open()
    open_panel(page)
    server.cuts.append(how)
    server.let_go.clear()
    send(page, POLICE["en"])
    expect(page.locator(".card")).to_have_count(1)
    server.let_go.set()
    expect(page.locator(".trouble")).to_be_visible()
    assert trouble_in(page) == words("trouble_cut")
    expect(page.locator(".lead")).to_have_text("Lead of 3 (3.5.2).")
    expect(page.locator(".feedback")).to_have_count(0)
    assert len(server.asked) == 1
    try_again(page)
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".trouble")).to_have_count(0)
    assert server.asked[1] == server.asked[0]


def test_an_error_in_the_stream_is_told_in_the_servers_words(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    server.cuts.append("error")
    send(page, POLICE["en"])
    expect(page.locator(".trouble p")).to_have_text("It broke inside.")
    try_again(page)
    expect(page.locator(".card")).to_have_count(3)


@pytest.mark.parametrize(("status", "calls"), [(500, 1), (422, 1), (403, 1), (429, 2)])
def test_only_what_passes_is_tried_again(
    visits: Visits, server: WidgetServer, status: int, calls: int
) -> None:
    page = visits.open()
    open_panel(page)
    server.refusals += [(status, "0")]
    send(page, POLICE["en"])
    if calls == 1:
        expect(page.locator(".trouble p")).to_have_text(f"Detail of {status}.")
        typed = POLICE["en"] if status < 500 else ""
        expect(page.locator("#box")).to_have_value(typed)  # what was refused can be mended
    else:
        expect(page.locator(".card")).to_have_count(3)
    assert len(server.asked) == calls


def test_an_answer_of_status_failed_offers_another_try(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    answer = ask(page, "it fails inside")
    expect(answer.locator(".plainly")).to_have_text(["It is failed."])
    expect(answer.locator(".feedback")).to_have_count(0)
    answer.get_by_role("button", name=words("retry")).click()
    expect(page.locator(".send")).to_have_attribute("data-does", "send")
    assert len(server.asked) == 2


def test_twenty_seconds_without_a_byte_are_enough(visits: Visits, server: WidgetServer) -> None:
    page = visits.open()
    open_panel(page)
    page.clock.install()
    server.let_go.clear()
    with page.expect_response("**/api/ask/stream"):
        send(page, "stalls at once, police")
    page.clock.run_for(19_000)
    expect(page.locator(".busy")).to_be_visible()
    page.clock.run_for(1_500)
    expect(page.locator(".trouble p")).to_have_text(words("trouble_slow"))
    assert len(server.asked) == 1


def test_an_answer_can_be_stopped_and_what_was_typed_meanwhile_stays(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    server.let_go.clear()
    send(page, "slowly, the police")
    expect(page.locator(".card")).to_have_count(1)
    send(page, "the next question")  # Enter sends nothing while an answer comes
    page.get_by_role("button", name=words("stop")).click()
    expect(page.locator(".trouble p")).to_have_text(words("trouble_stopped"))
    expect(page.locator("#box")).to_have_value("the next question")
    server.let_go.set()
    page.locator("#box").press("Enter")
    expect(page.locator(".turn")).to_have_count(2)
    assert server.asked[1]["history"] == []  # what was stopped is no part of the conversation


def test_start_again_while_an_answer_comes_leaves_nothing_of_it(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    server.let_go.clear()
    send(page, "slowly, the police")
    expect(page.locator(".card")).to_have_count(1)
    page.evaluate(COUNT_ANNOUNCEMENTS)
    page.get_by_role("button", name=words("again")).click()
    server.let_go.set()
    ask(page, "hello")
    assert page.evaluate("window.said") == ["It is small_talk."]
    expect(page.locator(".turn")).to_have_count(1)
    assert len(json.loads(kept(page))["turns"]) == 1


def test_a_clause_that_cannot_be_fetched_leaves_its_quote_and_a_way_on(visits: Visits) -> None:
    page = visits.open()
    open_panel(page)
    answer = ask(page, POLICE["en"])
    page.context.set_offline(True)
    answer.locator(".opens").first.click()
    expect(page.locator(".reading .trouble p")).to_have_text(words("clause_failed"))
    expect(page.locator(".reading mark")).to_be_visible()
    page.context.set_offline(False)
    try_again(page)
    expect(page.locator(".edition")).to_have_count(2)


# How a stream may be cut, and what is in it: its events are the same.
PARSED = """([source, text, size]) => {
    const parser = new (new Function(`${source}; return EventParser`)())();
    const bytes = new TextEncoder().encode(text);
    const found = [];
    for (let at = 0; at < bytes.length; at += size) {
        found.push(...parser.take(bytes.slice(at, at + size)));
    }
    return found.map(({event, data}) => [event, data]);
}"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_events_are_read_however_the_bytes_are_cut(visits: Visits, end: str) -> None:
    lines = [
        ": ping",
        "event: status",
        'data: {"a": "警察 💬"}',
        "",
        ":",
        "",
        "id: 3",
        "retry: 10",
        "data:first",
        "data:  second",
        "data",
        "",
        "event: nothing",
        "",
        "event: last",
        "data: x",
        "",
        "data: never finished",
    ]
    page = visits.host("<p>text</p>")
    wanted = [["status", '{"a": "警察 💬"}'], ["message", "first\n second\n"], ["last", "x"]]
    text = end.join(lines)
    for size in (*range(1, 9), 1000):
        assert page.evaluate(PARSED, [EVENTS, text, size]) == wanted, size
