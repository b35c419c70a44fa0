"""The thumbs below an answer, in a real browser."""

import pytest
from browser import NEEDS_CHROMIUM, PHONE
from chat_browser import POLICE, BreakableFeedback, Opens, ask, speak
from playwright.sync_api import Page, expect

from bot.errors import FeedbackError
from bot.feedback.types import Feedback, Reason, Thumb
from bot.types import LANGUAGES, Language, Policy, Status
from bot.wording import say

pytest_plugins = ["chat_fixtures"]
pytestmark = NEEDS_CHROMIUM


def expect_thanks(page: Page, language: Language = "en") -> None:
    expect(page.locator("#feedback-said")).to_have_text(say("chat.thanks", language))
    expect(page.locator("#thumbs")).to_be_hidden()
    expect(page.locator("#doubt")).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thumb_up_is_kept_with_the_answer_it_belongs_to(
    opens: Opens, store: BreakableFeedback, shop: Policy, language: Language
) -> None:
    page = opens(language)
    expect(page.locator("#thumbs")).to_be_hidden()
    question = {"zh": "警察会知道吗？（一）", "en": "will the police know of this one?"}[language]
    ask(page, question)
    expect(page.locator("#helped")).to_have_text(say("chat.helped", language))
    page.get_by_role("button", name=Thumb.UP.words(language), exact=True).click()
    expect_thanks(page, language)
    clauses = ("3.5.2", "3.1", "3.2")
    assert store.all_of(question) == [
        Feedback(question, language, Status.ANSWERED, clauses, shop.id, shop.version, Thumb.UP)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thumb_down_asks_for_a_reason_and_a_comment(
    opens: Opens, store: BreakableFeedback, language: Language
) -> None:
    page = opens(language, PHONE)
    question = {"zh": "警察会知道吗？（二）", "en": "will the police know of that one?"}[language]
    ask(page, question)
    page.get_by_role("button", name=Thumb.DOWN.words(language), exact=True).click()
    group = page.get_by_role("group", name=say("chat.reason", language))
    expect(group.get_by_role("radio")).to_have_count(len(Reason))
    expect(group.get_by_role("radio").first).to_be_focused()
    group.get_by_label(Reason.INCOMPLETE.words(language)).check()
    page.get_by_label(say("chat.comment", language)).fill("  nothing on courts ")
    page.get_by_role("button", name=say("chat.submit", language)).click()
    expect_thanks(page, language)
    expect(page.locator("#feedback-said")).to_be_focused()
    [said] = store.all_of(question)
    assert said.thumb is Thumb.DOWN
    assert said.reason is Reason.INCOMPLETE
    assert said.comment == "nothing on courts"


def test_a_thumb_down_needs_neither_reason_nor_comment(
    opens: Opens, store: BreakableFeedback
) -> None:
    page = opens()
    ask(page, "will the police need a reason?")
    page.locator("#down").click()
    page.locator("#submit").click()
    expect_thanks(page)
    [said] = store.all_of("will the police need a reason?")
    assert (said.thumb, said.reason, said.comment) == (Thumb.DOWN, None, "")


def test_cancel_keeps_nothing_and_brings_the_thumbs_back_empty(
    opens: Opens, store: BreakableFeedback
) -> None:
    page = opens()
    ask(page, "will the police cancel?")
    page.locator("#down").click()
    page.get_by_label(Reason.OTHER.words("en")).check()
    page.locator("#comment textarea").fill("never mind")
    page.locator("#cancel").click()
    expect(page.locator("#down")).to_be_focused()
    expect(page.locator("#doubt")).to_be_hidden()
    assert store.all_of("will the police cancel?") == []
    page.locator("#down").click()
    expect(page.locator("#comment textarea")).to_have_value("")
    expect(page.locator("#reason input:checked")).to_have_count(0)


def test_one_answer_is_rated_once_however_often_it_is_clicked(
    opens: Opens, store: BreakableFeedback
) -> None:
    page = opens()
    ask(page, "will the police click twice?")
    expect(page.locator("#up")).to_be_visible()
    page.evaluate("for (let times = 0; times < 3; times++) document.querySelector('#up').click()")
    expect_thanks(page)
    ask(page, "how long will this one take?")
    expect(page.locator("#feedback-said")).to_have_text("")
    page.locator("#up").click()
    expect_thanks(page)
    assert len(store.all_of("will the police click twice?")) == 1
    assert len(store.all_of("how long will this one take?")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_known", [True, False])
def test_trouble_is_told_and_the_same_word_can_be_sent_again(
    opens: Opens, store: BreakableFeedback, language: Language, *, is_known: bool
) -> None:
    page = opens(language)
    question = {"zh": f"警察会重试吗 {is_known}", "en": f"will the police retry {is_known}?"}[
        language
    ]
    ask(page, question)
    page.locator("#down").click()
    page.get_by_label(Reason.UNCLEAR.words(language)).check()
    page.locator("#comment textarea").fill("try again")
    known = FeedbackError("unknown_half", half="third")
    store.trouble = known if is_known else OSError("/srv/secret")
    try:
        page.locator("#submit").click()
        told = known.message(language) if is_known else say("chat.feedback_failed", language)
        expect(page.locator("#feedback-said .trouble")).to_have_text(told)
    finally:
        store.trouble = None
    assert "secret" not in page.locator("body").inner_text()
    expect(page.locator("#comment textarea")).to_have_value("try again")
    page.locator("#submit").click()
    expect_thanks(page, language)
    [said] = store.all_of(question)
    assert (said.reason, said.comment) == (Reason.UNCLEAR, "try again")


def test_a_failure_is_not_rated_and_silence_is(opens: Opens, store: BreakableFeedback) -> None:
    page = opens()
    ask(page, "how long is it all kept?")
    page.locator("#up").click()
    expect_thanks(page)
    [said] = store.all_of("how long is it all kept?")
    assert (said.status, said.clauses) == (Status.SILENT, ())
    ask(page, "will it break today?")
    expect(page.locator("#suggestions .suggestion").first).to_be_visible()
    expect(page.locator("#thumbs")).to_be_hidden()


def test_start_again_takes_the_thumbs_away(opens: Opens) -> None:
    page = opens()
    ask(page, POLICE["en"])
    page.locator("#down").click()
    expect(page.locator("#doubt")).to_be_visible()
    page.locator("#again").click()
    expect(page.locator("#doubt")).to_be_hidden()
    expect(page.locator("#thumbs")).to_be_hidden()


def test_the_switch_changes_the_panels_language_and_keeps_what_was_chosen(opens: Opens) -> None:
    page = opens("zh")
    ask(page, POLICE["zh"])
    page.locator("#down").click()
    page.get_by_label(Reason.OTHER.words("zh")).check()
    speak(page, "en")
    expect(page.get_by_role("group", name=say("chat.reason", "en"))).to_be_visible()
    expect(page.get_by_label(Reason.OTHER.words("en"))).to_be_checked()
    expect(page.get_by_label(say("chat.comment", "en"))).to_be_visible()
    expect(page.locator("#submit")).to_have_text(say("chat.submit", "en"))


def test_a_comment_has_a_limit_and_markup_in_it_is_kept_as_text(
    opens: Opens, store: BreakableFeedback
) -> None:
    page = opens()
    ask(page, "will the police read markup?")
    page.locator("#down").click()
    expect(page.locator("#comment textarea")).to_have_attribute("maxlength", "500")
    page.locator("#comment textarea").fill("<script>window.ran = 1</script>")
    page.locator("#submit").click()
    expect_thanks(page)
    [said] = store.all_of("will the police read markup?")
    assert said.comment == "<script>window.ran = 1</script>"
    assert page.evaluate("window.ran") is None
