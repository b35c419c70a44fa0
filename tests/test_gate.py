"""The gate: which status a retrieval leads to."""

import math

import pytest

from bot.gate import DEFAULT_GATE, Gate, answerable_margin, likeliest
from bot.types import LANGUAGES, Hit, Retrieval, Status

HITS = (Hit("3.1", 0.6), Hit("3.2", 0.4))


def believing(**beliefs: float) -> Retrieval:
    return Retrieval(HITS, {Status(name): belief for name, belief in beliefs.items()})


@pytest.mark.parametrize("status", ["silent", "off_topic", "small_talk", "refused"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_likeliest_refusal_names_the_status(language: str, status: str) -> None:
    beliefs = dict.fromkeys(["answered", "silent", "off_topic", "small_talk", "refused"], 0.1)
    retrieval = believing(**{**beliefs, status: 0.6})
    assert DEFAULT_GATE.decide(retrieval, language) is Status(status)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_belief_well_above_every_refusal_answers(language: str) -> None:
    retrieval = believing(answered=0.9, silent=0.05, off_topic=0.03, small_talk=0.01, refused=0.01)
    assert DEFAULT_GATE.decide(retrieval, language) is Status.ANSWERED


@pytest.mark.parametrize(
    ("language", "margin", "expected"),
    [
        ("zh", 1.01, Status.ANSWERED),
        ("zh", 0.99, Status.SILENT),
        ("en", -0.99, Status.ANSWERED),
        ("en", -1.01, Status.SILENT),
    ],
)
def test_each_language_has_a_line_of_its_own(
    language: str, margin: float, expected: Status
) -> None:
    gate = Gate(margins={"zh": 1.0, "en": -1.0}, least_share=0.5)
    answered = 1 / (1 + math.exp(-margin))
    retrieval = believing(answered=answered, silent=1 - answered)
    assert gate.decide(retrieval, language) is expected


def test_the_margin_is_over_the_likeliest_refusal_alone() -> None:
    retrieval = believing(answered=0.4, silent=0.2, off_topic=0.2, refused=0.1, small_talk=0.1)
    assert answerable_margin(retrieval) == pytest.approx(math.log(2))


def test_beliefs_of_nothing_do_not_break_the_margin() -> None:
    assert answerable_margin(believing(answered=1.0, silent=0.0)) > 20
    assert answerable_margin(believing(answered=0.0, silent=1.0)) < -20


@pytest.mark.parametrize(
    ("share", "expected"), [(0.51, Status.ANSWERED), (0.5, Status.ANSWERED), (0.49, Status.SILENT)]
)
def test_without_beliefs_the_best_share_decides(share: float, expected: Status) -> None:
    gate = Gate(margins={"zh": 0.0, "en": 0.0}, least_share=0.5)
    retrieval = Retrieval((Hit("3.1", share), Hit("3.2", 0.1)))
    assert gate.decide(retrieval, "en") is expected
    assert answerable_margin(retrieval) == 0.0
    assert likeliest(retrieval) is None


@pytest.mark.parametrize("beliefs", [{}, {Status.ANSWERED: 0.9, Status.SILENT: 0.1}])
def test_no_hits_are_silence(beliefs: dict[Status, float]) -> None:
    assert DEFAULT_GATE.decide(Retrieval((), beliefs), "en") is Status.SILENT


def test_the_likeliest_status_may_be_answered() -> None:
    assert likeliest(believing(answered=0.5, silent=0.3, refused=0.2)) is Status.ANSWERED
    assert likeliest(believing(answered=0.2, silent=0.3, refused=0.5)) is Status.REFUSED
