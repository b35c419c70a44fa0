"""Make the trained head from the question bank (``policybot train``).

Only the bank is read: never the evaluation's cases.
"""

from collections.abc import Sequence

import numpy as np
import torch

from bot.encoders.load import Encoder
from bot.head import Head, centred, refusal_labels
from bot.progress import Progress, no_progress
from bot.source import Source
from bot.text import normalise

# Weight of the squared weights in the loss; 1e-5 was best of 3e-6 … 1e-4 on the dev half.
_REGULARISATION = 1e-5
_MOST_STEPS = 300
_BATCH = 64


def train_head(
    source: Source, encoders: Sequence[Encoder], progress: Progress = no_progress
) -> Head:
    """Fit the head to the bank of ``source``: deterministic, about a minute on two cores.

    A question that needs several clauses teaches each of them, the first most: the n-th weighs
    1/n before the weights of one question are brought to the sum 1.
    """
    labels = (*(clause.id for clause in source.policy.clauses), *refusal_labels())
    place = {label: number for number, label in enumerate(labels)}
    targets = np.zeros((len(source.questions), len(labels)), dtype=np.float32)
    for row, passage in enumerate(source.questions):
        for rank, label in enumerate(passage.clauses or (passage.status.value,), 1):
            targets[row, place[label]] = 1.0 / rank
    targets /= targets.sum(axis=1, keepdims=True)
    texts = [normalise(passage.text) for passage in source.questions]
    parts = []
    for number, encoder in enumerate(encoders):
        batches = []
        for start in range(0, len(texts), _BATCH):
            batches.append(encoder.queries(texts[start : start + _BATCH]))
            progress(number * len(texts) + start + len(batches[-1]), len(encoders) * len(texts))
        parts.append(np.concatenate(batches))
    means = np.hstack([part.mean(axis=0) for part in parts])
    weights, bias = _fit(centred(parts, means), targets)
    return Head(
        labels=labels,
        encoders=tuple(encoder.name for encoder in encoders),
        dimensions=tuple(part.shape[1] for part in parts),
        bank=source.bank.fingerprint,
        means=means,
        weights=weights,
        bias=bias,
    )


def _fit(features: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Minimise cross entropy with L-BFGS from zero weights: convex, so no seed matters."""
    inputs = torch.from_numpy(np.asarray(features, dtype=np.float32))
    wanted = torch.from_numpy(targets)
    weights = torch.zeros(targets.shape[1], features.shape[1], requires_grad=True)
    bias = torch.zeros(targets.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weights, bias], max_iter=_MOST_STEPS, line_search_fn="strong_wolfe"
    )

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        logs = torch.log_softmax(inputs @ weights.T + bias, dim=1)
        value = -(wanted * logs).sum(dim=1).mean() + _REGULARISATION * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach().numpy(), bias.detach().numpy()
