"""Test doubles: real subclasses that need no model."""

import hashlib
from collections.abc import Sequence

import numpy as np

from bot.encoders.encoder import Encoder
from bot.lexical import tokens

DIMENSION = 64


class WordEncoder(Encoder):
    """Embeds a text as the hashed bag of its search tokens; remembers what it was asked."""

    def __init__(self, name: str = "words", *, reads_bank: bool = True) -> None:
        self.name = name
        self.reads_bank = reads_bank
        self.asked: list[str] = []

    @property
    def dimension(self) -> int:
        return DIMENSION

    def _encode(self, texts: Sequence[str], prompt: str) -> np.ndarray:
        self.asked.extend(texts)
        return np.stack([_bag(text) for text in texts])


def _bag(text: str) -> np.ndarray:
    vector = np.full(DIMENSION, 1e-3, dtype=np.float32)
    for token in tokens(text):
        place = int.from_bytes(hashlib.sha256(token.encode()).digest()[:4]) % DIMENSION
        vector[place] += 1.0
    return vector / np.linalg.norm(vector)
