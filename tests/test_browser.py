"""The chat page in a real browser: asking, answers, suggestions, whatever is typed."""

import pytest
from browser import NEEDS_CHROMIUM, PHONE
from chat_browser import (
    POLICE,
    Opens,
    WaitingSearch,
    ask,
    assert_fits,
    box_of,
    send,
    speak,
    suggested,
)
from keyword_search import HOSTILE, QUESTION_LIMIT
from playwright.sync_api import Page, expect

from bot.suggest import Suggestions
from bot.types import LANGUAGES, Language
from bot.wording import say

pytest_plugins = ["chat_fixtures"]
pytestmark = NEEDS_CHROMIUM


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_leads_and_cites_with_the_quote_marked(opens: Opens, language: Language) -> None:
    answer = ask(opens(language), POLICE[language])
    expect(answer.locator("details.clause")).to_have_count(3)
    expect(answer.locator(".said")).to_contain_text("3.5.2")
    first, second = answer.locator("details.clause").nth(0), answer.locator("details.clause").nth(1)
    expect(first.locator("mark")).to_be_visible()
    expect(second.locator("mark")).to_be_hidden()
    second.locator("summary").click()
    expect(second.locator("mark")).to_be_visible()
    own, other = second.locator("blockquote").nth(0), second.locator("blockquote").nth(1)
    expect(own).to_have_attribute("lang", language)
    expect(other).not_to_have_attribute("lang", language)
    expect(other).to_be_visible()
    assert second.locator("mark").inner_text() in own.inner_text()
    expect(other.locator("mark")).to_have_count(0)


def test_the_question_stands_there_while_its_answer_is_looked_for(
    opens: Opens, search: WaitingSearch
) -> None:
    page = opens()
    search.let_go.clear()
    send(page, "slowly, will you tell the police?")
    expect(page.locator(".asked")).to_have_text("slowly, will you tell the police?")
    expect(box_of(page)).to_have_value("")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(page.locator(".looking")).to_have_text(say("chat.looking", "en"))
    assert page.locator(".answer").count() == 0
    search.let_go.set()
    expect(page.locator(".answer details.clause")).to_have_count(3)
    expect(page.locator(".looking")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-US", "en"), ("fr-FR", "en")],
)
def test_the_page_opens_in_the_browsers_language(
    opens: Opens, locale: str, language: Language
) -> None:
    page = opens(language, locale=locale)
    expect(page.locator("#send")).to_have_text(say("page.send", language))
    expect(page.locator(f"#language input[value={language}]")).to_be_checked()


def assert_speaks(page: Page, language: Language, suggestions: Suggestions) -> None:
    expect(page.locator("h1")).to_have_text(say("page.title", language))
    expect(box_of(page)).to_have_attribute("placeholder", say("page.placeholder", language))
    expect(page.get_by_label(say("page.placeholder", language))).to_be_visible()
    expect(page.locator("#send")).to_have_text(say("page.send", language))
    expect(page.locator("#again")).to_have_text(say("page.again", language))
    expect(page.locator("#note")).to_contain_text(
        say("page.note", language, version="1.0", effective="")[:12]
    )
    expect(page.locator("#log")).to_contain_text(say("page.greeting", language))
    expect(suggested(page)).to_have_text(list(suggestions.openers(language)))
    expect(page.locator("#suggestions p")).to_have_text(say("chat.openers", language))
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("log", name=say("chat.log", language))).to_be_attached()


def test_the_switch_changes_every_text_and_back(opens: Opens, suggestions: Suggestions) -> None:
    page = opens("zh")
    assert_speaks(page, "zh", suggestions)
    speak(page, "en")
    assert_speaks(page, "en", suggestions)
    speak(page, "zh")
    assert_speaks(page, "zh", suggestions)


def test_the_switch_keeps_the_conversation_and_sets_the_language_of_what_has_no_words(
    opens: Opens,
) -> None:
    page = opens("en")
    ask(page, POLICE["en"])
    expect(page.locator("#suggestions p")).to_have_text(say("chat.next", "en"))
    offered = suggested(page).all_inner_texts()
    speak(page, "zh")
    expect(suggested(page)).to_have_text(offered)  # they go on from the answer
    expect(page.locator(".asked")).to_have_text([POLICE["en"]])
    expect(ask(page, "👋")).to_have_text(say("status.small_talk", "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_opener_asks_itself_and_start_again_brings_all_back(
    opens: Opens, suggestions: Suggestions, language: Language
) -> None:
    page = opens(language)
    for place, opener in enumerate(suggestions.openers(language)):
        suggested(page).nth(place).click()
        expect(page.locator(".asked")).to_have_text(opener)
        expect(page.locator(".answer .said.answered")).to_be_visible()
        expect(page.locator("#suggestions p")).to_have_text(say("chat.next", language))
        page.locator("#again").click()
        expect(suggested(page)).to_have_text(list(suggestions.openers(language)))
        expect(page.locator(".asked")).to_have_count(0)
        expect(box_of(page)).to_be_focused()


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_after_an_answer_questions_to_go_on_with_are_offered_in_its_language(
    opens: Opens, suggestions: Suggestions, language: Language, other: Language
) -> None:
    page = opens(other)
    ask(page, POLICE[language])
    known = {worded[language] for worded in suggestions.questions.values()}
    expect(suggested(page)).to_have_count(3)
    first = suggested(page).first
    assert {*suggested(page).all_inner_texts()} <= known
    expect(first).to_have_attribute("lang", language)
    question = first.inner_text()
    first.click()
    expect(page.locator(".asked")).to_have_text([POLICE[language], question])
    expect(page.locator(".answer")).to_have_count(2)
    expect(suggested(page).first).to_be_visible()
    assert question not in suggested(page).all_inner_texts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_start_again_forgets_a_question_that_is_still_looked_for(
    opens: Opens, search: WaitingSearch, suggestions: Suggestions, language: Language
) -> None:
    page = opens(language)
    search.let_go.clear()
    send(page, "slowly, will you tell the police?")
    expect(page.locator(".looking")).to_be_visible()
    page.locator("#again").click()
    expect(page.locator(".asked")).to_have_count(0)
    expect(suggested(page)).to_have_text(list(suggestions.openers(language)))
    search.let_go.set()
    expect(ask(page, "and why?").locator(".said.off_topic")).to_be_visible()
    expect(page.locator(".asked")).to_have_text(["and why?"])


def test_what_is_typed_while_an_answer_is_looked_for_stays_and_can_be_sent(
    opens: Opens, search: WaitingSearch
) -> None:
    page = opens()
    search.let_go.clear()
    box_of(page).fill("slowly, will you tell the police?")
    box_of(page).press("Enter")
    expect(box_of(page)).to_have_value("")
    box_of(page).fill("how long do you keep it all?")
    search.let_go.set()
    expect(page.locator(".answer details.clause")).to_have_count(3)
    expect(box_of(page)).to_have_value("how long do you keep it all?")
    box_of(page).press("Enter")
    expect(page.locator(".answer .said.silent").first).to_be_visible()


def test_a_follow_up_leans_on_the_conversation_until_it_starts_again(opens: Opens) -> None:
    page = opens()
    ask(page, POLICE["en"])
    follow_up = ask(page, "and why?")
    expect(follow_up.locator(".understood")).to_contain_text(f"{POLICE['en']} and why?")
    expect(follow_up.locator("details.clause")).to_have_count(3)
    page.locator("#again").click()
    expect(page.locator(".answer")).to_have_count(0)
    expect(ask(page, "and why?").locator(".said.off_topic")).to_be_visible()


def test_two_visitors_do_not_share_a_conversation(opens: Opens) -> None:
    first, second = opens(), opens()
    ask(first, POLICE["en"])
    expect(second.locator(".answer")).to_have_count(0)
    expect(ask(second, "and why?").locator(".said.off_topic")).to_be_visible()


@pytest.mark.parametrize("typed", ["", "   ", "\u200b"])
def test_a_question_without_content_does_nothing(opens: Opens, typed: str) -> None:
    page = opens()
    box_of(page).fill(typed)
    page.locator("#send").click()
    expect(box_of(page)).to_have_value("")
    expect(suggested(page).first).to_be_visible()
    ask(page, POLICE["en"])
    expect(page.locator(".asked")).to_have_text([POLICE["en"]])


def test_too_long_a_question_is_refused_with_the_reason(opens: Opens) -> None:
    page = opens(size=PHONE)
    answer = ask(page, "x" * (QUESTION_LIMIT + 1))
    expect(answer.locator(".said.refused")).to_have_text(
        say("status.too_long", "en", length=QUESTION_LIMIT + 1, limit=QUESTION_LIMIT)
    )
    expect(page.locator(".asked")).to_have_text("x" * (QUESTION_LIMIT + 1))
    assert_fits(page)


MARKUP = [
    "<script>window.ran = 1</script>",
    '<img src="x" onerror="window.ran = 1">',
    "<b>bold</b> &amp; </div></details>",
    "**bold** _it_ `code` [link](https://elsewhere.example/)",
    "![picture](https://elsewhere.example/picture.png)",
    "# heading",
    "a < b && b > c",
    "$$x^2$$ and $y$",
    "https://elsewhere.example/",
    "{{ 7 * 7 }} ${7 * 7}",
    ":smile: <thinking>no</thinking>",
    "| a | b |",
]


def test_markup_that_is_typed_is_shown_as_it_was_typed(opens: Opens) -> None:
    page = opens()
    for typed in MARKUP:
        ask(page, typed)
        assert page.locator(".asked").last.inner_text() == typed
    assert page.locator(".asked").all_inner_texts() == MARKUP
    assert page.locator(".asked *").count() == 0
    assert page.evaluate("window.ran") is None


def test_a_line_break_in_a_question_is_kept_and_begins_no_markdown(opens: Opens) -> None:
    page = opens()
    ask(page, "first\n\n# second\n- third")
    assert page.locator(".asked").inner_text() == "first\n\n# second\n- third"
    assert set(page.locator(".asked *").evaluate_all("all => all.map(one => one.tagName)")) == {
        "BR"
    }


def test_a_lone_surrogate_breaks_nothing(opens: Opens) -> None:
    page = opens()
    box_of(page).evaluate(
        """box => {
            box.value = "will the police \\ud800 ask?";
            box.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
    )
    box_of(page).press("Enter")
    expect(page.locator(".answer .said.answered")).to_be_visible()


def test_markup_in_the_policy_is_shown_as_text(opens: Opens) -> None:
    page = opens()
    answer = ask(page, "hostile?")
    quote = answer.locator("blockquote").first
    assert quote.inner_text() == HOSTILE
    expect(answer.locator("summary")).to_contain_text("<i>Heading</i> **two**")
    expect(answer.locator(".path")).to_have_text("<b>Section</b>")
    assert set(quote.locator("*").evaluate_all("all => all.map(one => one.tagName)")) == {
        "MARK",
        "BR",
    }
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["break", "index"])
def test_an_error_inside_is_told_as_a_failure(opens: Opens, language: Language, word: str) -> None:
    page = opens(language)
    question = {"zh": f"你们会不会 {word}", "en": f"will it {word} today?"}[language]
    expect(ask(page, question)).to_have_text(say("status.failed", language))
    text = page.locator("body").inner_text()
    for hidden in ("Traceback", "secret cause", "RuntimeError", "/srv/index"):
        assert hidden not in text
    expect(ask(page, POLICE[language]).locator("details.clause")).to_have_count(3)
