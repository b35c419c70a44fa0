"""Parse one edition of a policy: a Markdown file in one language, with front matter.

Every heading below the title starts with a number, the id (``#### 1.2.1 Registration``); the text
under it is the clause. A numbered heading without text of its own groups the ones below it.
Nothing of the file is lost: the sections' sources joined give its body back.
"""

import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import CorpusError
from bot.types import Language

_NUMBERED = re.compile(r"(?P<id>[0-9]{1,4}(?:\.[0-9]{1,4})*)[\s\u3000]+(?P<heading>\S.*)")
_FENCE = "---"


class FrontMatter(BaseModel):
    """What the head of a file says of the policy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{1,39}$")
    title: str = Field(min_length=1)
    version: str = Field(min_length=1)
    effective: date
    language: Language


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading.

    ``source`` is the exact text of both; ``text`` is the part under the heading without outer
    white space, empty for a heading that only groups. ``line`` counts from 1 in the file.
    """

    id: str
    level: int
    heading: str
    text: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One language's file: front matter, what stands before the first section, the sections."""

    front: FrontMatter
    preamble: str
    sections: tuple[Section, ...]

    @property
    def body(self) -> str:
        """Return the file's text below the front matter, character for character."""
        return self.preamble + "".join(section.source for section in self.sections)


def read_edition(path: Path) -> Edition:
    """Read and parse the file at ``path``.

    Raises:
        CorpusError: it cannot be read, is not UTF-8, or is malformed (see ``parse_edition``).
    """
    try:
        # newline="" keeps a file's own line ends, so that quotes and the round trip stay exact.
        with path.open(encoding="utf-8", newline="") as file:
            source = file.read()
    except FileNotFoundError as error:
        raise CorpusError("corpus_missing", path=path) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CorpusError("corpus_encoding", path=path, line=line) from error
    except OSError as error:
        raise CorpusError("corpus_unreadable", path=path, reason=error.strerror) from error
    return parse_edition(source.removeprefix("\ufeff"), str(path))


def parse_edition(source: str, name: str) -> Edition:
    """Parse an edition's ``source``; ``name`` is what errors call it.

    Raises:
        CorpusError: front matter missing or wrong, a heading without id, an id twice, headings
            out of order, text outside any clause, an empty clause, no clause at all; each with
            its line.
    """
    # lines end where Markdown ends them; splitlines() would also cut at U+2028 and form feeds
    lines = list(io.StringIO(source, newline=""))
    front, body_start = _front_matter(lines, name)
    body = lines[body_start:]
    headings = _headings(body)
    titles = next((at for at, (_, level, _) in enumerate(headings) if level > 1), len(headings))
    numbered = headings[titles:]
    first = numbered[0][0] if numbered else len(body)
    preamble = "".join(body[:first])
    _check_preamble(body[:first], headings[:titles], body_start, name)
    sections = []
    for position, (start, level, content) in enumerate(numbered):
        line = body_start + start + 1
        end = numbered[position + 1][0] if position + 1 < len(numbered) else len(body)
        match = _NUMBERED.fullmatch(content)
        if match is None:
            raise CorpusError("heading_without_id", path=name, line=line, heading=content)
        text = "".join(body[start + 1 : end]).strip()
        sections.append(
            Section(match["id"], level, match["heading"], text, "".join(body[start:end]), line)
        )
    _check_order(sections, name)
    _check_texts(sections, name)
    return Edition(front, preamble, tuple(sections))


def _front_matter(lines: list[str], name: str) -> tuple[FrontMatter, int]:
    fences = [number for number, line in enumerate(lines) if line.strip() == _FENCE][:2]
    if not fences or fences[0] != 0 or fences[-1] == 0:
        raise CorpusError("front_matter_missing", path=name)
    try:
        # every value stays a string: a bare version 1.10 is not the number 1.1
        values = yaml.load("".join(lines[1 : fences[1]]), Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise CorpusError("front_matter_yaml", path=name, line=line) from error
    if not isinstance(values, dict):
        raise CorpusError("front_matter_missing", path=name)
    try:
        return FrontMatter.model_validate(values), fences[1] + 1
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else "-"
        line = next((n for n, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 1)
        raise CorpusError(
            "front_matter_value", path=name, line=line, key=key, reason=first["msg"]
        ) from error


def _headings(body: list[str]) -> list[tuple[int, int, str]]:
    """Return (line from 0, level, text) of every ATX heading outside code and quotes."""
    tokens = MarkdownIt("commonmark").parse("".join(body))
    return [
        (token.map[0], int(token.tag[1:]), tokens[number + 1].content.strip())
        for number, token in enumerate(tokens)
        if token.type == "heading_open"
        and token.level == 0
        and token.map
        and token.markup[0] == "#"
    ]


def _check_preamble(
    lines: list[str], titles: list[tuple[int, int, str]], body_start: int, name: str
) -> None:
    title_lines = {start for start, _, _ in titles}
    for number, line in enumerate(lines):
        if line.strip() and number not in title_lines:
            raise CorpusError("text_outside_clause", path=name, line=body_start + number + 1)


def _check_order(sections: list[Section], name: str) -> None:
    seen: dict[str, int] = {}
    above: list[Section] = []
    for section in sections:
        if section.id in seen:
            raise CorpusError(
                "duplicate_id", path=name, line=section.line, id=section.id, first=seen[section.id]
            )
        seen[section.id] = section.line
        above = [other for other in above if other.level < section.level]
        parent = above[-1] if above else None
        expected = parent.level + 1 if parent else 2
        belongs = parent is None or section.id.startswith(parent.id + ".")
        if section.level != expected or not belongs:
            raise CorpusError("heading_order", path=name, line=section.line, id=section.id)
        above.append(section)
    keys = [_sort_key(section.id) for section in sections]
    for previous, current, section in zip(keys, keys[1:], sections[1:], strict=False):
        if current <= previous:  # equal where one is written with a leading zero
            raise CorpusError("heading_order", path=name, line=section.line, id=section.id)


def _check_texts(sections: list[Section], name: str) -> None:
    if not sections:
        raise CorpusError("no_clause", path=name)
    following = [*sections[1:], None]
    for section, after in zip(sections, following, strict=True):
        groups = after is not None and after.level > section.level
        if not section.text and not groups:
            raise CorpusError("empty_clause", path=name, line=section.line, id=section.id)


def _sort_key(clause_id: str) -> tuple[int, ...]:
    return tuple(int(part) for part in clause_id.split("."))
