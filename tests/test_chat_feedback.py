"""What is kept of a customer's word on an answer, and what is told where it cannot be."""

import logging
from collections.abc import Iterator

import pytest

from bot.errors import FeedbackError
from bot.feedback.prepare import COMMENT_LONGEST
from bot.feedback.types import Feedback, KeptFeedback, Reason, Thumb
from bot.types import LANGUAGES, Answer, Citation, Language, Policy, Status
from bot.web.chat_feedback import keep, word_on
from bot.web.chat_turns import Exchange
from bot.wording import say

TYPED = "my card is 4111"
EXCHANGE = Exchange(
    f"will the police get it? {TYPED}",
    Answer(
        Status.ANSWERED,
        "en",
        "Text.",
        (Citation("3.5.2", "quote"), Citation("3.1", "quote")),
        policy_version="older",
    ),
)


class BrokenStore:
    """A feedback store whose every method raises what it is given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def keep(self, feedback: Feedback) -> KeptFeedback:
        raise self.error

    def unanswered(self, policy: str, limit: int) -> tuple[KeptFeedback, ...]:
        raise self.error

    def every(self) -> Iterator[KeptFeedback]:
        raise self.error

    def purge(self) -> int:
        raise self.error


def test_a_word_names_question_answer_and_policy(shop: Policy) -> None:
    said = word_on(EXCHANGE, shop, Thumb.DOWN, Reason.UNCLEAR, "  too long \n")
    assert said == Feedback(
        question=EXCHANGE.question,
        language="en",
        status=Status.ANSWERED,
        clauses=("3.5.2", "3.1"),
        policy=shop.id,
        version=shop.version,
        thumb=Thumb.DOWN,
        reason=Reason.UNCLEAR,
        comment="too long",
    )


def test_a_comment_is_cut_where_a_page_lets_more_through(shop: Policy) -> None:
    said = word_on(EXCHANGE, shop, Thumb.DOWN, None, "x" * (COMMENT_LONGEST + 1))
    assert said.comment == "x" * COMMENT_LONGEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_store_that_cannot_keep_is_told_with_its_own_words(
    shop: Policy, language: Language
) -> None:
    error = FeedbackError("unknown_half", half="third")
    told = keep(BrokenStore(error), word_on(EXCHANGE, shop, Thumb.UP), language)
    assert told == error.message(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_else_breaks_is_a_plain_failure_and_logged_without_what_was_typed(
    shop: Policy, language: Language, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        told = keep(BrokenStore(OSError(TYPED)), word_on(EXCHANGE, shop, Thumb.UP), language)
    assert told == say("chat.feedback_failed", language)
    assert "OSError" in caplog.text
    assert "test_chat_feedback.py" in caplog.text
    assert TYPED not in caplog.text
