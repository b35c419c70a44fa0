"""How the chat page lies on its screen: what fits, what is seen, keyboard and contrast."""

import pytest
from browser import CONTRAST, NEEDS_CHROMIUM, PHONE, WIDE
from chat_browser import POLICE, Opens, ask, assert_fits, box_of, suggested
from playwright.sync_api import expect

from bot.types import LANGUAGES, Language

pytest_plugins = ["chat_fixtures"]
pytestmark = NEEDS_CHROMIUM


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [WIDE, PHONE, (320, 640)])
def test_the_page_fits_its_screen_before_and_after_a_long_answer(
    opens: Opens, language: Language, size: tuple[int, int]
) -> None:
    page = opens(language, size)
    assert_fits(page)
    for suggestion in suggested(page).all():
        suggestion.scroll_into_view_if_needed()
        expect(suggestion).to_be_in_viewport(ratio=0.99)
    answer = ask(page, {"zh": "你们都收集哪些信息？", "en": "what do you collect?"}[language])
    expect(answer.locator("details.clause")).to_have_count(7)
    assert_fits(page)
    expect(suggested(page).first).to_be_visible()
    for part in (*answer.locator("details.clause").all(), *suggested(page).all()):
        part.scroll_into_view_if_needed()
        expect(part).to_be_in_viewport(ratio=0.5)  # the open one is higher than a small screen
    page.locator("#down").click()
    for name in ("#reason", "#comment", "#submit"):
        page.locator(name).scroll_into_view_if_needed()
        expect(page.locator(name)).to_be_in_viewport(ratio=0.99)
    assert_fits(page)


def test_a_long_answer_is_shown_from_its_question_on(opens: Opens) -> None:
    page = opens(size=PHONE)
    for count, question in enumerate((POLICE["en"], "what do you collect from me today?"), 1):
        answer = ask(page, question)
        expect(page.locator(".asked")).to_have_count(count)
        expect(page.locator(".asked").last).to_be_in_viewport(ratio=1)
        expect(answer.locator(".said")).to_be_in_viewport(ratio=1)
        expect(suggested(page).first).to_be_visible()
        asked = page.locator(".asked").last.bounding_box()
        thread = page.locator("#thread").bounding_box()
        assert asked is not None
        assert thread is not None
        assert asked["y"] - thread["y"] < 40


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_page_works_by_keyboard_alone(opens: Opens, key: str) -> None:
    page = opens()
    expect(box_of(page)).to_be_focused()
    page.keyboard.type(POLICE["en"])
    page.keyboard.press("Enter")
    clauses = page.locator("details.clause")
    expect(clauses).to_have_count(3)
    expect(box_of(page)).to_be_focused()
    for _ in range(12):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    focused = page.locator("summary:focus")
    outline = focused.evaluate("one => getComputedStyle(one).outlineStyle")
    assert outline == "solid"
    clause = focused.locator("xpath=..")
    was_open = clause.get_attribute("open") is not None
    page.keyboard.press("Enter")
    expect(clause.locator("blockquote").first).to_be_visible(visible=not was_open)
    page.keyboard.press("Enter")
    expect(clause.locator("blockquote").first).to_be_visible(visible=was_open)


def test_shift_enter_begins_a_new_line_and_asks_nothing(opens: Opens) -> None:
    page = opens()
    box_of(page).focus()
    page.keyboard.type("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    expect(box_of(page)).to_have_value("first\nsecond")
    expect(page.locator(".asked")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_legible(opens: Opens, scheme: str) -> None:
    page = opens(scheme=scheme)
    for part in (
        "h1",
        "#language label span",
        "#log .placeholder p",
        "#suggestions p",
        ".suggestion",
    ):
        assert page.locator(part).first.evaluate(CONTRAST) >= 4.5, part
    for part in ("#send", "#again", "#note p"):
        assert page.locator(part).evaluate(CONTRAST) >= 4.5, part
    assert box_of(page).evaluate(CONTRAST, "::placeholder") >= 4.5
    ask(page, POLICE["en"])
    ask(page, "and why?")
    expect(suggested(page).first).to_be_visible()  # complete, nothing fades any more
    for part in (".asked", ".said", ".understood", "summary", ".number", ".path", "mark"):
        assert page.locator(part).first.evaluate(CONTRAST) >= 4.5, part
    for part in ("figcaption", "figure + figure blockquote", ".permalink a", "#helped p", "#up"):
        assert page.locator(part).first.evaluate(CONTRAST) >= 4.5, part


def test_the_dark_page_is_dark(opens: Opens) -> None:
    shade = "getComputedStyle(document.querySelector('gradio-app')).backgroundColor"
    light, dark = (
        [int(part) for part in opens(scheme=scheme).evaluate(shade)[4:-1].split(",")[:3]]
        for scheme in ("light", "dark")
    )
    assert min(light) > 200
    assert max(dark) < 50
