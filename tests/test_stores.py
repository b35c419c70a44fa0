"""One contract over every vector store, and the exact one as oracle for the other."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import IndexingError
from bot.stores import Vector, Vectors, VectorStore
from bot.stores.chroma import ChromaFolder, ChromaStore
from bot.stores.memory import MemoryStore

DIMENSION = 8


def unit(rows: Sequence[Sequence[float]]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def random_vectors(count: int, dimension: int = DIMENSION) -> Vectors:
    return unit(np.random.default_rng(7).normal(size=(count, dimension)).tolist())


def axis(place: int) -> Vector:
    return np.eye(DIMENSION, dtype=np.float32)[place]


@contextmanager
def chroma_store(path: Path) -> Iterator[ChromaStore]:
    folder = ChromaFolder(path)
    try:
        yield folder.create("test-collection")
    finally:
        folder.close()


@pytest.fixture(params=["memory", "chroma"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    if request.param == "memory":
        yield MemoryStore()
    else:
        with chroma_store(tmp_path / "chroma") as made:
            yield made


def test_an_empty_store_holds_nothing_and_finds_nothing(store: VectorStore) -> None:
    assert store.count() == 0
    assert store.nearest(axis(0), 5) == []


def test_what_is_added_is_counted_over_several_additions(store: VectorStore) -> None:
    vectors = random_vectors(5)
    store.add(["a", "b"], vectors[:2])
    store.add(["c", "d", "e"], vectors[2:])
    assert store.count() == 5
    assert {one.id for one in store.nearest(axis(0), 10)} == set("abcde")


def test_adding_nothing_changes_nothing(store: VectorStore) -> None:
    store.add(["a"], random_vectors(1))
    store.add([], np.zeros((0, DIMENSION), dtype=np.float32))
    assert store.count() == 1


def test_a_vector_is_its_own_nearest_with_similarity_one(store: VectorStore) -> None:
    vectors = random_vectors(20)
    store.add([f"v{number}" for number in range(20)], vectors)
    found = store.nearest(vectors[13], 1)
    assert [one.id for one in found] == ["v13"]
    assert found[0].similarity == pytest.approx(1.0, abs=1e-5)


def test_similarities_are_cosines_and_come_nearest_first(store: VectorStore) -> None:
    rows = [[1, 0], [1, 1], [0, 1], [-1, 0]]
    store.add(["same", "half", "square", "opposite"], unit([[*row, *[0] * 6] for row in rows]))
    found = store.nearest(axis(0), 4)
    assert [one.id for one in found] == ["same", "half", "square", "opposite"]
    expected = [1.0, 0.5**0.5, 0.0, -1.0]
    assert [one.similarity for one in found] == pytest.approx(expected, abs=1e-5)


def test_equally_near_vectors_come_in_the_order_of_their_ids(store: VectorStore) -> None:
    store.add(["d", "b", "c", "a"], np.stack([axis(0)] * 4))
    assert [one.id for one in store.nearest(axis(0), 4)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("limit", "expected"), [(3, 3), (7, 7), (8, 7), (1000, 7)])
def test_at_most_the_limit_comes_back(store: VectorStore, limit: int, expected: int) -> None:
    store.add([f"v{number}" for number in range(7)], random_vectors(7))
    assert len(store.nearest(axis(1), limit)) == expected


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_is_not_positive_brings_nothing(store: VectorStore, limit: int) -> None:
    store.add(["a"], random_vectors(1))
    assert store.nearest(axis(0), limit) == []


def test_ids_may_hold_any_script(store: VectorStore) -> None:
    ids = ["3.5.2:zh:0", "第一条", "q0", "a b'\"%"]
    store.add(ids, np.eye(DIMENSION, dtype=np.float32)[:4])
    assert [store.nearest(axis(place), 1)[0].id for place in range(4)] == ids


def test_an_id_that_is_used_already_is_refused(store: VectorStore) -> None:
    vectors = random_vectors(3)
    store.add(["a", "b"], vectors[:2])
    with pytest.raises(ValueError, match="used twice"):
        store.add(["b"], vectors[2:])


@pytest.mark.parametrize(("ids", "count"), [(["a", "b"], 1), (["a"], 2), ([], 1)])
def test_ids_and_vectors_must_be_as_many(store: VectorStore, ids: list[str], count: int) -> None:
    with pytest.raises(ValueError, match="as many ids as vectors"):
        store.add(ids, random_vectors(count))
    assert store.count() == 0


# Coordinates from a coarse grid: ties and doubles are common, near-ties are not.
_rows = st.lists(
    st.lists(st.integers(-3, 3), min_size=3, max_size=3).filter(any), min_size=1, max_size=30
)


@settings(deadline=None, max_examples=30)
@given(rows=_rows, query=_rows.map(lambda rows: rows[:1]), limit=st.integers(1, 40))
def test_chroma_finds_what_an_exact_scan_finds(
    rows: list[list[int]], query: list[list[int]], limit: int
) -> None:
    ids = [f"v{number}" for number in range(len(rows))]
    exact = MemoryStore()
    exact.add(ids, unit(rows))
    wanted = unit(query)[0]
    true_similarity = dict(zip(ids, (unit(rows) @ wanted).tolist(), strict=True))
    with tempfile.TemporaryDirectory() as folder, chroma_store(Path(folder) / "c") as chroma:
        chroma.add(ids, unit(rows))
        found = chroma.nearest(wanted, limit)
    expected = exact.nearest(wanted, limit)
    assert [one.similarity for one in found] == pytest.approx(
        [one.similarity for one in expected], abs=1e-5
    )
    # where several tie with the last, either may take the place: so each is held to the truth
    assert [true_similarity[one.id] for one in found] == pytest.approx(
        [one.similarity for one in found], abs=1e-5
    )
    assert len({one.id for one in found}) == len(found)


@settings(deadline=None, max_examples=200)
@given(rows=_rows, query=_rows.map(lambda rows: rows[:1]), limit=st.integers(1, 40))
def test_the_exact_store_sorts_as_a_plain_sort_does(
    rows: list[list[int]], query: list[list[int]], limit: int
) -> None:
    ids = [f"v{number % 7}-{number}" for number in range(len(rows))]
    exact = MemoryStore()
    exact.add(ids, unit(rows))
    wanted = unit(query)[0]
    similarities = (unit(rows) @ wanted).tolist()
    ranked = sorted((-similarity, one) for similarity, one in zip(similarities, ids, strict=True))
    assert [(-one.similarity, one.id) for one in exact.nearest(wanted, limit)] == ranked[:limit]


def test_the_graph_misses_nothing_among_two_thousand(tmp_path: Path) -> None:
    vectors = random_vectors(2_000, 64)
    ids = [f"v{number:04}" for number in range(2_000)]
    exact = MemoryStore()
    exact.add(ids, vectors)
    queries = random_vectors(2_020, 64)[2_000:]
    with chroma_store(tmp_path / "chroma") as chroma:
        for start in range(0, 2_000, 500):
            chroma.add(ids[start : start + 500], vectors[start : start + 500])
        for query in queries:
            found = [one.id for one in chroma.nearest(query, 10)]
            assert found == [one.id for one in exact.nearest(query, 10)]


def test_a_collection_survives_closing_its_folder(tmp_path: Path) -> None:
    vectors = random_vectors(10)
    with chroma_store(tmp_path / "chroma") as chroma:
        chroma.add([f"v{number}" for number in range(10)], vectors)
    folder = ChromaFolder(tmp_path / "chroma")
    again = folder.open("test-collection")
    assert again.count() == 10
    assert again.nearest(vectors[4], 1)[0].id == "v4"
    folder.close()


def test_a_collection_that_is_not_there_is_our_error(tmp_path: Path) -> None:
    folder = ChromaFolder(tmp_path / "chroma")
    with pytest.raises(IndexingError, match="policybot index --rebuild"):
        folder.open("another-collection")
    folder.close()


def test_a_collection_that_is_there_already_is_our_error(tmp_path: Path) -> None:
    folder = ChromaFolder(tmp_path / "chroma")
    folder.create("test-collection")
    with pytest.raises(IndexingError):
        folder.create("test-collection")
    folder.close()


def _search_with_another_dimension(store: ChromaStore) -> None:
    store.nearest(np.ones(3, dtype=np.float32), 1)


def _add_another_dimension(store: ChromaStore) -> None:
    store.add(["b"], np.ones((1, 3), dtype=np.float32))


@pytest.mark.parametrize("use", [_search_with_another_dimension, _add_another_dimension])
def test_a_vector_of_another_length_is_our_error(
    use: Callable[[ChromaStore], None], tmp_path: Path
) -> None:
    with chroma_store(tmp_path / "chroma") as chroma:
        chroma.add(["a"], random_vectors(1))
        with pytest.raises(IndexingError, match="dimension"):
            use(chroma)


def test_a_folder_may_be_opened_and_closed_by_many_threads_at_once(tmp_path: Path) -> None:
    path = tmp_path / "chroma"
    with chroma_store(path) as chroma:
        chroma.add(["a"], random_vectors(1))

    def use(_: int) -> int:
        folder = ChromaFolder(path)
        try:
            return folder.open("test-collection").count()
        finally:
            folder.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, range(80))) == [1] * 80


def test_a_damaged_database_is_our_error_each_time_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "chroma"
    path.mkdir()
    (path / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    for _ in range(2):
        with pytest.raises(IndexingError):
            ChromaFolder(path)
