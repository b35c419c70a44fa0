"""The trained head: from a question's vectors to how likely each clause and each refusal is.

A few small neural networks with one hidden layer, over the encoders' centred vectors side by
side; their probabilities are averaged (an ensemble, Hansen and Salamon 1990). It is made from
the question bank alone by ``policybot train`` and kept beside the bank; the file says which bank
and encoders it was made for, and is not used with any other.
"""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.errors import CorpusError
from bot.stores import Vector, Vectors
from bot.types import Status

FILE = "head.npz"
Cube = np.ndarray[tuple[int, int, int], np.dtype[np.float32]]
_MATRIX = 2
# What NumPy, zipfile and zlib raise on damaged files.
_DAMAGE = (
    OSError, EOFError, ValueError, KeyError, TypeError, NotImplementedError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """Weights of every network of the ensemble, and what they were made for.

    ``labels`` are clause ids and the names of refusing statuses; ``dimensions`` those of the
    vectors of ``encoders``, which may be named twice: for a message, then for what it follows.
    ``means`` is subtracted from the joined vectors before each encoder's part is brought back to
    unit length. Shapes: ``hidden`` (networks, width, all dimensions), ``hidden_bias`` (networks,
    width), ``weights`` (networks, labels, width), ``bias`` (networks, labels).
    """

    labels: tuple[str, ...]
    encoders: tuple[str, ...]
    dimensions: tuple[int, ...]
    bank: str
    means: Vector
    hidden: Cube
    hidden_bias: Vectors
    weights: Cube
    bias: Vectors

    def fits(self, bank: str, encoders: Sequence[str]) -> bool:
        """Return whether it was made for this bank fingerprint and these encoders."""
        return self.bank == bank and self.encoders == tuple(encoders)

    def log_probabilities(self, vectors: Sequence[Vector]) -> dict[str, float]:
        """Return the natural logarithm of every label's probability for one question.

        ``vectors`` are the question's, one an encoder, in the order of ``encoders``.
        """
        features = centred([vector[None, :] for vector in vectors], self.means)[0]
        activity = np.maximum(self.hidden @ features + self.hidden_bias, 0)
        logits = (self.weights @ activity[:, :, None])[:, :, 0] + self.bias
        shifted = logits - logits.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        together = np.logaddexp.reduce(logs, axis=0) - np.log(len(logs))
        return dict(zip(self.labels, map(float, together), strict=True))

    def is_whole(self) -> bool:
        """Return whether the parts' shapes fit together."""
        networks, width = self.hidden_bias.shape if self.hidden_bias.ndim == _MATRIX else (0, 0)
        return (
            networks > 0
            and self.means.shape == (sum(self.dimensions),)
            and self.hidden.shape == (networks, width, sum(self.dimensions))
            and self.weights.shape == (networks, len(self.labels), width)
            and self.bias.shape == (networks, len(self.labels))
        )


def centred(parts: Sequence[Vectors], means: Vector) -> Vectors:
    """Return the encoders' vectors side by side, each part centred and of unit length.

    Sentence vectors of one encoder share a large common part; taking it away makes the rest
    comparable (Mu and Viswanath 2018, arXiv:1702.01417).
    """
    done = []
    start = 0
    for part in parts:
        moved = part - means[start : start + part.shape[1]]
        done.append(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))
        start += part.shape[1]
    return np.hstack(done)


def write_head(head: Head, path: Path) -> None:
    """Write ``head`` to ``path`` (compressed NumPy arrays, no pickles)."""
    np.savez_compressed(
        path,
        labels=np.array(head.labels),
        encoders=np.array(head.encoders),
        dimensions=np.array(head.dimensions),
        bank=np.array(head.bank),
        means=head.means.astype(np.float32),
        hidden=head.hidden.astype(np.float16),
        hidden_bias=head.hidden_bias.astype(np.float32),
        weights=head.weights.astype(np.float16),
        bias=head.bias.astype(np.float32),
    )


def read_head(path: Path) -> Head | None:
    """Read the head at ``path``; None where there is none.

    Raises:
        CorpusError: the file is not a head, or its parts do not fit together.
    """
    if not path.exists():
        return None
    try:
        with path.open("rb") as source, np.load(source, allow_pickle=False) as file:
            head = Head(
                labels=tuple(map(str, file["labels"])),
                encoders=tuple(map(str, file["encoders"])),
                dimensions=tuple(map(int, file["dimensions"])),
                bank=str(file["bank"]),
                means=file["means"].astype(np.float32),
                hidden=file["hidden"].astype(np.float32),
                hidden_bias=file["hidden_bias"].astype(np.float32),
                weights=file["weights"].astype(np.float32),
                bias=file["bias"].astype(np.float32),
            )
    except _DAMAGE as error:
        raise CorpusError("head_unreadable", path=path) from error
    if not head.is_whole():
        raise CorpusError("head_unreadable", path=path)
    return head


def refusal_labels() -> tuple[str, ...]:
    """Return the labels that stand for refusing statuses."""
    return tuple(
        status.value for status in Status if status not in (Status.ANSWERED, Status.FAILED)
    )
