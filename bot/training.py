"""Make the trained head from the question bank (``policybot train``).

Only the bank is read: never the evaluation's cases.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch

from bot.encoders.load import Encoder
from bot.head import Head, centred, refusal_labels
from bot.progress import Progress, no_progress
from bot.source import Source
from bot.text import normalise

# All from trials in which some hands' questions were trained on and others' were tried
# (docs/evaluation.md): width, share of inputs and of hidden units dropped out while training
# (Srivastava et al. 2014), how often the bank is gone through, and the highest step of the
# one-cycle schedule (Smith and Topin 2018, arXiv:1708.07120) with decoupled weight decay.
_NETWORKS = 3
_WIDTH = 256
_DROPPED_INPUTS = 0.2
_DROPPED_UNITS = 0.5
_ROUNDS = 60
_HIGHEST_STEP = 2e-3
_WEIGHT_DECAY = 0.01
# This part of every target is spread over all labels (Szegedy et al. 2016, arXiv:1512.00567).
_SMOOTHING = 0.05
_STEP_BATCH = 256
_SEED = 20261122
# Unit vectors have small coordinates; brought to this length they suit the usual initial weights.
_LENGTH = 6.0
_BATCH = 64


def train_head(
    source: Source, encoders: Sequence[Encoder], progress: Progress = no_progress
) -> Head:
    """Fit the head to the bank of ``source``: deterministic, a few minutes on two cores.

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
    features = torch.from_numpy(centred(parts, means).astype(np.float32) * _LENGTH)
    wanted = torch.from_numpy(targets * (1 - _SMOOTHING) + _SMOOTHING / len(labels))
    networks = [_fit(features, wanted, _SEED + number) for number in range(_NETWORKS)]
    layers = [[one for one in network if isinstance(one, torch.nn.Linear)] for network in networks]
    return Head(
        labels=labels,
        encoders=tuple(encoder.name for encoder in encoders),
        dimensions=tuple(part.shape[1] for part in parts),
        bank=source.bank.fingerprint,
        means=means,
        hidden=_stack([hidden.weight for hidden, _ in layers]) * np.float32(_LENGTH),
        hidden_bias=_stack([hidden.bias for hidden, _ in layers]),
        weights=_stack([output.weight for _, output in layers]),
        bias=_stack([output.bias for _, output in layers]),
    )


def _fit(features: torch.Tensor, wanted: torch.Tensor, seed: int) -> torch.nn.Sequential:
    """Minimise cross entropy with AdamW, from a seed of its own: the same weights every time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums over several threads depend on how many there are
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return _descended(features, wanted)
    finally:
        torch.set_num_threads(threads)


def _descended(features: torch.Tensor, wanted: torch.Tensor) -> torch.nn.Sequential:
    network = torch.nn.Sequential(
        torch.nn.Dropout(_DROPPED_INPUTS),
        torch.nn.Linear(features.shape[1], _WIDTH),
        torch.nn.ReLU(),
        torch.nn.Dropout(_DROPPED_UNITS),
        torch.nn.Linear(_WIDTH, wanted.shape[1]),
    )
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=_HIGHEST_STEP, weight_decay=_WEIGHT_DECAY
    )
    steps = _ROUNDS * math.ceil(len(features) / _STEP_BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=_HIGHEST_STEP, total_steps=steps
    )
    for _ in range(_ROUNDS):
        order = torch.randperm(len(features))
        for start in range(0, len(order), _STEP_BATCH):
            batch = order[start : start + _STEP_BATCH]
            optimiser.zero_grad()
            logs = torch.log_softmax(network(features[batch]), dim=1)
            loss = -(wanted[batch] * logs).sum(dim=1).mean()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return network


def _stack(parts: Sequence[torch.Tensor]) -> np.ndarray:
    return np.stack([part.detach().numpy() for part in parts])
