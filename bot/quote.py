"""Choose the part of a clause to quote: all of it, or the sentences that answer."""

from bot.corpus.blocks import Span, spans
from bot.lexical import tokens
from bot.types import Language

# Up to this many characters a clause is quoted whole: a shorter quote may lose its condition.
_WHOLE: dict[Language, int] = {"zh": 170, "en": 520}


def choose_quote(text: str, question: str, language: Language) -> str:
    """Return a span of ``text`` (a clause's text in ``language``) that answers ``question``.

    A long clause is cut to whole sentences or list items: from the sentence that introduces
    the list, or the one before the best match, to the best match. Its beginning stays whenever
    it is short enough, since conditions tend to stand there.
    """
    if len(text) <= _WHOLE[language]:
        return text
    cut = spans(text)
    if not cut:
        return text
    wanted = set(tokens(question))
    scores = [len(wanted & set(tokens(text[one.start : one.end]))) for one in cut]
    best = max(range(len(cut)), key=lambda place: (scores[place], -place))
    first = _start(cut, best, _WHOLE[language])
    return text[cut[first].start : cut[best].end]


def _start(cut: tuple[Span, ...], best: int, limit: int) -> int:
    if cut[best].lead or cut[best].end - cut[0].start <= limit:
        return 0
    return max(0, best - 1)
