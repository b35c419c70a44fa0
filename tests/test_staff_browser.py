"""The staff desk in a real browser."""

import re
from collections.abc import Iterator
from threading import Event

import pytest
from browser import ARGUMENTS, CHROMIUM, LOCALES, NEEDS_CHROMIUM, PHONE, WIDE, serious_findings
from keyword_search import HOSTILE, KeywordSearch, scripted_assistant, with_hostile_clause
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from served import serving

from bot.corpus.suggestions import read_suggestions
from bot.feedback.memory import MemoryFeedback
from bot.feedback.types import Feedback, Thumb
from bot.settings import CORPUS
from bot.types import LANGUAGES, Hit, Language, Policy, Retrieval, Status
from bot.web.gradio_pages import create_pages
from bot.wording import say

pytestmark = NEEDS_CHROMIUM


class WaitingSearch(KeywordSearch):
    """Finds what has "slowly" in it only when it is let go."""

    let_go = Event()
    begun = Event()

    def __call__(self, question: str) -> Retrieval:
        if "slowly" in question:
            self.begun.set()
            assert self.let_go.wait(30)
        return super().__call__(question)


@pytest.fixture(scope="module")
def address(shop: Policy) -> Iterator[str]:
    police = Retrieval((Hit("3.5.2", 0.9, ("meaning", "words")), Hit("3.1", 0.4)))
    script = {
        "police": police,
        "警察": police,
        "slowly": Retrieval((Hit("4.1", 0.9),)),
        "hostile": Retrieval((Hit("9.9", 0.9),)),
        "onerror": Retrieval((Hit("9.9", 0.9),)),
    }
    store = MemoryFeedback(180)
    for question in ("will the police see it?", HOSTILE):
        store.keep(Feedback(question, "en", Status.SILENT, (), shop.id, "1.0", Thumb.DOWN))
    assistant = scripted_assistant(with_hostile_clause(shop), WaitingSearch(script))
    with serving(create_pages(assistant, store, read_suggestions(CORPUS, shop))) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


def open_desk(
    browser: Browser,
    address: str,
    language: Language = "en",
    size: tuple[int, int] = WIDE,
    scheme: str = "light",
) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=LOCALES[language],
        color_scheme="dark" if scheme == "dark" else "light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{address}/staff/")
    expect(page.locator("#results details")).not_to_have_count(0, timeout=30_000)
    return page


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = open_desk(browser, address)
    yield opened
    assert opened.evaluate("window.ran") is None
    opened.context.close()


def box(page: Page) -> Locator:
    return page.locator("#search input")


def card(page: Page, clause: str) -> Locator:
    return page.locator(f"#results details[data-clause='{clause}']")


def search(page: Page, query: str, first: str) -> None:
    box(page).fill(query)
    expect(page.locator("#results details").first).to_have_attribute("data-clause", first)


def test_clauses_are_found_while_one_types(page: Page) -> None:
    expect(page.locator("#results details")).to_have_count(36)
    box(page).press_sequentially("will the police")
    expect(page.locator("#results details")).to_have_count(2)
    expect(card(page, "3.5.2").locator("blockquote").first).to_be_visible()
    expect(card(page, "3.1").locator("blockquote").first).to_be_hidden()
    expect(page.locator("#found")).to_have_text(say("staff.counted", "en", count=2))
    box(page).fill("")
    expect(page.locator("#results details")).to_have_count(36)


def test_a_slow_search_never_ends_up_over_a_newer_one(page: Page) -> None:
    WaitingSearch.begun.clear()
    WaitingSearch.let_go.clear()
    box(page).fill("slowly")
    assert WaitingSearch.begun.wait(15)
    box(page).fill("police")
    WaitingSearch.let_go.set()
    expect(card(page, "3.5.2")).to_be_visible()
    expect(page.locator("#results details")).to_have_count(2)
    box(page).press("Enter")
    expect(card(page, "4.1")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_speaks_the_browsers_language_and_changes_to_the_other(
    browser: Browser, address: str, language: Language
) -> None:
    page = open_desk(browser, address, language)
    expect(page.locator("h1")).to_have_text(say("staff.title", language))
    expect(page.locator("html")).to_have_attribute("lang", language)
    other: Language = "en" if language == "zh" else "zh"
    search(page, "3.5.2", "3.5.2")
    page.locator(f"#language input[value={other}]").check()
    expect(page.locator("h1")).to_have_text(say("staff.title", other))
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("#results figure").first).to_have_attribute("lang", other)
    page.locator(f"#edition input[value={language}]").check()
    expect(page.locator("#results figure").first).to_have_attribute("lang", language)
    expect(page.locator("h1")).to_have_text(say("staff.title", other))
    page.context.close()


def test_a_reply_is_copied_with_its_whole_address_and_the_copy_is_confirmed(
    page: Page, address: str
) -> None:
    search(page, "police", "3.5.2")
    page.get_by_role("button", name=say("staff.copy_zh", "en")).first.click()
    told = say("staff.copied_zh", "en", clause="3.5.2")
    expect(page.locator("#told")).to_have_text(told)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("您好")
    assert copied.endswith(f"{address}/clauses/3.5.2?lang=zh")


def test_where_nothing_can_be_copied_the_reply_is_shown_to_copy_by_hand(page: Page) -> None:
    page.evaluate(
        """() => {
            navigator.clipboard.writeText = () => Promise.reject(new Error("no"));
            document.execCommand = () => false;
        }"""
    )
    search(page, "police", "3.5.2")
    page.get_by_role("button", name=say("staff.copy_en", "en")).first.click()
    expect(page.locator(".by-hand")).to_have_value(
        re.compile("^Hello.*3[.]5[.]2[?]lang=en$", re.DOTALL)
    )
    expect(page.locator("#told")).to_have_text(say("staff.copy_failed", "en"))


def test_the_desk_is_used_by_keyboard_alone(page: Page) -> None:
    search(page, "police", "3.5.2")
    box(page).press("ArrowDown")
    expect(card(page, "3.5.2").locator("summary")).to_be_focused()
    page.keyboard.press("j")
    expect(card(page, "3.1").locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(page, "3.1").locator("blockquote").first).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator("#told")).to_have_text(say("staff.copied_en", "en", clause="3.1"))
    page.keyboard.press("k")
    expect(card(page, "3.5.2").locator("summary")).to_be_focused()
    with page.context.expect_page() as opened:
        page.keyboard.press("p")
    assert opened.value.url.endswith("/clauses/3.5.2?lang=en")
    page.bring_to_front()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.type("/?jkcp")
    expect(box(page)).to_have_value("/?jkcp")


def test_single_keys_can_be_turned_off(page: Page) -> None:
    page.locator("#help .help").click()
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    box(page).press("ArrowDown")
    expect(card(page, "0.1").locator("summary")).to_be_focused()


def test_a_question_without_an_answer_is_searched_for_by_a_click(page: Page) -> None:
    questions = page.locator("#unanswered li button")
    expect(questions).to_have_count(2)
    questions.filter(has_text="police").click()
    expect(box(page)).to_have_value("will the police see it?")
    expect(page.locator("#results details")).to_have_count(2)


def test_markup_in_a_question_or_clause_never_runs(page: Page) -> None:
    page.locator("#unanswered li button").filter(has_text="onerror").click()
    expect(page.locator("#results details")).to_have_count(1)
    expect(card(page, "9.9").locator("blockquote").first).to_be_visible()
    expect(card(page, "9.9").locator("blockquote").first).to_contain_text("<script>")
    assert page.locator("#desk img, #desk script").count() == 0


def test_the_section_filters_what_is_found(page: Page) -> None:
    page.locator("#section input").click()
    page.get_by_role("option", name="4 ").click()
    expect(page.locator("#results details")).to_have_count(2)


def test_on_a_phone_nothing_is_cut_off_and_the_questions_wait_closed(
    browser: Browser, address: str
) -> None:
    page = open_desk(browser, address, "zh", PHONE)
    search(page, "警察", "3.5.2")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    first, second = (page.locator("#results figure").nth(place).bounding_box() for place in (0, 1))
    assert first is not None
    assert second is not None
    assert second["y"] >= first["y"] + first["height"]
    expect(page.locator("#unanswered")).to_be_hidden()
    page.locator("#inbox-title button").click()
    expect(page.locator("#unanswered")).to_be_visible()
    expect(page.locator("#inbox-title button")).to_have_attribute("aria-expanded", "true")
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, address: str, scheme: str) -> None:
    page = open_desk(browser, address, "en", WIDE, scheme)
    search(page, "police", "3.5.2")
    assert serious_findings(page) == []
    page.context.close()
