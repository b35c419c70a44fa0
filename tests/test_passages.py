"""What is searched: clauses, their sentences, and known questions."""

from dataclasses import replace

import pytest

from bot.corpus.bank import FOLDER, read_bank
from bot.corpus.blocks import spans
from bot.passages import clause_passages, question_passages
from bot.settings import Settings
from bot.types import LANGUAGES, Language, Passage, PassageKind, Policy, Status


def of(policy: Policy, clause_id: str, language: Language) -> list[Passage]:
    return [
        one
        for one in clause_passages(policy)
        if one.clauses == (clause_id,) and one.language == language
    ]


def test_a_clause_is_searched_whole_with_its_headings(small_policy: Policy) -> None:
    whole, *_ = of(small_policy, "1.1", "zh")
    assert whole.kind is PassageKind.CLAUSE
    assert whole.text == "收集 · 证件\n我们收集护照号。我们不收集指纹。"


def test_each_sentence_is_searched_with_the_heading_of_its_clause(small_policy: Policy) -> None:
    _, *sentences = of(small_policy, "1.1", "en")
    assert [(one.kind, one.text) for one in sentences] == [
        (PassageKind.SENTENCE, "Documents We collect passport numbers."),
        (PassageKind.SENTENCE, "Documents We do not collect fingerprints."),
    ]


def test_a_list_item_is_searched_with_the_sentence_that_introduces_it(small_policy: Policy) -> None:
    _, *pieces = of(small_policy, "1.2", "en")
    assert [one.text for one in pieces] == [
        "Contact details We collect:",
        "We collect: telephone numbers;",
        "We collect: e-mail addresses.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clause_of_one_sentence_is_searched_once(
    small_policy: Policy, language: Language
) -> None:
    assert [one.kind for one in of(small_policy, "2.1", language)] == [PassageKind.CLAUSE]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_clause_and_sentence_is_searched_in_both_languages(
    shop: Policy, language: Language
) -> None:
    for clause in shop.clauses:
        found = of(shop, clause.id, language)
        text = clause.text[language]
        cut = [text[one.start : one.end] for one in spans(text)]
        assert [one.kind for one in found].count(PassageKind.CLAUSE) == 1
        assert found[0].text.endswith(text)
        sentences = [one.text for one in found if one.kind is PassageKind.SENTENCE]
        assert len(sentences) == (len(cut) if len(cut) > 1 else 0)
        assert all(one.endswith(part) for one, part in zip(sentences, cut, strict=False))


def test_ids_are_unique_and_every_passage_knows_its_clause(shop: Policy) -> None:
    found = clause_passages(shop)
    assert len({one.id for one in found}) == len(found)
    known = {clause.id for clause in shop.clauses}
    assert all(len(one.clauses) == 1 and one.clauses[0] in known for one in found)
    assert {one.status for one in found} == {Status.ANSWERED}


def test_a_policy_in_one_language_has_passages_in_that_language_alone(
    small_policy: Policy,
) -> None:
    clauses = tuple(
        replace(clause, text={"zh": clause.text["zh"]}, path={"zh": clause.path["zh"]})
        for clause in small_policy.clauses
    )
    found = clause_passages(replace(small_policy, clauses=clauses))
    assert {one.language for one in found} == {"zh"}


def test_known_questions_are_searched_in_order_with_what_they_lead_to(
    small_settings: Settings, small_policy: Policy
) -> None:
    bank = read_bank(small_settings.corpus / FOLDER, small_policy)
    found = question_passages(bank)
    assert [(one.text, one.clauses, one.status, one.language) for one in found] == [
        (one.question, one.clauses, one.status, one.language) for one in bank.questions
    ]
    assert {one.kind for one in found} == {PassageKind.QUESTION}
    assert len({one.id for one in found}) == len(found) == 8
    assert not {one.id for one in found} & {one.id for one in clause_passages(small_policy)}
