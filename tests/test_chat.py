"""The chat page's conversation: how an answer grows, what is remembered, what an error becomes."""

import logging
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
from bot.web.chat import Conversation, preferred_language, respond
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


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("ZH-cn", "zh"),
        ("zh-Hant-TW,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh;q=0.8,en;q=0.9", "en"),
        ("en;q=0.8, zh;q=0.9", "zh"),
        ("en ; q=0.2 , zh ; q=0.3", "zh"),
        ("zh; q=0.9, en; q=0.8", "zh"),
        ("en;Q=0.1,zh;Q=0.5", "zh"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr,de;q=0.9,zh;q=0.1", "zh"),
        ("zh,en", "zh"),
        ("en,zh", "en"),
        ("en;q=0,zh;q=0.1", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=0.000", "en"),
        ("*", "en"),
        ("*;q=0.5,zh;q=0.1", "zh"),
        ("zh;q=high,en;q=0.1", "en"),
        ("zh;q=nan,en;q=0.1", "en"),
        ("zh;q=inf", "en"),
        ("zh;q=2,en", "en"),
        ("zh;q=-1", "en"),
        ("zh;q=", "en"),
        (";q=1,,zh", "zh"),
        (",,,", "en"),
        ("zhx,en;q=0.5", "en"),
        ("zh_CN", "en"),
        ("中文", "en"),
        ("z" * 10_000, "en"),
    ],
)
def test_the_page_opens_in_the_language_that_the_browser_weighs_highest(
    header: str, language: Language
) -> None:
    assert preferred_language(header) == language


@given(st.text("zhen-;q=.,01* ", max_size=40) | st.text(max_size=40))
@settings(deadline=None, max_examples=300)
def test_any_header_gives_one_of_our_languages(header: str) -> None:
    assert preferred_language(header) in LANGUAGES
