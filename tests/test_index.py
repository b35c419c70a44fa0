"""The index: built beside the old one, swapped in whole, and never served damaged."""

import errno
import json
import os
import random
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import filelock
import numpy as np
import pytest

import bot.index
import bot.source
from bot.errors import IndexingError
from bot.index import Index, build_index, ensure_index, open_index, opens
from bot.settings import Settings
from bot.source import Source, read_source
from bot.stores.chroma import ChromaFolder, ChromaStore
from tests.conftest import SMALL
from tests.doubles import WordEncoder

ENCODERS = (WordEncoder(),)


@pytest.fixture
def source(small_settings: Settings) -> Source:
    return read_source(small_settings)


@pytest.fixture
def root(small_settings: Settings) -> Path:
    return small_settings.home / "index" / "small"


@pytest.fixture
def built(small_settings: Settings, source: Source, root: Path) -> Path:
    build_index(small_settings, source, ENCODERS)
    return serving(root)


def serving(root: Path) -> Path:
    return root / (root / "current").read_text(encoding="utf-8").strip()


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_dir())


def nearest_to(index: Index, text: str) -> str:
    return index.clause_stores[0].nearest(ENCODERS[0].queries([text])[0], 1)[0].id


def add_to_policy(settings: Settings) -> None:
    for language, text in (("zh", "\n## 3 结语\n\n再见。\n"), ("en", "\n## 3 End\n\nGoodbye.\n")):
        path = settings.corpus / f"policy.{language}.md"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def add_to_bank(settings: Settings) -> None:
    line = {"language": "en", "question": "a new one", "clauses": ["1.1"], "round": "test"}
    path = settings.corpus / "bank" / "z.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")


def no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only(*_: object, **__: object) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def test_every_passage_is_in_the_index_that_was_built(
    small_settings: Settings, source: Source
) -> None:
    index = ensure_index(small_settings, source, ENCODERS)
    assert index.clause_stores[0].count() == len(source.clauses) > 0
    questions = index.question_stores[0]
    assert questions is not None
    assert questions.count() == len(source.questions) == 8
    assert nearest_to(index, "we collect passport numbers").startswith("1.1:en")
    index.close()


def test_an_encoder_that_does_not_read_the_bank_has_no_questions(
    small_settings: Settings, source: Source
) -> None:
    encoders = (WordEncoder("first", reads_bank=False), WordEncoder("second"))
    index = ensure_index(small_settings, source, encoders)
    assert len(index.clause_stores) == 2
    assert index.question_stores[0] is None
    assert index.question_stores[1] is not None
    assert not any("cops" in text for text in encoders[0].asked)
    assert any("cops" in text for text in encoders[1].asked)
    index.close()


def test_the_second_start_embeds_nothing(small_settings: Settings, source: Source) -> None:
    ensure_index(small_settings, source, ENCODERS).close()
    encoder = WordEncoder()
    ensure_index(small_settings, source, (encoder,)).close()
    assert encoder.asked == []


def test_progress_counts_every_passage_to_the_end(small_settings: Settings, source: Source) -> None:
    steps: list[tuple[int, int]] = []
    settings = small_settings.model_copy(update={"batch_size": 3})
    build_index(settings, source, ENCODERS, lambda done, total: steps.append((done, total)))
    total = len(source.clauses) + len(source.questions)
    assert steps[-1] == (total, total)
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})


@pytest.mark.usefixtures("built")
def test_a_small_index_is_searched_exactly_and_in_memory(
    small_settings: Settings, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = open_index(small_settings, source, ENCODERS)
    assert not isinstance(index.clause_stores[0], ChromaStore)
    index.close()
    monkeypatch.setattr(bot.index, "_MOST_IN_MEMORY", 0)
    index = open_index(small_settings, source, ENCODERS)
    assert isinstance(index.clause_stores[0], ChromaStore)
    assert nearest_to(index, "we collect passport numbers").startswith("1.1:en")
    index.close()


def test_a_policy_without_a_bank_is_indexed(small_settings: Settings) -> None:
    shutil.rmtree(small_settings.corpus / "bank")
    source = read_source(small_settings)
    index = ensure_index(small_settings, source, ENCODERS)
    assert index.question_stores[0] is not None
    assert index.question_stores[0].count() == 0
    index.close()


def change_splitter(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(bot.source, "SPLITTER_VERSION", "next")
    return settings


def change_normaliser(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(bot.source, "NORMALISER_VERSION", "next")
    return settings


def change_format(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(bot.source, "FORMAT_VERSION", "next")
    return settings


def change_corpus(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    add_to_policy(settings)
    return settings


def change_bank(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    add_to_bank(settings)
    return settings


def change_model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return settings.model_copy(update={"embedding_model": "some/other-model"})


def change_engine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(bot.source, "version", lambda package: "99")
    return settings


CHANGES = [
    change_splitter,
    change_normaliser,
    change_format,
    change_corpus,
    change_bank,
    change_model,
    change_engine,
]
Change = Callable[[Settings, pytest.MonkeyPatch], Settings]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.usefixtures("built")
def test_whatever_shapes_the_index_makes_it_stale(
    change: Change,
    small_settings: Settings,
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert opens(small_settings, source, ENCODERS)
    changed = change(small_settings, monkeypatch)
    after = read_source(changed)
    assert after.fingerprint != source.fingerprint
    assert not opens(changed, after, ENCODERS)
    with pytest.raises(IndexingError, match="policybot index"):
        open_index(changed, after, ENCODERS)
    ensure_index(changed, after, ENCODERS).close()
    assert opens(changed, after, ENCODERS)


def test_what_does_not_shape_the_index_leaves_it_fresh(
    small_settings: Settings, source: Source
) -> None:
    changed = small_settings.model_copy(update={"port": 1, "citation_limit": 1, "batch_size": 1})
    assert read_source(changed).fingerprint == source.fingerprint


def test_a_model_in_a_folder_that_was_changed_makes_the_index_stale(
    small_settings: Settings, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "weights").write_bytes(b"1")
    settings = small_settings.model_copy(update={"embedding_model": str(model)})
    before = read_source(settings).fingerprint
    assert read_source(settings).fingerprint == before
    (model / "weights").write_bytes(b"22")
    assert read_source(settings).fingerprint != before


def test_a_missing_index_says_how_to_build_it(small_settings: Settings, source: Source) -> None:
    assert not opens(small_settings, source, ENCODERS)
    with pytest.raises(IndexingError, match="Build one with: policybot index"):
        open_index(small_settings, source, ENCODERS)
    assert not small_settings.home.exists()


@pytest.mark.usefixtures("built")
def test_a_new_index_answers_from_the_new_corpus(small_settings: Settings, source: Source) -> None:
    add_to_policy(small_settings)
    index = ensure_index(small_settings, read_source(small_settings), ENCODERS)
    assert nearest_to(index, "goodbye").startswith("3:en")
    index.close()


def test_the_index_of_an_older_format_is_built_anew(
    small_settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(bot.source, "FORMAT_VERSION", "0")
        build_index(small_settings, read_source(small_settings), ENCODERS)
        old = serving(root)
    ensure_index(small_settings, read_source(small_settings), ENCODERS).close()
    assert serving(root) != old


def rewrite(pattern: str, content: bytes) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        found = list(root.rglob(pattern))
        assert found
        for path in found:
            path.write_bytes(content)

    return damage


def halve(pattern: str) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        found = list(root.rglob(pattern))
        assert found
        for path in found:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


def scramble(pattern: str) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        found = list(root.rglob(pattern))
        assert found
        for path in found:
            path.write_bytes(random.Random(1).randbytes(path.stat().st_size + 1))  # noqa: S311

    return damage


def turn_into_folder(pattern: str) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        remove(pattern)(root)
        (root / pattern).mkdir()

    return damage


def remove(pattern: str) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        found = list(root.rglob(pattern))
        assert found
        for path in found:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


DAMAGES = {
    "half a database": halve("chroma.sqlite3"),
    "a scrambled database": scramble("chroma.sqlite3"),
    "no database": remove("chroma.sqlite3"),
    "an empty database": rewrite("chroma.sqlite3", b""),
    "no chroma": remove("chroma"),
    "no folder": remove("*-1"),
    "no current": remove("current"),
    "an empty current": rewrite("current", b""),
    "a current that is no text": rewrite("current", b"\xff\xfe\x00"),
    "a current that leads elsewhere": rewrite("current", b"../../elsewhere\n"),
    "a current of another system": rewrite("current", b"\x00" * 300),
    "no manifest": remove("manifest.json"),
    "an empty manifest": rewrite("manifest.json", b""),
    "half a manifest": halve("manifest.json"),
    "a manifest that is no object": rewrite("manifest.json", b"[]"),
    "a manifest that is no text": rewrite("manifest.json", b"\xff"),
    "a manifest nested deeply": rewrite("manifest.json", b"[" * 100_000),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.usefixtures("built")
def test_a_damaged_index_is_refused_and_then_built_anew(
    damage: Callable[[Path], None],
    small_settings: Settings,
    source: Source,
    root: Path,
) -> None:
    damage(root)
    with pytest.raises(IndexingError, match="policybot index"):
        open_index(small_settings, source, ENCODERS)
    index = ensure_index(small_settings, source, ENCODERS)
    assert nearest_to(index, "we collect passport numbers").startswith("1.1:en")
    index.close()
    open_index(small_settings, source, ENCODERS).close()


@pytest.fixture(scope="module")
def large_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a corpus and an index so large that Chroma writes graphs to files."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "corpus" / "bank").mkdir(parents=True)
    for language, text in SMALL.items():
        (folder / "corpus" / f"policy.{language}.md").write_text(text, encoding="utf-8")
    line = {"language": "en", "clauses": ["1.1"], "round": "test"}
    lines = [json.dumps({**line, "question": f"is word{number} kept"}) for number in range(1200)]
    (folder / "corpus" / "bank" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    settings = settings_in(folder)
    ensure_index(settings, read_source(settings), ENCODERS).close()
    return folder


def settings_in(folder: Path) -> Settings:
    return Settings(home=folder / "home", corpus=folder / "corpus", policy="small")


def test_a_large_index_is_opened_again_and_again(large_home: Path, tmp_path: Path) -> None:
    shutil.copytree(large_home, tmp_path, dirs_exist_ok=True)
    settings = settings_in(tmp_path)
    source = read_source(settings)
    assert all(opens(settings, source, ENCODERS) for _ in range(3))


@pytest.mark.parametrize("damage", [halve, scramble, remove, turn_into_folder])
@pytest.mark.parametrize(
    "name",
    ["header.bin", "data_level0.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"],
)
def test_a_damaged_graph_is_refused_before_chroma_reads_it(
    damage: Callable[[str], Callable[[Path], None]], name: str, large_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(large_home, tmp_path, dirs_exist_ok=True)
    settings = settings_in(tmp_path)
    source = read_source(settings)
    graph = next(tmp_path.rglob("index_metadata.pickle")).parent
    damage(name)(graph)
    with pytest.raises(IndexingError, match="--rebuild"):
        open_index(settings, source, ENCODERS)


def test_a_damaged_graph_is_built_anew(large_home: Path, tmp_path: Path) -> None:
    shutil.copytree(large_home, tmp_path, dirs_exist_ok=True)
    settings = settings_in(tmp_path)
    source = read_source(settings)
    scramble("data_level0.bin")(next(tmp_path.rglob("index_metadata.pickle")).parent)
    index = ensure_index(settings, source, ENCODERS)
    assert nearest_to(index, "we collect passport numbers").startswith("1.1:en")
    index.close()


def test_a_copy_and_chroma_find_the_same(
    large_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(large_home, tmp_path, dirs_exist_ok=True)
    settings = settings_in(tmp_path)
    source = read_source(settings)
    asked = ENCODERS[0].queries(["is word7 kept", "is word44 kept", "is word1199 kept"])
    found = []
    for most in (50_000, 0):
        monkeypatch.setattr(bot.index, "_MOST_IN_MEMORY", most)
        index = open_index(settings, source, ENCODERS)
        store = index.question_stores[0]
        assert store is not None
        found.append([store.nearest(vector, 1)[0].similarity for vector in asked])
        index.close()
    assert found[0] == pytest.approx([1.0, 1.0, 1.0], abs=1e-5)
    assert found[1] == pytest.approx(found[0], abs=1e-5)


@pytest.mark.parametrize("damage", [halve, scramble, remove, turn_into_folder])
def test_a_damaged_copy_is_refused_and_built_anew(
    damage: Callable[[str], Callable[[Path], None]], large_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(large_home, tmp_path, dirs_exist_ok=True)
    settings = settings_in(tmp_path)
    source = read_source(settings)
    damage("0.npy")(next(tmp_path.rglob("copies")))
    with pytest.raises(IndexingError, match="--rebuild"):
        open_index(settings, source, ENCODERS)
    index = ensure_index(settings, source, ENCODERS)
    assert nearest_to(index, "we collect passport numbers").startswith("1.1:en")
    index.close()


@pytest.mark.usefixtures("built")
def test_an_index_that_lacks_passages_is_refused_and_let_go(
    small_settings: Settings, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[ChromaFolder] = []

    def close(folder: ChromaFolder) -> None:
        closed.append(folder)

    monkeypatch.setattr(ChromaStore, "count", lambda store: 1)
    monkeypatch.setattr(ChromaFolder, "close", close)
    with pytest.raises(IndexingError, match="--rebuild"):
        open_index(small_settings, source, ENCODERS)
    assert len(closed) == 1


class Interrupting(WordEncoder):
    """Stops after so many texts, as a kill or a full memory does."""

    def __init__(self, after: int, error: BaseException) -> None:
        super().__init__()
        self._after = after
        self._error = error

    def _encode(self, texts: Sequence[str], prompt: str) -> np.ndarray:
        if len(self.asked) >= self._after:
            raise self._error
        return super()._encode(texts, prompt)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("after", [0, 4, 20])
def test_an_interrupted_build_leaves_the_old_index_serving_and_is_cleared_by_the_next(
    after: int, error: BaseException, small_settings: Settings, source: Source, built: Path
) -> None:
    root = built.parent
    seen: list[int] = []
    settings = small_settings.model_copy(update={"batch_size": 4})
    with pytest.raises(type(error)):
        build_index(settings, source, (Interrupting(after, error),))
    assert len(folders(root)) == 2
    assert serving(root) == built
    open_index(settings, source, ENCODERS).close()

    unfinished = next(name for name in folders(root) if name != built.name)
    (root / unfinished / "marker").touch()
    # gone before the first vector is stored: the disk may have room for no third index
    build_index(settings, source, ENCODERS, lambda *_: seen.append(len(folders(root))))
    assert set(seen) == {2}
    assert not (root / unfinished / "marker").exists()
    assert built.name in folders(root)
    assert len(folders(root)) == 2


def test_the_first_build_interrupted_leaves_no_index(
    small_settings: Settings, source: Source
) -> None:
    with pytest.raises(KeyboardInterrupt):
        build_index(small_settings, source, (Interrupting(0, KeyboardInterrupt()),))
    assert not opens(small_settings, source, ENCODERS)
    ensure_index(small_settings, source, ENCODERS).close()


def test_a_build_killed_before_the_swap_leaves_the_old_one_serving(
    small_settings: Settings, source: Source, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = built.parent
    add_to_policy(small_settings)
    changed = read_source(small_settings)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", no_space)
        with pytest.raises(IndexingError):
            build_index(small_settings, changed, ENCODERS)
    assert serving(root) == built
    assert opens(small_settings, source, ENCODERS)
    build_index(small_settings, changed, ENCODERS)
    assert opens(small_settings, changed, ENCODERS)
    assert len(folders(root)) == 2


def test_building_again_keeps_the_index_before_for_those_that_read_it(
    small_settings: Settings, source: Source, root: Path, built: Path
) -> None:
    index = open_index(small_settings, source, ENCODERS)
    build_index(small_settings, source, ENCODERS)
    second = serving(root)
    assert folders(root) == sorted([built.name, second.name])
    assert nearest_to(index, "we collect passport numbers").startswith("1.1:en")
    index.close()
    build_index(small_settings, source, ENCODERS)
    assert folders(root) == sorted([second.name, serving(root).name])


def fail_mkdir(monkeypatch: pytest.MonkeyPatch, failure: Callable[..., Any]) -> None:
    monkeypatch.setattr(Path, "mkdir", failure)


def fail_lock(monkeypatch: pytest.MonkeyPatch, failure: Callable[..., Any]) -> None:
    monkeypatch.setattr(filelock.FileLock, "acquire", failure)


def fail_vectors(monkeypatch: pytest.MonkeyPatch, failure: Callable[..., Any]) -> None:
    monkeypatch.setattr(ChromaStore, "add", failure)


def fail_manifest(monkeypatch: pytest.MonkeyPatch, failure: Callable[..., Any]) -> None:
    monkeypatch.setattr(Path, "write_text", failure)


def fail_swap(monkeypatch: pytest.MonkeyPatch, failure: Callable[..., Any]) -> None:
    monkeypatch.setattr(Path, "replace", failure)


@pytest.mark.parametrize("failure", [no_space, read_only])
@pytest.mark.parametrize("place", [fail_mkdir, fail_lock, fail_vectors, fail_manifest, fail_swap])
@pytest.mark.usefixtures("built")
def test_a_full_or_read_only_disk_is_told_with_its_remedy_and_harms_nothing(
    place: Callable[[pytest.MonkeyPatch, Callable[..., Any]], None],
    failure: Callable[..., Any],
    small_settings: Settings,
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        place(patched, failure)
        with pytest.raises(IndexingError) as told:
            build_index(small_settings, source, ENCODERS)
    reason = "No space left on device" if failure is no_space else "Read-only file system"
    assert reason in told.value.message("en")
    assert "POLICYBOT_HOME" in told.value.message("en")
    assert "POLICYBOT_HOME" in told.value.message("zh")
    open_index(small_settings, source, ENCODERS).close()
    build_index(small_settings, source, ENCODERS)


def test_a_full_disk_that_chroma_meets_is_told(
    small_settings: Settings, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chromadb.api.models.Collection.Collection.add", no_space)
    with pytest.raises(IndexingError, match=r"No space left on device.*disk has room"):
        build_index(small_settings, source, ENCODERS)


@pytest.mark.usefixtures("built")
def test_a_fresh_index_is_opened_where_nothing_can_be_made(
    small_settings: Settings, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filelock.FileLock, "acquire", read_only)
    index = ensure_index(small_settings, source, ENCODERS)
    index.close()
    assert index.clause_stores[0].count() == len(source.clauses)


def test_a_home_that_is_a_file_is_told(small_settings: Settings, source: Source) -> None:
    small_settings.home.write_text("a file", encoding="utf-8")
    assert not opens(small_settings, source, ENCODERS)
    with pytest.raises(IndexingError, match="POLICYBOT_HOME"):
        ensure_index(small_settings, source, ENCODERS)


class Waiting(WordEncoder):
    """Says when it has begun, and goes on when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = Event()
        self.go_on = Event()

    def _encode(self, texts: Sequence[str], prompt: str) -> np.ndarray:
        self.begun.set()
        assert self.go_on.wait(timeout=30)
        return super()._encode(texts, prompt)


def test_of_two_that_find_no_index_one_builds_and_the_other_opens_it(
    small_settings: Settings, source: Source, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Waiting(), WordEncoder()
    second_waits = Event()
    acquire = filelock.FileLock.acquire

    def acquire_and_tell(lock: filelock.FileLock, **options: Any) -> Any:
        if first.begun.is_set():
            second_waits.set()
        return acquire(lock, **options)

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire_and_tell)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(ensure_index, small_settings, source, (first,))
        assert first.begun.wait(timeout=30)
        other = pool.submit(ensure_index, small_settings, source, (second,))
        assert second_waits.wait(timeout=30)
        first.go_on.set()
        indexes = [one.result(timeout=60), other.result(timeout=60)]
    assert second.asked == []
    assert len(folders(root)) == 1
    for index in indexes:
        assert nearest_to(index, "we collect passport numbers").startswith("1.1:en")
        index.close()


def test_who_waits_too_long_for_a_build_is_told(
    small_settings: Settings, source: Source, root: Path
) -> None:
    root.mkdir(parents=True)
    settings = small_settings.model_copy(update={"index_wait_s": 0.0})
    with filelock.FileLock(root / "build.lock"), pytest.raises(IndexingError) as told:
        ensure_index(settings, source, ENCODERS)
    assert told.value.key == "index_busy"
    assert "Another process is building" in told.value.message("en")
    assert "另一个进程" in told.value.message("zh")
    ensure_index(settings, source, ENCODERS).close()


@pytest.mark.usefixtures("built")
def test_the_old_index_serves_while_another_process_builds(
    small_settings: Settings, source: Source, root: Path
) -> None:
    settings = small_settings.model_copy(update={"index_wait_s": 0.0})
    with filelock.FileLock(root / "build.lock"):
        index = ensure_index(settings, source, ENCODERS)
    index.close()
    assert index.clause_stores[0].count() == len(source.clauses)
