"""What a message means after others: by rule, and by a head trained on conversations."""

from pathlib import Path

import numpy as np
import pytest
from doubles import WordEncoder

from bot.conversation import ByHead, ByRule
from bot.corpus.bank import FOLDER as BANK_FOLDER
from bot.gate import likeliest
from bot.index import Index
from bot.retrieve import HybridSearch
from bot.settings import Settings
from bot.source import read_source
from bot.stores.memory import MemoryStore
from bot.text import normalise
from bot.training import train_heads
from bot.types import Hit, Policy, Retrieval, Status, Turn

ALONE = {"alpha", "beta", "gamma", "hello", "forever young"}
# Conversations in a toy world: "also" takes its clause from what was asked before it.
TALK = """\
{"language":"en","question":"alpha","clauses":["1.1"],"round":"t"}
{"language":"en","question":"beta","clauses":["1.2"],"round":"t"}
{"language":"en","question":"gamma","clauses":["2.1"],"round":"t"}
{"language":"en","question":"hello","status":"small_talk","round":"t"}
{"language":"en","question":"also","before":"alpha","clauses":["1.1"],"round":"t"}
{"language":"en","question":"also","before":"beta","clauses":["1.2"],"round":"t"}
{"language":"en","question":"also","before":"gamma","clauses":["2.1"],"round":"t"}
{"language":"en","question":"forever","before":"alpha","status":"silent","round":"t"}
{"language":"en","question":"forever","before":"beta","status":"silent","round":"t"}
{"language":"en","question":"forever","before":"gamma","status":"silent","round":"t"}
{"language":"en","question":"forever","before":"alpha beta","status":"silent","round":"t"}
{"language":"en","question":"forever young","status":"silent","round":"t"}
{"language":"en","question":"thanks","before":"gamma","status":"small_talk","round":"t"}
"""


@pytest.fixture
def by_head(small_corpus: Path) -> ByHead:
    for old in (small_corpus / BANK_FOLDER).glob("*.jsonl"):
        old.unlink()
    (small_corpus / BANK_FOLDER / "talk.jsonl").write_text(TALK, encoding="utf-8")
    source = read_source(Settings(home=small_corpus / "home", corpus=small_corpus, policy="small"))
    encoders = (WordEncoder(),)
    heads = train_heads(source, encoders)
    assert heads.follow_ups is not None
    stores = []
    for passages in (source.clauses, source.questions):
        store = MemoryStore()
        texts = [normalise(one.text) for one in passages]
        store.add([one.id for one in passages], encoders[0].queries(texts))
        stores.append(store)
    index = Index(source, (stores[0],), (stores[1],), lambda: None)
    return ByHead(HybridSearch(index, encoders, heads.alone), heads.follow_ups)


@pytest.mark.parametrize(
    ("before", "clause"), [("alpha", "1.1"), ("beta", "1.2"), ("gamma", "2.1")]
)
def test_a_head_takes_the_meaning_of_a_fragment_from_what_came_before(
    by_head: ByHead, before: str, clause: str
) -> None:
    found = by_head("also", [Turn(before)])
    assert found.retrieval.hits[0].clause == clause
    assert likeliest(found.retrieval) is Status.ANSWERED


def test_silence_is_learned_from_conversations_too(by_head: ByHead) -> None:
    assert likeliest(by_head("forever", [Turn("alpha")]).retrieval) is Status.SILENT


def test_without_questions_before_it_a_message_stands_alone(by_head: ByHead) -> None:
    for history in ([], [Turn("hello", (), Status.SMALL_TALK)]):
        found = by_head("beta", history)
        assert found.whole is None
        assert found.retrieval == by_head("beta", []).retrieval


def test_a_new_subject_is_not_dragged_into_the_old_one(by_head: ByHead) -> None:
    found = by_head("beta", [Turn("alpha")])
    assert found.retrieval.hits[0].clause == "1.2"
    assert found.whole is None


def test_what_was_understood_is_told_where_the_conversation_decides(by_head: ByHead) -> None:
    assert by_head("also", [Turn("gamma")]).whole == "gamma also"
    assert by_head("and beta", [Turn("alpha")]).whole == "alpha and beta"


def test_training_on_a_bank_without_conversations_makes_no_head_for_them(
    small_settings: Settings,
) -> None:
    assert train_heads(read_source(small_settings), [WordEncoder()]).follow_ups is None


def test_a_follow_up_of_the_bank_is_no_passage_of_its_own(by_head: ByHead) -> None:
    source = by_head._search._index.source
    assert {one.text for one in source.questions} == {
        "alpha",
        "beta",
        "gamma",
        "hello",
        "forever young",
    }


def test_heads_for_conversations_are_made_alike_every_time(small_corpus: Path) -> None:
    (small_corpus / BANK_FOLDER / "talk.jsonl").write_text(TALK, encoding="utf-8")
    source = read_source(Settings(home=small_corpus / "home", corpus=small_corpus, policy="small"))
    first, second = (train_heads(source, [WordEncoder()]).follow_ups for _ in range(2))
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.hidden, second.hidden)
    assert first.encoders == ("words", "words")


def test_rules_read_a_short_question_with_and_without_the_one_before(shop: Policy) -> None:
    asked: list[str] = []

    def search(question: str) -> Retrieval:
        asked.append(question)
        return Retrieval((Hit("1.1", 0.6), Hit("3.1", 0.4)))

    found = ByRule(search, shop)("and the police?", [Turn("do you sell it?")])
    assert asked == ["and the police?", "do you sell it? and the police?"]
    assert found.whole == asked[1]
