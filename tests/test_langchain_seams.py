"""LangChain's components plug in on either side, and ours into LangChain."""

from dataclasses import replace

import numpy as np
import pytest
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.embeddings.fake import DeterministicFakeEmbedding
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from bot.assistant import Assistant
from bot.conversation import ByRule
from bot.gate import Gate
from bot.index import ensure_index
from bot.langchain_seams import ClauseRetriever, EmbeddingsEncoder, search_of
from bot.retrieve import HybridSearch, Kind
from bot.settings import Settings
from bot.source import read_source
from bot.types import Hit, Policy, Retrieval, Status


class ListRetriever(BaseRetriever):
    """Returns the documents it was given, and remembers what it was asked."""

    documents: list[Document]
    asked: list[str] = Field(default_factory=list)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        self.asked.append(query)
        return self.documents


class LongEmbeddings(Embeddings):
    """Gives vectors that are far from unit length, others for questions than for passages."""

    def embed_query(self, text: str) -> list[float]:
        return [3.0, 4.0] if text else [0.0, 0.0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[0.0, 5.0] for _ in texts]


def document(clause: str | None, score: float | None = None) -> Document:
    metadata = {"clause": clause, "score": score}
    return Document(
        page_content="…", metadata={key: one for key, one in metadata.items() if one is not None}
    )


def assistant_over(policy: Policy, retriever: BaseRetriever) -> Assistant:
    search = search_of(retriever, policy)
    gate = Gate(margins={"zh": 0.0, "en": 0.0}, least_share=0.5)
    return Assistant(policy, ByRule(search, policy), search, gate, 2000, 4)


def test_any_embeddings_give_unit_vectors_of_their_own() -> None:
    encoder = EmbeddingsEncoder("long", LongEmbeddings(), reads_bank=False)
    assert encoder.dimension == 2
    np.testing.assert_allclose(encoder.queries(["a", "b"]), [[0.6, 0.8]] * 2, atol=1e-6)
    np.testing.assert_allclose(encoder.documents(["a"]), [[0.0, 1.0]])
    np.testing.assert_array_equal(encoder.queries([""]), [[0.0, 0.0]])


def test_an_index_and_a_search_stand_on_langchain_embeddings(small_settings: Settings) -> None:
    source = read_source(small_settings)
    encoder = EmbeddingsEncoder("fake", DeterministicFakeEmbedding(size=32), reads_bank=True)
    index = ensure_index(small_settings, source, [encoder])
    try:
        search = HybridSearch(index, [encoder], None, {Kind.QUESTIONS: 1.0, Kind.MEANING: 0.1})
        # these embeddings know nothing of meaning, but equal texts have equal vectors
        for question in source.bank.questions:
            found = search(question.question)
            assert sorted(hit.clause for hit in found.hits) == ["1.1", "1.2", "2.1"]
            if question.clauses:
                assert found.hits[0].clause == question.clauses[0]
    finally:
        index.close()


def test_any_retriever_can_be_the_search_of_the_assistant(small_policy: Policy) -> None:
    retriever = ListRetriever(documents=[document("2.1", 0.9), document("1.1", 0.1)])
    answer = assistant_over(small_policy, retriever).ask("would the police see my file")
    assert retriever.asked == ["would the police see my file"]
    assert answer.status is Status.ANSWERED
    assert [one.clause for one in answer.citations] == ["2.1"]
    assert [hit.clause for hit in answer.hits] == ["2.1", "1.1"]


@pytest.mark.parametrize(
    "documents", [[], [document("2.1", 0.1)], [document("9.9", 1.0)], [document(None)]]
)
def test_a_retriever_that_finds_nothing_sure_leads_to_silence(
    small_policy: Policy, documents: list[Document]
) -> None:
    answer = assistant_over(small_policy, ListRetriever(documents=documents)).ask("the police?")
    assert answer.status is Status.SILENT
    assert answer.citations == ()


def test_each_clause_counts_once_at_its_best_place(small_policy: Policy) -> None:
    documents = [document("2.1"), document("9.9"), document("2.1"), document("1.1")]
    found = search_of(ListRetriever(documents=documents), small_policy)("police")
    assert found == Retrieval((Hit("2.1", 1.0), Hit("1.1", 0.25)))


def test_hits_are_best_first_whatever_the_scores_say(small_policy: Policy) -> None:
    documents = [document("1.1", 0.2), document("2.1", 0.8), document("1.1", 0.9)]
    found = search_of(ListRetriever(documents=documents), small_policy)("police")
    assert [hit.clause for hit in found.hits] == ["1.1", "2.1"]
    assert [hit.score for hit in found.hits] == [0.9, 0.8]


def test_our_search_is_a_langchain_retriever(small_policy: Policy) -> None:
    hits = tuple(Hit(one, score) for one, score in (("2.1", 0.6), ("1.1", 0.3), ("1.2", 0.1)))
    ours = ClauseRetriever(
        search=lambda _: Retrieval(hits), policy=small_policy, language="en", limit=2
    )
    found = ours.invoke("police")
    assert [one.metadata for one in found] == [
        {"clause": "2.1", "score": 0.6},
        {"clause": "1.1", "score": 0.3},
    ]
    clause = small_policy.clause("2.1")
    assert clause is not None
    assert found[0].page_content == clause.text["en"]
    chinese = ours.model_copy(update={"language": "zh"})
    assert chinese.invoke("police")[0].page_content == clause.text["zh"]


def test_a_clause_that_lacks_the_language_is_given_in_the_one_it_has(small_policy: Policy) -> None:
    english = [replace(one, text={"en": one.text["en"]}) for one in small_policy.clauses]
    policy = replace(small_policy, clauses=tuple(english))
    ours = ClauseRetriever(
        search=lambda _: Retrieval((Hit("2.1", 1.0),)), policy=policy, language="zh"
    )
    assert ours.invoke("警察")[0].page_content == english[2].text["en"]


def test_a_search_survives_the_way_through_langchain_and_back(small_policy: Policy) -> None:
    hits = (Hit("2.1", 0.6), Hit("1.1", 0.3), Hit("1.2", 0.1))
    there = ClauseRetriever(search=lambda _: Retrieval(hits), policy=small_policy, language="en")
    assert search_of(there, small_policy)("police").hits == hits
