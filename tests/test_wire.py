"""The JSON objects that programs read."""

import json

import pytest

from bot.types import Answer, Citation, Clause, Hit, Policy, Status
from bot.wire import (
    answer_object,
    clause_object,
    found_objects,
    hit_objects,
    milliseconds,
)

ANSWER = Answer(
    status=Status.ANSWERED,
    language="zh",
    text="我们收集护照号。",
    citations=(Citation("1.1", "我们收集护照号。"),),
    hits=(Hit("1.1", 0.75, ("words",)), Hit("2.1", 0.25)),
    policy_version="1",
    understood="made whole",
    related=("2.1",),
)


def test_an_answer_has_the_keys_of_the_contract_and_no_more() -> None:
    assert answer_object(ANSWER, 0.0125) == {
        "status": "answered",
        "language": "zh",
        "text": "我们收集护照号。",
        "citations": [{"clause": "1.1", "quote": "我们收集护照号。"}],
        "hits": [{"clause": "1.1", "score": 0.75}, {"clause": "2.1", "score": 0.25}],
        "ms": 12.5,
    }


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_written_as_its_word(status: Status) -> None:
    written = json.loads(json.dumps(answer_object(Answer(status, "en", ""), 0)))
    assert written["status"] == status.value
    assert written["citations"] == []
    assert written["hits"] == []


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, 0.0), (1, 1000.0), (0.0123456, 12.35), (0.000001, 0.0)]
)
def test_milliseconds_are_rounded_to_a_hundredth(seconds: float, expected: float) -> None:
    assert milliseconds(seconds) == expected


def test_scores_are_short_and_keep_their_order() -> None:
    objects = hit_objects([Hit("1.1", 2 / 3), Hit("2.1", 1 / 3)])
    assert objects == [{"clause": "1.1", "score": 0.666667}, {"clause": "2.1", "score": 0.333333}]


def test_what_was_found_brings_its_text_in_every_language(small_policy: Policy) -> None:
    (found,) = found_objects([Hit("1.1", 0.5)], small_policy)
    assert found == {
        "clause": "1.1",
        "score": 0.5,
        "text": {
            "zh": "我们收集护照号。我们不收集指纹。",
            "en": "We collect passport numbers. We do not collect fingerprints.",
        },
    }


def test_a_clause_names_section_and_heading_in_both_languages(small_policy: Policy) -> None:
    clause = small_policy.clause("2.1")
    assert clause is not None
    assert clause_object(clause) == {
        "id": "2.1",
        "section": "共享 / Sharing",
        "heading": "警察 / Police",
        "text": {
            "zh": "警察要求时，我们可能提供您的资料。",
            "en": "Where the police require it, we may hand over your details.",
        },
    }


def test_a_language_that_the_policy_lacks_is_absent() -> None:
    clause = Clause("1.1", {"en": ("Collection", "Documents")}, {"en": "We collect it."})
    assert clause_object(clause) == {
        "id": "1.1",
        "section": "Collection",
        "heading": "Documents",
        "text": {"en": "We collect it."},
    }


def test_a_heading_that_is_the_same_in_both_languages_is_named_once() -> None:
    clause = Clause("1", {"zh": ("Cookies",), "en": ("Cookies",)}, {"zh": "甲。", "en": "A."})
    assert clause_object(clause)["heading"] == "Cookies"
