"""What the widget remembers, and what it is told of its answers: storage, thumbs, comments."""

import json

import pytest
from browser import NEEDS_CHROMIUM
from playwright.sync_api import expect
from widget_browser import POLICE, Visits, ask, focused, kept, open_panel, send, try_again, words
from widget_server import WidgetServer

pytest_plugins = ["widget_fixtures"]
pytestmark = NEEDS_CHROMIUM


@pytest.fixture(autouse=True)
def troubled(visits: Visits) -> None:
    """The browser reports what the server refuses and the network drops."""
    visits.expected = ("Failed to load resource", "net::ERR")


def test_the_conversation_and_the_draft_outlive_a_reload(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    ask(page, POLICE["en"])
    server.let_go.clear()
    send(page, "slowly, the police")
    expect(page.locator(".card")).to_have_count(4)
    page.locator("#box").fill("half a thought")
    page.reload()
    open_panel(page)
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".trouble p")).to_have_text(words("trouble_cut"))
    expect(page.locator("#box")).to_have_value("half a thought")
    server.let_go.set()
    try_again(page)
    expect(page.locator(".card")).to_have_count(6)
    assert server.asked[-1]["history"][0]["clauses"] == ["3.5.2", "3.1", "3.2"]


def test_no_more_than_twenty_turns_are_kept_and_sent(visits: Visits, server: WidgetServer) -> None:
    page = visits.open()
    open_panel(page)
    for number in range(22):
        ask(page, f"hello {number}")
    assert [one["question"] for one in server.asked[-1]["history"]] == [
        f"hello {number}" for number in range(1, 21)
    ]
    assert len(json.loads(kept(page))["turns"]) == 20


@pytest.mark.parametrize(
    "stored", ["{", "null", "[]", '{"turns": [1, {"question": 2}], "draft": 3}']
)
def test_a_damaged_memory_is_no_memory(visits: Visits, server: WidgetServer, stored: str) -> None:
    page = visits.open()
    open_panel(page)
    ask(page, POLICE["en"])
    page.evaluate(
        "text => { for (const key in sessionStorage) sessionStorage[key] = text; }", stored
    )
    page.reload()
    open_panel(page)
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, POLICE["en"])


def test_denied_storage_breaks_nothing(visits: Visits, server: WidgetServer) -> None:
    page = visits.host("<p>text</p>")
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no'); }})"
    )
    page.goto(f"{server.address}/demo?lang=en")
    open_panel(page)
    ask(page, POLICE["en"])
    page.get_by_role("button", name=words("again")).click()
    expect(page.locator(".turn")).to_have_count(0)


def test_nothing_is_stored_where_remembering_is_off(visits: Visits) -> None:
    page = visits.host('<script src="/widget.js" data-remember="off" async></script>')
    open_panel(page)
    ask(page, POLICE["en"])
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]


def test_a_thumb_up_is_sent_once(visits: Visits, server: WidgetServer) -> None:
    page = visits.open()
    open_panel(page)
    answer = ask(page, POLICE["en"])
    answer.get_by_role("button", name=words("up")).click()
    expect(answer.locator(".feedback")).to_have_text(words("thanks"))
    assert server.feedback == [
        {
            "question": POLICE["en"],
            "language": "en",
            "status": "answered",
            "clauses": ["3.5.2", "3.1", "3.2"],
            "version": "1.0",
            "thumb": "up",
        }
    ]
    page.reload()
    open_panel(page)
    expect(page.locator(".feedback")).to_have_text(words("thanks"))


def test_a_thumb_down_asks_why_and_a_failure_can_be_tried_again(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    answer = ask(page, POLICE["en"])
    server.feedback_statuses.append(503)
    answer.get_by_role("button", name=words("down")).click()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")  # from the first reason to the second
    page.get_by_label(words("comment")).fill("  <b>not</b> what I meant ")
    answer.get_by_role("button", name=words("feedback_send")).click()
    expect(answer.locator(".told")).to_have_text("Feedback is closed just now.")
    assert focused(page) == "main"
    answer.get_by_role("button", name=words("feedback_send")).click()
    expect(answer.locator(".feedback")).to_have_text(words("thanks"))
    (given,) = server.feedback
    assert (given["thumb"], given["reason"]) == ("down", "not_answered")
    assert given["comment"] == "<b>not</b> what I meant"


def test_a_thumb_down_needs_no_reason_and_can_be_taken_back(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    answer = ask(page, POLICE["en"])
    answer.get_by_role("button", name=words("down")).click()
    answer.get_by_role("button", name=words("cancel")).click()
    assert server.feedback == []
    answer.get_by_role("button", name=words("down")).click()
    answer.get_by_role("button", name=words("feedback_send")).click()
    expect(answer.locator(".feedback")).to_have_text(words("thanks"))
    assert set(server.feedback[0]) & {"reason", "comment"} == set()
