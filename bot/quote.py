"""Choose the part of a clause to quote: all of it, or the sentences that answer."""

from collections.abc import Sequence

from bot.corpus.blocks import Span, spans
from bot.lexical import tokens
from bot.types import Language

# Up to this many characters a clause is quoted whole: a shorter quote may lose its condition.
_WHOLE: dict[Language, int] = {"zh": 170, "en": 520}


def choose_quote(text: str, questions: Sequence[str], language: Language) -> str:
    """Return a span of ``text`` (a clause's text in ``language``) that answers the question.

    ``questions`` are readings of it, the most telling first: the first that shares a word with
    some part of the clause decides.

    A long clause is cut to whole sentences or list items: from the sentence that introduces
    the list, or the one before the best match, to the best match. Its beginning stays whenever
    it is short enough, since conditions tend to stand there.
    """
    if len(text) <= _WHOLE[language]:
        return text
    cut = spans(text)
    if not cut:
        return text
    parts = [set(tokens(text[one.start : one.end])) for one in cut]
    scores = [0] * len(cut)
    for question in questions:
        wanted = set(tokens(question))
        scores = [len(wanted & part) for part in parts]
        if any(scores):
            break
    best = max(range(len(cut)), key=lambda place: (scores[place], -place))
    first = _start(cut, best, _WHOLE[language])
    return text[cut[first].start : cut[best].end]


def _start(cut: tuple[Span, ...], best: int, limit: int) -> int:
    if cut[best].lead or cut[best].end - cut[0].start <= limit:
        return 0
    return max(0, best - 1)
