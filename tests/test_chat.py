"""The chat page's conversation: how an answer grows, what is remembered, what an error becomes."""

import logging
from itertools import pairwise

import pytest
from keyword_search import (
    QUESTION_LIMIT,
    KeywordSearch,
    answers,
    believing,
    scripted_assistant,
)

from bot.assistant import Assistant
from bot.errors import IndexingError, PolicybotError
from bot.types import LANGUAGES, Language, Policy, Status
from bot.web.chat_turns import Conversation, respond
from bot.wording import say

TYPED = "my card is 4111"


@pytest.fixture
def search() -> KeywordSearch:
    return KeywordSearch(
        {
            "break": RuntimeError(TYPED),
            "index": IndexingError("index_broken", what="/srv/index", reason="disk full"),
            "how long": believing(Status.SILENT, "1.3.2"),
            **answers(["police", "警察"], "3.5.2", "3.1"),
        }
    )


@pytest.fixture
def assistant(shop: Policy, search: KeywordSearch) -> Assistant:
    return scripted_assistant(shop, search)


def ask(
    assistant: Assistant,
    question: str,
    before: Conversation | None = None,
    chosen: Language = "en",
) -> list[Conversation]:
    return list(respond(assistant, question, before or Conversation(), chosen))


def said(conversation: Conversation) -> str:
    assert conversation.messages[-1]["role"] == "assistant"
    return conversation.messages[-1]["content"]


def test_the_question_is_shown_before_the_answer_is_looked_for(
    assistant: Assistant, search: KeywordSearch
) -> None:
    growing = respond(assistant, "police?", Conversation(), "en")
    first = next(growing)
    assert [message["role"] for message in first.messages] == ["user"]
    assert search.asked == []


def test_the_answer_grows_from_its_lead_to_one_citation_after_the_other(
    assistant: Assistant,
) -> None:
    grown = [said(one) for one in ask(assistant, "would you tell the police?")[1:]]
    assert [one.count("<details") for one in grown] == [0, 1, 2]
    assert 'class="said answered"' in grown[0]
    for shorter, longer in pairwise(grown):
        assert longer.startswith(shorter.removesuffix("</div>"))


def test_every_exchange_is_kept_in_order(assistant: Assistant) -> None:
    first = ask(assistant, "would you tell the police?")[-1]
    second = ask(assistant, "how long do you keep it?", first)[-1]
    assert [one["role"] for one in second.messages] == ["user", "assistant"] * 2
    assert second.messages[:2] == first.messages
    assert [turn.status for turn in second.turns] == [Status.ANSWERED, Status.SILENT]
    assert second.turns[0].clauses == ("3.5.2", "3.1")


def test_a_follow_up_is_read_with_what_it_leans_on(
    assistant: Assistant, search: KeywordSearch
) -> None:
    before = ask(assistant, "would you tell the police?")[-1]
    after = ask(assistant, "and why?", before)[-1]
    assert search.asked[-1] == "would you tell the police? and why?"
    assert "Understood as: would you tell the police? and why?" in said(after)


def test_only_the_latest_turns_are_remembered(assistant: Assistant) -> None:
    conversation = Conversation()
    for number in range(25):
        conversation = ask(assistant, f"would the police want number {number}?", conversation)[-1]
    assert len(conversation.messages) == 50
    assert len(conversation.turns) == 20
    assert conversation.turns[-1].question.endswith("number 24?")


@pytest.mark.parametrize(
    ("question", "chosen", "language"),
    [
        ("would you tell the police?", "zh", "en"),
        ("警察来查怎么办", "en", "zh"),
        ("😀", "zh", "zh"),
        ("😀", "en", "en"),
    ],
)
def test_the_answer_is_in_the_questions_language_else_in_the_pages(
    assistant: Assistant, question: str, chosen: Language, language: Language
) -> None:
    assert f'lang="{language}"' in said(ask(assistant, question, chosen=chosen)[-1])


def test_emoji_alone_are_small_talk(assistant: Assistant) -> None:
    answer = ask(assistant, "😀👍")[-1]
    assert answer.turns[-1].status is Status.SMALL_TALK
    assert say("status.small_talk", "en").split("'")[0] in said(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_over_the_limit_is_refused_with_the_reason_and_shown_whole(
    assistant: Assistant, search: KeywordSearch, language: Language
) -> None:
    question = {"zh": "问", "en": "x"}[language] * (QUESTION_LIMIT + 1)
    answer = ask(assistant, question, chosen=language)[-1]
    assert answer.turns[-1].status is Status.REFUSED
    expected = say("status.too_long", language, length=QUESTION_LIMIT + 1, limit=QUESTION_LIMIT)
    assert expected in said(answer)
    assert question in answer.messages[0]["content"]
    assert search.asked == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["break", "index"])
def test_whatever_breaks_is_told_as_a_failure_in_the_askers_language(
    assistant: Assistant, language: Language, word: str
) -> None:
    question = {"zh": f"警察会要我的资料吗 {word}", "en": f"will {word} the police?"}[language]
    answer = ask(assistant, question, chosen="en")[-1]
    assert say("status.failed", language) in said(answer)
    assert answer.turns[-1].status is Status.FAILED
    for hidden in (TYPED, "Error", "Traceback", "/srv/index", ".py"):
        assert hidden not in said(answer)


def test_a_failure_is_logged_by_kind_and_place_without_what_was_typed(
    assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        ask(assistant, "will you break my passport?")
    [record] = caplog.records
    message = record.getMessage()
    assert "RuntimeError" in message
    assert "keyword_search.py" in message
    assert TYPED not in caplog.text
    assert "passport" not in caplog.text


def test_a_failed_question_is_no_ground_for_the_next(
    assistant: Assistant, search: KeywordSearch
) -> None:
    before = ask(assistant, "will you break it?")[-1]
    ask(assistant, "and the police?", before)
    assert search.asked[-1] == "and the police?"


@pytest.mark.parametrize("typed", ["", "  ", "\n\t", "\x00"])
def test_a_question_without_content_reaches_no_search(
    assistant: Assistant, search: KeywordSearch, typed: str
) -> None:
    with pytest.raises(PolicybotError):
        assistant.ask(typed)
    assert search.asked == []


def test_the_latest_exchange_is_known_once_the_answer_stands(assistant: Assistant) -> None:
    first, *grown = ask(assistant, "would you tell the police?")
    assert first.latest is None
    for one in grown:
        assert one.latest is not None
        assert one.latest.question == "would you tell the police?"
        assert one.latest.answer.status is Status.ANSWERED
    second = ask(assistant, "how long do you keep it?", grown[-1])
    assert second[0].latest is None
    assert second[-1].latest is not None
    assert second[-1].latest.answer.status is Status.SILENT
