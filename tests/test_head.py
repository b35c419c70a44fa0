"""The trained head: what it computes, its file, and how it is made."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from doubles import WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.bank import FOLDER as BANK_FOLDER
from bot.corpus.bank import read_bank
from bot.errors import CorpusError
from bot.head import FILE, Head, centred, read_head, refusal_labels, write_head
from bot.settings import CORPUS, Settings
from bot.source import Source, read_source
from bot.text import normalise
from bot.training import train_heads
from bot.types import Policy


def small_head() -> Head:
    random = np.random.default_rng(7)
    return Head(
        labels=("1.1", "1.2", "silent"),
        encoders=("a", "b"),
        dimensions=(3, 2),
        bank="abc",
        means=random.normal(size=5).astype(np.float32),
        hidden=random.normal(size=(2, 4, 5)).astype(np.float32),
        hidden_bias=random.normal(size=(2, 4)).astype(np.float32),
        weights=random.normal(size=(2, 3, 4)).astype(np.float32),
        bias=random.normal(size=(2, 3)).astype(np.float32),
    )


@pytest.fixture
def source(small_settings: Settings) -> Source:
    return read_source(small_settings)


def test_a_head_survives_its_file(tmp_path: Path) -> None:
    head = small_head()
    write_head(head, tmp_path / FILE)
    back = read_head(tmp_path / FILE)
    assert back is not None
    assert (back.labels, back.encoders, back.dimensions, back.bank) == (
        head.labels,
        head.encoders,
        head.dimensions,
        head.bank,
    )
    np.testing.assert_array_equal(back.means, head.means)
    np.testing.assert_array_equal(back.bias, head.bias)
    np.testing.assert_array_equal(back.hidden_bias, head.hidden_bias)
    np.testing.assert_allclose(back.hidden, head.hidden, rtol=1e-3)
    np.testing.assert_allclose(back.weights, head.weights, rtol=1e-3)


def test_no_file_is_no_head(tmp_path: Path) -> None:
    assert read_head(tmp_path / FILE) is None


@pytest.mark.parametrize(
    "content", [b"", b"not a zip", b"PK\x03\x04 broken", b"\x93NUMPY\x01\x00v\x00"]
)
def test_a_file_that_is_no_head_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CorpusError, match="policybot train") as caught:
        read_head(tmp_path / FILE)
    assert str(tmp_path / FILE) in str(caught.value)


def test_a_plain_array_is_no_head(tmp_path: Path) -> None:
    with (tmp_path / FILE).open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(CorpusError):
        read_head(tmp_path / FILE)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_head_cut_short_is_an_error(tmp_path: Path, kept: float) -> None:
    write_head(small_head(), tmp_path / FILE)
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(CorpusError):
        read_head(tmp_path / FILE)


def test_damage_anywhere_in_a_head_is_an_error_or_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / FILE
    write_head(small_head(), path)
    whole = path.read_bytes()
    expected = read_head(path)
    assert expected is not None
    errors = 0
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            found = read_head(path)
        except CorpusError:
            errors += 1
            continue
        assert found is not None
        np.testing.assert_array_equal(found.weights, expected.weights)
        np.testing.assert_array_equal(found.hidden, expected.hidden)
        assert found.labels == expected.labels
    assert errors > len(whole) / 7 / 4


@pytest.mark.parametrize(
    "part", ["labels", "hidden", "hidden_bias", "weights", "bias", "means", "dimensions"]
)
def test_a_head_whose_parts_do_not_fit_is_an_error(tmp_path: Path, part: str) -> None:
    write_head(small_head(), tmp_path / FILE)
    with np.load(tmp_path / FILE) as file:
        arrays = dict(file)
    arrays[part] = arrays[part][:-1]
    np.savez(tmp_path / FILE, **arrays)
    with pytest.raises(CorpusError):
        read_head(tmp_path / FILE)


@pytest.mark.parametrize("part", ["labels", "encoders", "bank", "hidden", "weights", "bias"])
def test_a_head_without_one_of_its_parts_is_an_error(tmp_path: Path, part: str) -> None:
    write_head(small_head(), tmp_path / FILE)
    with np.load(tmp_path / FILE) as file:
        arrays = {name: array for name, array in file.items() if name != part}
    np.savez(tmp_path / FILE, **arrays)
    with pytest.raises(CorpusError):
        read_head(tmp_path / FILE)


@pytest.mark.parametrize(
    ("bank", "encoders", "expected"),
    [
        ("abc", ["a", "b"], True),
        ("abd", ["a", "b"], False),
        ("abc", ["b", "a"], False),
        ("abc", ["a"], False),
        ("abc", [], False),
    ],
)
def test_a_head_fits_its_own_bank_and_encoders_only(
    bank: str, encoders: list[str], *, expected: bool
) -> None:
    assert small_head().fits(bank, encoders) is expected


@given(st.lists(st.floats(-10, 10, width=32), min_size=5, max_size=5))
@settings(deadline=None, max_examples=60)
def test_probabilities_sum_to_one_whatever_the_vectors(values: list[float]) -> None:
    vectors = [np.array(values[:3], np.float32), np.array(values[3:], np.float32)]
    logs = small_head().log_probabilities(vectors)
    assert list(logs) == ["1.1", "1.2", "silent"]
    assert sum(np.exp(list(logs.values()))) == pytest.approx(1.0, abs=1e-5)
    assert all(log <= 1e-6 for log in logs.values())


def test_probabilities_are_the_mean_over_the_networks() -> None:
    head = small_head()
    vectors = [np.array([1, 0, 0], np.float32), np.array([0, 1], np.float32)]
    moved = [vectors[0] - head.means[:3], vectors[1] - head.means[3:]]
    features = np.concatenate([one / np.linalg.norm(one) for one in moved])
    shares = []
    for network in range(2):
        active = np.maximum(head.hidden[network] @ features + head.hidden_bias[network], 0)
        powers = np.exp(head.weights[network] @ active + head.bias[network])
        shares.append(powers / powers.sum())
    expected = dict(zip(head.labels, np.log(np.mean(shares, axis=0)), strict=True))
    assert head.log_probabilities(vectors) == pytest.approx(expected, abs=1e-5)


def test_great_weights_do_not_overflow() -> None:
    head = small_head()
    great = replace(head, weights=head.weights * np.float32(1e4))
    logs = great.log_probabilities([np.ones(3, np.float32), np.ones(2, np.float32)])
    assert np.isfinite(list(logs.values())).all()
    assert sum(np.exp(list(logs.values()))) == pytest.approx(1.0)


def test_centring_brings_each_part_to_unit_length_and_bears_a_vector_equal_to_the_mean() -> None:
    means = np.array([1, 0, 0.5], np.float32)
    parts = [np.array([[1, 0], [3, 0]], np.float32), np.array([[0.5], [2.5]], np.float32)]
    np.testing.assert_allclose(centred(parts, means), [[0, 0, 0], [1, 0, 1]])


def test_training_on_a_bank_learns_it(source: Source) -> None:
    encoder = WordEncoder()
    head = train_heads(source, [encoder]).alone
    assert head.labels == ("1.1", "1.2", "2.1", *refusal_labels())
    assert head.fits(source.bank.fingerprint, ["words"])
    for question in source.bank.questions:
        vector = encoder.queries([normalise(question.question)])[0]
        logs = head.log_probabilities([vector])
        best = max(logs, key=lambda label: logs[label])
        assert best == (question.clauses[0] if question.clauses else question.status.value)


def test_training_is_deterministic(source: Source) -> None:
    first = train_heads(source, [WordEncoder("a"), WordEncoder("b")]).alone
    second = train_heads(source, [WordEncoder("a"), WordEncoder("b")]).alone
    np.testing.assert_array_equal(first.hidden, second.hidden)
    np.testing.assert_array_equal(first.weights, second.weights)
    np.testing.assert_array_equal(first.bias, second.bias)
    assert first.dimensions == (64, 64)


def test_training_reads_the_bank_s_questions_in_matching_form_and_nothing_else(
    source: Source,
) -> None:
    encoder = WordEncoder()
    steps: list[tuple[int, int]] = []
    train_heads(source, [encoder], lambda done, total: steps.append((done, total)))
    assert encoder.asked == [normalise(one.question) for one in source.bank.questions]
    assert steps[-1] == (len(encoder.asked), len(encoder.asked))


@pytest.mark.parametrize(("first", "second"), [("2.1", "1.2"), ("1.2", "2.1")])
def test_the_first_of_several_clauses_is_taught_most(
    small_corpus: Path, first: str, second: str
) -> None:
    line = f'{{"language":"en","question":"zebra","clauses":["{first}","{second}"],"round":"x"}}\n'
    (small_corpus / BANK_FOLDER / "more.jsonl").write_text(line, encoding="utf-8")
    settings = Settings(home=small_corpus / "home", corpus=small_corpus, policy="small")
    encoder = WordEncoder()
    logs = train_heads(read_source(settings), [encoder]).alone.log_probabilities(
        encoder.queries(["zebra"])
    )
    assert logs[first] > logs[second] > logs["1.1"]


def test_the_shipped_head_fits_the_shipped_bank_and_is_small(shop: Policy) -> None:
    path = CORPUS / FILE
    head = read_head(path)
    assert head is not None
    assert head.fits(read_bank(CORPUS / BANK_FOLDER, shop).fingerprint, ["e5", "use"])
    assert set(head.labels) == {clause.id for clause in shop.clauses} | set(refusal_labels())
    assert path.stat().st_size < 10_000_000
