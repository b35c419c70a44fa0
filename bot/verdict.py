"""Say what a clause answers to a question that wants a yes or a no: by vote of the bank.

Questions of the bank carry the verdict that a reader gave them. The nearest of them that lead to
a clause vote; only where they agree is there a verdict. docs/evaluation.md tells how often it is
a reader's own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from bot.types import Passage, Verdict

_VOTERS = 7
# How like the question each of them must be (cosine of the encoder that reads the bank).
_LIKE_ENOUGH = 0.4
# A clause of which this share of all verdicts hangs on a condition is taken to name one.
_CONDITIONAL_SHARE = 0.2


def verdicts(
    nearest: Iterable[tuple[Passage, float]], conditional: frozenset[str]
) -> dict[str, Verdict]:
    """Return the verdict of every clause whose nearest questions agree and are near enough.

    ``nearest`` are bank questions with their similarity, nearest first. A clause of
    ``conditional`` whose questions do not agree answers "only if".
    """
    votes: dict[str, list[Verdict]] = defaultdict(list)
    for passage, similarity in nearest:
        if similarity < _LIKE_ENOUGH:
            break
        if passage.verdict and len(votes[passage.clauses[0]]) < _VOTERS:
            votes[passage.clauses[0]].append(passage.verdict)
    agreed = {
        clause: cast[0]
        for clause, cast in votes.items()
        if len(cast) == _VOTERS and len(set(cast)) == 1
    }
    return {clause: Verdict.ONLY_IF for clause in conditional if clause in votes} | agreed


def conditional_clauses(questions: Sequence[Passage]) -> frozenset[str]:
    """Return the clauses that answer many of their bank questions with "only if"."""
    cast: dict[str, Counter[Verdict]] = defaultdict(Counter)
    for passage in questions:
        if passage.verdict:
            cast[passage.clauses[0]][passage.verdict] += 1
    return frozenset(
        clause
        for clause, counts in cast.items()
        if counts[Verdict.ONLY_IF] >= _CONDITIONAL_SHARE * counts.total()
    )
