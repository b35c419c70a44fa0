"""Turn a clause's text into HTML: paragraphs, real lists, and marks where something stands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from urllib.parse import quote

from bot.lexical import tokens
from bot.text import normalise
from bot.types import Language

_ITEM = re.compile(r"(?P<mark>[-*+]|(?P<number>\d{1,9})\.)[ \t]+(?=\S)")
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_WORD = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+"  # also where they touch
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# Words that stand everywhere: marking them would show nothing.
_COMMON_CHARACTERS = frozenset(
    "的了吗呢吧啊会我你您他她们是在有和与及或不没要能可把被给就都也还将这那哪谁什么怎为以于从对到"
)
_COMMON_WORDS = frozenset(  # their stems
    tokens(
        "a an and any are as at be but by can could did do does for from had has have he her his "
        "how i if in is it its may me my no not of on or our shall she should so than that the "
        "their them then there these they this those to us was we were what when where which who "
        "whom why will with would you your"
    )
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch ``text[start:end]`` to be marked: as found, or else as differing."""

    start: int
    end: int
    is_found: bool = True


def sendable(text: str) -> str:
    """Return ``text`` without lone surrogates, which cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


def permalink(clause_id: str, language: Language) -> str:
    """Return the address of a clause's page, relative to where the application begins."""
    return f"clauses/{quote(sendable(clause_id), safe='')}?lang={language}"


def text_html(text: str, marks: Sequence[Mark] = ()) -> str:
    """Return ``text`` as HTML: every character escaped, lists as lists, the ``marks`` in place.

    Lines stay lines. Other Markdown is shown as it was written.
    """
    parts: list[str] = []
    paragraph: list[str] = []
    open_list = ""
    previous_end = 0
    for line in _LINE.finditer(text):
        if not line[0].strip():
            continue
        starts_anew = text.count("\n", previous_end, line.start()) > 1
        previous_end = line.end()
        item = _ITEM.match(line[0])
        kind = "" if item is None else "ol" if item["number"] else "ul"
        if paragraph and (starts_anew or kind):
            parts.append(f"<p>{'<br>'.join(paragraph)}</p>")
            paragraph = []
        if kind != open_list:
            parts.append((f"</{open_list}>" if open_list else "") + (f"<{kind}>" if kind else ""))
            open_list = kind
        if item is None:
            paragraph.append(_painted(text, line.start(), line.end(), marks))
        else:
            value = f' value="{int(item["number"])}"' if item["number"] else ""
            inner = _painted(text, line.start() + item.end(), line.end(), marks)
            parts.append(f"<li{value}>{inner}</li>")
    if paragraph:
        parts.append(f"<p>{'<br>'.join(paragraph)}</p>")
    if open_list:
        parts.append(f"</{open_list}>")
    return "".join(parts)


def _painted(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    """Return ``text[start:end]`` escaped, each stretch in the elements of its marks."""
    cuts = {start, end}
    for mark in marks:
        cuts |= {cut for cut in (mark.start, mark.end) if start < cut < end}
    places = sorted(cuts)
    painted = []
    for left, right in pairwise(places):
        inner = escape(sendable(text[left:right]))
        over = [mark for mark in marks if mark.start <= left and right <= mark.end]
        if any(not mark.is_found for mark in over):
            inner = f'<span class="differs">{inner}</span>'
        if any(mark.is_found for mark in over):
            inner = f"<mark>{inner}</mark>"
        painted.append(inner)
    return "".join(painted)


def found_marks(text: str, query: str) -> tuple[Mark, ...]:
    """Return where words of ``query`` stand in ``text``, in any script and inflexion.

    Words that stand everywhere are left out.
    """
    wanted = _telling(tokens(query))
    if not wanted:
        return ()
    found: list[Mark] = []
    for run in _WORD.finditer(text):
        if _HAN.match(run[0]):
            found.extend(_han_marks(run[0], run.start(), wanted))
        elif set(tokens(run[0])) & wanted:
            found.append(Mark(*run.span()))
    return tuple(_joined(found))


def _telling(words: Iterable[str]) -> set[str]:
    every = set(words)
    longer = {word for word in every if len(word) > 1 and _HAN.match(word)}
    covered = {char for word in longer for char in word}
    return {
        word
        for word in every
        if word in longer
        or (not _HAN.match(word) and word not in _COMMON_WORDS)
        or (_HAN.match(word) and word not in covered | _COMMON_CHARACTERS)
    }


def _han_marks(run: str, offset: int, wanted: set[str]) -> Iterator[Mark]:
    folded = normalise(run)
    if len(folded) != len(run):  # a character that its simple form writes with two
        folded = run
    for word in wanted:
        at = folded.find(word)
        while at >= 0:
            yield Mark(offset + at, offset + at + len(word))
            at = folded.find(word, at + 1)


def _joined(marks: Iterable[Mark]) -> Iterator[Mark]:
    """Yield ``marks`` in order, those that touch as one."""
    start = end = -1
    for mark in sorted(marks, key=lambda one: one.start):
        if mark.start > end:
            if end > start:
                yield Mark(start, end)
            start, end = mark.start, mark.end
        end = max(end, mark.end)
    if end > start:
        yield Mark(start, end)
