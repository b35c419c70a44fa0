"""The widget in a real browser: asking, reading, keyboard, sizes."""

import pytest
from browser import NEEDS_CHROMIUM, PHONE, TABLET, WIDE
from playwright.sync_api import Page, expect
from widget_browser import (
    COUNT_ANNOUNCEMENTS,
    POLICE,
    Visits,
    ask,
    focused,
    open_panel,
    send,
    words,
)
from widget_server import OPENERS, WidgetServer

from bot.types import LANGUAGES, Language

pytest_plugins = ["widget_fixtures"]
pytestmark = NEEDS_CHROMIUM


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_answered_in_its_language_with_its_clauses(
    visits: Visits, language: Language
) -> None:
    page = visits.open(f"/demo?lang={language}")
    open_panel(page)
    answer = ask(page, POLICE[language])
    expect(answer.locator(".lead")).to_have_text("Lead of 3 (3.5.2).")
    expect(answer.locator(".card .number")).to_have_text(["3.5.2", "3.1", "3.2"])
    expect(answer).to_have_attribute("lang", language)
    expect(answer.locator("blockquote").first).to_have_attribute("lang", language)
    expect(page.locator(".asked")).to_have_attribute("lang", language)
    assert "“" not in answer.inner_text()  # the quotes stand in the cards, not twice


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_citation_opens_its_clause_in_both_languages_with_the_quote_marked(
    visits: Visits, server: WidgetServer, language: Language, size: tuple[int, int]
) -> None:
    page = visits.open(f"/demo?lang={language}", size)
    open_panel(page)
    ask(page, POLICE[language]).locator(".opens").nth(1).click()
    clause = server.policy.clause("3.1")
    assert clause is not None
    own, other = page.locator(".edition").nth(0), page.locator(".edition").nth(1)
    expect(own).to_have_attribute("lang", language)
    expect(own.locator("mark")).to_have_text(clause.text[language].split("\n")[0])
    assert own.locator("blockquote").text_content() == clause.text[language]
    expect(other.locator("blockquote")).to_have_text(
        clause.text[{"zh": "en", "en": "zh"}[language]]
    )
    expect(other.locator("mark")).to_have_count(0)
    first, second = own.bounding_box(), other.bounding_box()
    assert first
    assert second
    assert (first["y"] == second["y"]) is (size == WIDE)  # side by side, or one below the other
    href = page.locator(".reading a").get_attribute("href")
    assert href == f"{server.address}/clauses/3.1?lang={language}"
    assert focused(page) == "plain back"
    page.keyboard.press("Escape")
    expect(page.locator(".clause")).to_be_hidden()
    assert focused(page) == "opens"


def test_the_conversation_goes_with_the_next_question(visits: Visits, server: WidgetServer) -> None:
    page = visits.open("/demo?lang=zh")
    open_panel(page)
    ask(page, POLICE["en"])
    answer = ask(page, "and why the police?")
    expect(answer.locator(".aside").first).to_have_text("Understood as: police, and why?")
    assert server.asked[1] == {
        "question": "and why the police?",
        "history": [
            {"question": POLICE["en"], "status": "answered", "clauses": ["3.5.2", "3.1", "3.2"]}
        ],
        "language": "zh",
    }


def test_suggestions_open_a_conversation_and_follow_an_answer(visits: Visits) -> None:
    page = visits.open("/demo?lang=zh")
    assert not any("/api/" in url for url in visits.requested)
    open_panel(page)
    expect(page.locator(".offer")).to_have_text(OPENERS["zh"])
    page.locator(".offer").nth(1).click()
    expect(page.locator(".asked")).to_contain_text(OPENERS["zh"][1])
    expect(page.locator(".offer")).to_have_text(["Then what about the police?", "And how long?"])
    page.locator(".offer").first.click()
    expect(page.locator(".turn")).to_have_count(2)


def test_a_silent_policy_is_told_with_related_clauses_that_open(visits: Visits) -> None:
    page = visits.open()
    open_panel(page)
    answer = ask(page, "how long do you keep it?")
    expect(answer.locator(".plainly")).to_have_text(["Nothing on this."])
    expect(answer.locator(".card .number")).to_have_text(["1.3.2"])
    answer.locator(".opens").click()
    expect(page.locator(".edition")).to_have_count(2)
    expect(page.locator("mark")).to_have_count(0)


def test_a_long_answer_is_read_from_its_question_on(visits: Visits) -> None:
    page = visits.open(size=PHONE)
    open_panel(page)
    for question in (POLICE["en"], "what do you collect?"):
        answer = ask(page, question)
        log, asked = page.locator(".log").bounding_box(), answer.locator("..").bounding_box()
        assert log
        assert asked
        assert 0 <= asked["y"] - log["y"] <= 20


def test_start_again_forgets_all(visits: Visits, server: WidgetServer) -> None:
    page = visits.open()
    open_panel(page)
    ask(page, POLICE["en"])
    page.get_by_role("button", name=words("again")).click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".offer")).to_have_text(OPENERS["en"])
    assert page.evaluate("sessionStorage.length") == 0
    ask(page, "hello again")
    assert server.asked[-1]["history"] == []


def test_the_switch_changes_every_text_and_keeps_the_conversation(visits: Visits) -> None:
    page = visits.open()
    open_panel(page)
    expect(page.locator(".note")).to_contain_text(words("note", "en"))
    ask(page, POLICE["en"])
    page.locator("#box").fill("half a thought")
    page.locator(".switch").click()
    expect(page.get_by_role("dialog")).to_have_attribute("aria-label", words("title", "zh"))
    expect(page.locator("#box")).to_have_attribute("placeholder", words("placeholder", "zh"))
    expect(page.locator(".note")).to_contain_text(words("note", "zh"))
    expect(page.locator(".feedback")).to_contain_text(words("helped", "zh"))
    expect(page.locator(".lead")).to_have_text("Lead of 3 (3.5.2).")
    expect(page.locator("#box")).to_have_value("half a thought")
    assert focused(page) == "tool switch"


def test_one_announcement_is_made_for_a_finished_answer(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    page.evaluate(COUNT_ANNOUNCEMENTS)
    server.let_go.clear()
    send(page, "slowly, will the police see it?")
    expect(page.locator(".card")).to_have_count(1)
    assert page.evaluate("window.said") == []
    server.let_go.set()
    expect(page.locator(".card")).to_have_count(3)
    told = f"Lead of 3 (3.5.2). {words('cited', count=3)}"
    expect(page.get_by_role("status")).to_have_text(told)
    ask(page, "will the police see it?")
    assert page.evaluate("window.said") == [told, told]
    expect(page.locator(".log")).to_have_attribute("aria-live", "off")


def test_everything_works_by_keyboard_alone(visits: Visits, server: WidgetServer) -> None:
    page = visits.open()
    for _ in range(30):
        page.keyboard.press("Tab")
        if focused(page) == "launcher":
            break
    page.keyboard.press("Enter")
    assert focused(page) == "box"
    page.keyboard.type("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("the police?")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(3)
    assert server.asked[0]["question"] == "first\nthe police?"
    assert focused(page) == "box"
    reach(page, "opens", "Shift+Tab")
    outline = "one => getComputedStyle(one, '::after').outlineStyle"
    assert page.locator(".opens:focus").evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".edition")).to_have_count(2)
    page.keyboard.press("Enter")  # "back" has the focus
    expect(page.locator(".talk")).to_be_visible()
    assert focused(page) == "opens"
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    assert focused(page) == "launcher"


def reach(page: Page, wanted: str, key: str) -> None:
    """Press ``key`` until what is wanted has the focus."""
    for _ in range(20):
        page.keyboard.press(key)
        if focused(page) == wanted:
            return
    pytest.fail(f"{wanted} was not reached")


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_sheet_is_modal_and_keeps_the_focus(visits: Visits, key: str) -> None:
    page = visits.open(size=PHONE)
    open_panel(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_attribute("aria-modal", "true")
    seen = set()
    for _ in range(15):
        page.keyboard.press(key)
        seen.add(focused(page))
    assert "BODY" not in seen
    assert {"box", "send", "tool", "tool switch", "A"} <= seen
    page.locator(".scrim").click(position={"x": 10, "y": 10})
    expect(dialog).to_be_hidden()


def test_the_panel_beside_a_page_is_not_modal(visits: Visits) -> None:
    page = visits.open()
    open_panel(page)
    assert page.get_by_role("dialog").get_attribute("aria-modal") is None
    expect(page.locator(".scrim")).to_be_hidden()


@pytest.mark.parametrize(
    "detail", ["isComposing: true, keyCode: 13", "isComposing: false, keyCode: 229"]
)
def test_the_enter_that_ends_a_chinese_word_sends_nothing(
    visits: Visits, server: WidgetServer, detail: str
) -> None:
    page = visits.open("/demo?lang=zh")
    open_panel(page)
    page.locator("#box").fill("警察")
    page.locator("#box").evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', "
        f"{{key: 'Enter', bubbles: true, cancelable: true, {detail}}}))"
    )
    expect(page.locator("#box")).to_have_value("警察")
    expect(page.locator(".turn")).to_have_count(0)
    page.locator("#box").press("Enter")
    expect(page.locator(".turn")).to_have_count(1)


@pytest.mark.parametrize("typed", ["", "  \n "])
def test_nothing_is_sent_without_words(visits: Visits, server: WidgetServer, typed: str) -> None:
    page = visits.open()
    open_panel(page)
    send(page, typed)
    page.locator(".send").click()
    expect(page.locator(".turn")).to_have_count(0)
    assert server.asked == []


def test_too_long_a_question_stays_in_the_box_and_says_how_long(
    visits: Visits, server: WidgetServer
) -> None:
    page = visits.open()
    open_panel(page)
    send(page, "💬" * 2001)
    expect(page.locator(".count")).to_have_text(words("count", length=2001, limit=2000))
    expect(page.locator("#box")).to_have_attribute("aria-invalid", "true")
    assert server.asked == []
    ask(page, "💬" * 2000)
    assert len(server.asked[0]["question"]) == 2000


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE, (320, 480), (640, 360)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_panel_fits_its_screen(
    visits: Visits, language: Language, size: tuple[int, int]
) -> None:
    page = visits.open(f"/demo?lang={language}", size)
    panel = open_panel(page)
    ask(page, {"zh": "你们收集什么？", "en": "what do you collect?"}[language])
    for part in (panel, page.locator(".head"), page.locator(".send"), page.locator(".note")):
        box = part.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] + box["height"] <= size[1]
    log = page.locator(".log")
    assert log.evaluate("log => log.scrollWidth <= log.clientWidth && log.clientHeight > 60")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_keyboard_stays_away_until_the_box_is_tapped(visits: Visits) -> None:
    page = visits.open(size=PHONE, has_touch=True, is_mobile=True)
    open_panel(page)
    assert focused(page) == "panel"
    page.locator(".offer").first.tap()
    expect(page.locator(".feedback")).to_be_visible()
    assert focused(page) == "panel"


def test_targets_are_large_enough_for_a_finger(visits: Visits) -> None:
    page = visits.open(size=PHONE, has_touch=True, is_mobile=True)
    open_panel(page)
    ask(page, POLICE["en"])
    page.locator(".feedback .tool").nth(1).click()
    for one in page.locator(".panel button:not(.opens):visible, .chip, .card").all():
        box = one.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44, one.inner_text()
