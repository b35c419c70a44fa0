"""Every question that is offered to customers gets its clause for an answer."""

from pathlib import Path

import pytest
import yaml

from bot.assistant import Assistant
from bot.settings import CORPUS
from bot.text import detect_language
from bot.types import LANGUAGES, Language, Policy, Status

FILE: Path = CORPUS / "suggestions.yaml"
LONGEST: dict[Language, int] = {"zh": 24, "en": 60}
LOADED = yaml.safe_load(FILE.read_text(encoding="utf-8"))
QUESTIONS: dict[str, dict[Language, str]] = LOADED["questions"]
CASES = [
    (clause, language, text)
    for clause, texts in QUESTIONS.items()
    for language, text in texts.items()
]
each = pytest.mark.parametrize(("clause", "language", "text"), CASES)


@each
def test_a_suggestion_is_answered_with_its_clause(
    clause: str, language: Language, text: str, assistant: Assistant
) -> None:
    answer = assistant.ask(text)
    assert answer.status is Status.ANSWERED
    assert clause in [one.clause for one in answer.citations]
    assert answer.language == language


@each
def test_a_suggestion_is_a_short_question_in_its_language(
    clause: str, language: Language, text: str
) -> None:
    assert len(text) <= LONGEST[language]
    assert text.endswith("？" if language == "zh" else "?")
    assert detect_language(text).answer == language


def test_every_clause_has_its_question_in_both_languages(shop: Policy) -> None:
    assert list(QUESTIONS) == [clause.id for clause in shop.clauses]
    assert all(set(texts) == set(LANGUAGES) for texts in QUESTIONS.values())


def test_no_two_suggestions_are_the_same() -> None:
    texts = [text.casefold() for _, _, text in CASES]
    assert len(set(texts)) == len(texts)


def test_a_conversation_opens_with_four_different_ones() -> None:
    openers = LOADED["openers"]
    assert len(set(openers)) == len(openers) == 4
    assert set(openers) <= set(QUESTIONS)


@each
def test_a_suggestion_is_no_heading_of_the_policy(
    clause: str, language: Language, text: str, shop: Policy
) -> None:
    headings = [one.heading(language).casefold() for one in shop.clauses]
    assert text.rstrip("？?").casefold() not in headings
