"""The chat page for everybody: what is announced, named, focused and legible, and where it is."""

import pytest
from browser import NEEDS_CHROMIUM, PHONE, TABLET, WIDE, serious_findings
from chat_browser import POLICE, Opens, ask, box_of, send, speak, suggested
from playwright.sync_api import Page, expect

from bot.types import LANGUAGES, Language
from bot.wording import say

pytest_plugins = ["chat_fixtures"]
pytestmark = NEEDS_CHROMIUM

COLLECT: dict[Language, str] = {"zh": "你们都收集哪些信息？", "en": "what do you collect?"}
# Counts what a screen reader would say.
COUNT_ANNOUNCEMENTS = """() => {
    const live = document.querySelector("#spoken [role=status]");
    window.said = [];
    new MutationObserver(() => {
        const text = live.innerText.trim();
        if (text && text !== window.said.at(-1)) window.said.push(text);
        if (!text) window.said.push("");
    }).observe(live, {childList: true, characterData: true, subtree: true});
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finished_answer_is_announced_once_and_politely(opens: Opens, language: Language) -> None:
    page = opens(language)
    spoken, log = page.locator("#spoken [role=status]"), page.get_by_role("log")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("aria-live", "off")
    page.evaluate(COUNT_ANNOUNCEMENTS)
    lead = ask(page, COLLECT[language]).locator(".said").inner_text()
    expect(suggested(page).first).to_be_visible()
    expect(spoken.locator("p")).to_have_text(lead)
    expect(spoken.locator("p")).to_have_attribute("lang", language)
    assert [one for one in page.evaluate("window.said") if one] == [lead]
    ask(page, "👋")
    expect(spoken.locator("p")).to_have_text(say("status.small_talk", language))
    said = [one for one in page.evaluate("window.said") if one]
    assert said == [lead, say("status.small_talk", language)]
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")


def test_the_same_answer_twice_is_announced_twice(opens: Opens) -> None:
    page = opens()
    page.evaluate(COUNT_ANNOUNCEMENTS)
    for _ in range(2):
        ask(page, "👋")
        expect(page.locator("#spoken p")).to_have_text(say("status.small_talk", "en"))
        expect(suggested(page).first).to_be_visible()
    assert [one for one in page.evaluate("window.said") if one] == [
        say("status.small_talk", "en")
    ] * 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_are_named_by_what_they_are_and_not_by_their_markup(
    opens: Opens, language: Language
) -> None:
    page = opens(language)
    ask(page, POLICE[language])
    expect(page.get_by_role("group", name=say("chat.question", language))).to_have_count(1)
    expect(page.get_by_role("group", name=say("chat.answer", language), exact=True)).to_have_count(
        1
    )
    assert page.locator("#log [aria-label*='<']").count() == 0
    other: Language = "en" if language == "zh" else "zh"
    speak(page, other)
    expect(page.get_by_role("group", name=say("chat.question", other))).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_axe_finds_nothing_serious(
    opens: Opens, language: Language, size: tuple[int, int], scheme: str
) -> None:
    page = opens(language, size, scheme)
    expect(suggested(page).first).to_be_visible()
    assert serious_findings(page) == []
    ask(page, COLLECT[language])
    ask(page, POLICE[language])
    expect(suggested(page).first).to_be_visible()
    assert serious_findings(page) == []
    page.locator("#down").click()
    expect(page.locator("#submit")).to_be_visible()
    assert serious_findings(page) == []
    page.locator("#submit").click()
    expect(page.locator("#thumbs")).to_be_hidden()
    assert serious_findings(page) == []


def test_axe_would_find_something_serious(opens: Opens) -> None:
    page = opens()
    page.evaluate("document.querySelector('#send').style.color = '#0e6e66'")
    assert [one.partition(":")[0] for one in serious_findings(page)] == ["color-contrast"]


def test_reasons_are_one_group_for_the_arrow_keys(opens: Opens) -> None:
    page = opens()
    ask(page, POLICE["en"])
    page.locator("#down").focus()
    page.keyboard.press("Enter")
    radios = page.locator("#reason input")
    expect(radios.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(radios.nth(1)).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.locator("#comment textarea")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#submit")).to_be_focused()


def test_the_language_switch_works_with_the_arrow_keys(opens: Opens) -> None:
    page = opens("en")
    page.locator("#language input[value=en]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h1")).to_have_text(say("page.title", "zh"))
    expect(page.locator("html")).to_have_attribute("lang", "zh")


def test_a_suggestion_chosen_by_keyboard_leaves_the_focus_where_its_answer_comes(
    opens: Opens,
) -> None:
    page = opens()
    suggested(page).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_have_count(1)
    expect(page.locator("#thread")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("summary").first).to_be_focused()


def beside(page: Page) -> bool:
    """Tell whether both editions of the open clause stand side by side."""
    first, second = (
        page.locator("details[open] blockquote").nth(place).bounding_box() for place in (0, 1)
    )
    assert first is not None
    assert second is not None
    if second["x"] >= first["x"] + first["width"]:
        assert abs(first["y"] - second["y"]) < 2  # texts begin in one line
        return True
    assert second["y"] >= first["y"] + first["height"]
    return False


@pytest.mark.parametrize(
    ("size", "expected"), [(WIDE, True), (TABLET, True), ((690, 800), False), (PHONE, False)]
)
def test_editions_stand_side_by_side_where_there_is_room(
    opens: Opens, size: tuple[int, int], *, expected: bool
) -> None:
    page = opens("zh", size)
    ask(page, POLICE["zh"])
    expect(suggested(page).first).to_be_visible()
    assert beside(page) is expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clause_opens_on_its_own_page(opens: Opens, language: Language) -> None:
    page = opens(language)
    answer = ask(page, POLICE[language])
    page.context.route("**/clauses/**", lambda route: route.fulfill(body="clause"))
    link = answer.get_by_role("link", name=say("chat.permalink", language, clause="3.5.2"))
    with page.context.expect_page() as opened:
        link.click()
    assert opened.value.url.endswith(f"/clauses/3.5.2?lang={language}")
    assert opened.value.evaluate("window.opener") is None
    opened.value.close()


def test_a_whole_list_has_one_frame_and_its_heading(opens: Opens) -> None:
    page = opens()
    answer = ask(page, COLLECT["en"])
    group = answer.locator("section")
    expect(group.get_by_role("heading")).to_have_text("Information we may collect")
    frames = group.locator("details.clause").evaluate_all(
        "all => all.map(one => getComputedStyle(one).borderLeftWidth)"
    )
    assert frames == ["0px"] * 7
    assert group.evaluate("one => getComputedStyle(one).borderLeftWidth") == "1px"


def test_the_waiting_sign_keeps_still_where_motion_is_not_wanted(opens: Opens) -> None:
    page = opens()
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(
        """() => document.querySelector("#log").insertAdjacentHTML(
            "beforeend", "<p class='looking'>x</p>")"""
    )
    name = "one => getComputedStyle(one, '::before').animationName"
    assert page.locator(".looking").evaluate(name) == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.locator(".looking").evaluate(name) == "breathe"
    send(page, POLICE["en"])
    expect(box_of(page)).to_have_value("")
