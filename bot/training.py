"""Make the trained heads from the question bank (``policybot train``).

Only the bank is read: never the evaluation's cases.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from bot.corpus.bank import BankQuestion
from bot.encoders.encoder import Encoder
from bot.head import Head, centred, refusal_labels
from bot.progress import Progress, no_progress
from bot.source import Source
from bot.stores import Vectors
from bot.text import normalise

# All from trials in which the bank's rounds 1 to 3 were trained on, round 4 and the dev half tried;
# none of them moved a figure by more than two points: width, share of inputs and of hidden units
# dropped out while training (Srivastava et al. 2014), how often the bank is gone through, and the
# highest step of the one-cycle schedule (Smith and Topin 2018, arXiv:1708.07120) with decoupled
# weight decay.
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


@dataclass(frozen=True, slots=True)
class Heads:
    """What training makes: a head for questions that stand alone, and one for conversations."""

    alone: Head
    follow_ups: Head | None


def train_heads(
    source: Source, encoders: Sequence[Encoder], progress: Progress = no_progress
) -> Heads:
    """Fit both heads to the bank of ``source``: deterministic, some twelve minutes on two cores.

    A question that needs several clauses teaches each of them, the first most: the n-th weighs
    1/n before the weights of one question are brought to the sum 1. There is no head for
    conversations where the bank has no follow-ups.
    """
    labels = (*(clause.id for clause in source.policy.clauses), *refusal_labels())
    bank = source.bank.questions
    texts = [normalise(one.question) for one in bank]
    before = sorted({normalise(one.before) for one in bank if one.before})
    vectors = _Vectors(encoders, progress, total=len(encoders) * (len(texts) + len(before)))
    of_questions, of_before = vectors.of(texts), vectors.of(before)
    targets = _targets(bank, labels)
    names = tuple(encoder.name for encoder in encoders)

    alone = np.flatnonzero([not one.before for one in bank])
    means = [part[alone].mean(axis=0) for part in of_questions]
    fingerprint = source.bank.fingerprint
    lesson = _Lesson([part[alone] for part in of_questions], means, targets[alone])
    head = _head(labels, names, fingerprint, lesson)
    follow_ups = np.flatnonzero([bool(one.before) for one in bank])
    if not len(follow_ups):
        return Heads(head, None)
    places = {text: place for place, text in enumerate(before)}
    leaned_on = np.array([places[normalise(bank[row].before)] for row in follow_ups])
    # every question that stands alone is shown once after a question it has nothing to do with
    unrelated = _unrelated(bank, alone)
    rows = np.concatenate([follow_ups, alone])
    parts = [
        *(part[rows] for part in of_questions),
        *(
            np.concatenate([earlier[leaned_on], part[unrelated]])
            for earlier, part in zip(of_before, of_questions, strict=True)
        ),
    ]
    lesson = _Lesson(parts, means * 2, targets[rows])
    return Heads(head, _head(labels, names * 2, fingerprint, lesson))


class _Vectors:
    """Embeds texts with every encoder, telling how far it has come."""

    def __init__(self, encoders: Sequence[Encoder], progress: Progress, total: int) -> None:
        self._encoders = encoders
        self._progress = progress
        self._done = 0
        self._total = total

    def of(self, texts: Sequence[str]) -> list[Vectors]:
        """Return the vectors of ``texts``, one array an encoder."""
        return [self._with(encoder, texts) for encoder in self._encoders]

    def _with(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        batches = [np.zeros((0, encoder.dimension), dtype=np.float32)]
        for start in range(0, len(texts), _BATCH):
            batches.append(encoder.queries(texts[start : start + _BATCH]))
            self._done += len(batches[-1])
            self._progress(self._done, self._total)
        return np.concatenate(batches)


def _targets(bank: Sequence[BankQuestion], labels: Sequence[str]) -> np.ndarray:
    place = {label: number for number, label in enumerate(labels)}
    targets = np.zeros((len(bank), len(labels)), dtype=np.float32)
    for row, question in enumerate(bank):
        for rank, label in enumerate(question.clauses or (question.status.value,), 1):
            targets[row, place[label]] = 1.0 / rank
    targets /= targets.sum(axis=1, keepdims=True)
    return targets


def _unrelated(bank: Sequence[BankQuestion], rows: np.ndarray) -> np.ndarray:
    """Return for each of ``rows`` the row of another question in its language, drawn by lot."""
    lots = np.random.default_rng(_SEED)
    by_language = {
        language: np.array([row for row in rows if bank[row].language == language])
        for language in {bank[row].language for row in rows}
    }
    return np.array([lots.choice(by_language[bank[row].language]) for row in rows])


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What a head learns from: vectors, one array a part, their means, and the wanted shares."""

    parts: Sequence[Vectors]
    means: Sequence[np.ndarray]
    targets: np.ndarray


def _head(labels: tuple[str, ...], encoders: tuple[str, ...], bank: str, lesson: _Lesson) -> Head:
    means = np.hstack(lesson.means)
    features = torch.from_numpy(centred(lesson.parts, means).astype(np.float32) * _LENGTH)
    wanted = torch.from_numpy(lesson.targets * (1 - _SMOOTHING) + _SMOOTHING / len(labels))
    networks = [_fit(features, wanted, _SEED + number) for number in range(_NETWORKS)]
    layers = [[one for one in network if isinstance(one, torch.nn.Linear)] for network in networks]
    return Head(
        labels=labels,
        encoders=encoders,
        dimensions=tuple(part.shape[1] for part in lesson.parts),
        bank=bank,
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
