"""Cut a clause's text into sentences and list items, without losing where they stand."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

# A sentence ends after these marks and any closing quotes or brackets; an ASCII full stop only
# before white space, so that "1.2.3" and "e.g.x" stay whole.
_SENTENCE_END = re.compile(r"(?:[。！？!?]+[”’」』）)\"']*|\.[”’)\"']*(?=\s))\s*")
_ITEM_MARK = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch ``text[start:end]`` of a clause, and the ``lead`` that it needs to be understood.

    ``lead`` is the sentence that introduces the list an item belongs to (for a nested item, that
    and the items above it), empty for a sentence that stands by itself.
    """

    start: int
    end: int
    lead: str = ""


def spans(text: str) -> tuple[Span, ...]:
    """Return the sentences and list items of ``text``, in order, none overlapping.

    Between them stand only white space and list marks; text that holds anything else is
    covered by at least one span.
    """
    offsets = _line_offsets(text)
    found: list[Span] = []
    leads: list[str] = []
    last = ""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            leads.append(last)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            last = leads.pop()
        elif token.type in ("inline", "fence", "code_block", "html_block") and token.map:
            start, end = _bounds(text, offsets, token)
            lead = " ".join(part for part in leads if part)
            if start >= end:  # only white space that Markdown takes for text, such as U+3000
                continue
            pieces = [(start, end)] if leads else _sentences(text, start, end)
            found.extend(Span(left, right, lead) for left, right in pieces)
            last = text[pieces[-1][0] : pieces[-1][1]]
    return tuple(found)


def _line_offsets(text: str) -> list[int]:
    # markdown-it breaks lines at "\n" only (after turning "\r\n" and lone "\r" into it)
    offsets = [0]
    offsets.extend(match.end() for match in re.finditer(r"\r\n|\r|\n", text))
    offsets.append(len(text))
    return offsets


def _bounds(text: str, offsets: list[int], token: Token) -> tuple[int, int]:
    first, after = token.map or (0, 0)
    start = offsets[first]
    end = offsets[min(after, len(offsets) - 1)]
    while mark := _ITEM_MARK.match(text, start, end):
        start = mark.end()
    piece = text[start:end]
    return end - len(piece.lstrip()), start + len(piece.rstrip())


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces = []
    left = start
    for match in _SENTENCE_END.finditer(text, start, end):
        pieces.append((left, match.end()))
        left = match.end()
    if left < end:
        pieces.append((left, end))
    return [
        (left, left + len(text[left:right].rstrip()))
        for left, right in pieces
        if text[left:right].strip()
    ]
