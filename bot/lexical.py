"""Search by words: BM25 over Chinese words and characters and over English stems."""

import re

import bm25s
import numpy as np
import rjieba
import Stemmer

from bot.text import normalise

_TOKEN = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+"  # also where they touch
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_stem = Stemmer.Stemmer("english").stemWord


def tokens(text: str) -> list[str]:
    """Return the search tokens: words and single characters of Chinese, stems of English."""
    found: list[str] = []
    for run in _TOKEN.findall(normalise(text)):
        if _HAN.match(run):
            words = rjieba.cut_for_search(run)
            found.extend(word for word in words if len(word) > 1)
            found.extend(run)
        else:
            found.append(_stem(run))
    return found


class LexicalIndex:
    """BM25 (Robertson and Zaragoza 2009; Lucene's variant, k1 1.5, b 0.75) over texts by id."""

    def __init__(self, ids: list[str], texts: list[str]) -> None:
        self._ids = ids
        self._bm25 = bm25s.BM25(method="lucene")
        of_texts = [tokens(text) for text in texts]
        self._has_tokens = any(of_texts)
        if self._has_tokens:
            self._bm25.index(of_texts, show_progress=False)

    def scores(self, question: str) -> dict[str, float]:
        """Return every id's score for ``question``: at least 0, 0 where no token is shared."""
        wanted = tokens(question)
        searched = self._has_tokens and wanted
        values = self._bm25.get_scores(wanted) if searched else np.zeros(len(self._ids))
        return dict(zip(self._ids, map(float, values), strict=True))
