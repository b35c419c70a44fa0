"""Load the encoders that the settings name, behind LangChain's ``Embeddings`` interface."""

import os
from collections.abc import Sequence
from typing import cast

# set before the library is imported: nothing is fetched at run time
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import numpy as np
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from threadpoolctl import ThreadpoolController

from bot.encoders.bundled import E5_DOCUMENT_PROMPT, E5_QUERY_PROMPT, E5Module, USEModule
from bot.encoders.encoder import Encoder
from bot.errors import ModelError
from bot.settings import BUNDLED_MODEL

# What sentence-transformers raises on a folder that is damaged or holds something else.
_NOT_A_MODEL = (
    OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError,
    SafetensorError,
)  # fmt: skip
# Texts embedded in one go: with the library's own 32, the bank takes half as long again.
_BATCH = 256


class ModelEncoder(Encoder):
    """A sentence-transformers model as an encoder."""

    def __init__(self, name: str, model: SentenceTransformer, *, reads_bank: bool) -> None:
        self.name = name
        self.reads_bank = reads_bank
        self._model = model

    @property
    def dimension(self) -> int:
        """Return the length of its vectors."""
        return cast("int", self._model.get_embedding_dimension())

    def _encode(
        self, texts: Sequence[str], prompt: str
    ) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        vectors = self._model.encode(
            list(texts),
            prompt_name=prompt,
            batch_size=_BATCH,
            show_progress_bar=False,
            normalize_embeddings=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def load_encoders(model: str) -> tuple[Encoder, ...]:
    """Load the encoders that ``POLICYBOT_EMBEDDING_MODEL`` names.

    ``bundled`` gives both packaged ones; anything else one sentence-transformers model, from a
    folder or from the hub's cache on this machine.

    Raises:
        ModelError: there is no such model on this machine, or it cannot be read.
    """
    _keep_numpy_to_one_thread()
    if model == BUNDLED_MODEL:
        prompts = {"query": E5_QUERY_PROMPT, "document": E5_DOCUMENT_PROMPT}
        return (
            ModelEncoder(
                "e5",
                SentenceTransformer(modules=[E5Module()], device="cpu", prompts=prompts),
                reads_bank=False,
            ),
            ModelEncoder(
                "use",
                SentenceTransformer(
                    modules=[USEModule()], device="cpu", prompts={"query": "", "document": ""}
                ),
                reads_bank=True,
            ),
        )
    try:
        loaded = SentenceTransformer(model, device="cpu", local_files_only=True)
    except _NOT_A_MODEL as error:
        raise ModelError("model_missing", model=model) from error
    for prompt in ("query", "document"):
        loaded.prompts.setdefault(prompt, "")
    return (ModelEncoder(model, loaded, reads_bank=True),)


def _keep_numpy_to_one_thread() -> None:
    """Keep NumPy's idle threads from spinning on the cores that the encoders need.

    Products here are small; with more threads a question takes twice as long on two cores.
    """
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)
