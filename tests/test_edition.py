"""Parsing one edition: what is read, what is refused and where, and the way back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.edition import Edition, parse_edition, read_edition
from bot.errors import CorpusError
from bot.settings import CORPUS
from bot.types import LANGUAGES

FRONT = """---
id: small
title: Small shop privacy policy
version: "1"
effective: 2026-01-02
language: en
---
"""
# The first line below the front matter.
BODY = FRONT.count("\n") + 1


def parsed(body: str) -> Edition:
    return parse_edition(FRONT + body, "policy.en.md")


def refused(source: str) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        parse_edition(source, "policy.en.md")
    return caught.value


def outcome(source: str) -> Edition | CorpusError:
    try:
        return parse_edition(source, "policy.en.md")
    except CorpusError as error:
        return error


@pytest.mark.parametrize(
    ("body", "key", "line", "remedy"),
    [
        (
            "## 1 A\n\none\n\n## Appendix\n\ntwo\n",
            "heading_without_id",
            4,
            "Put the clause's number",
        ),
        ("## 1 A\n\none\n\n## \n\ntwo\n", "heading_without_id", 4, "Put the clause's number"),
        ("## 1 A\n\none\n\n## 2\n\ntwo\n", "heading_without_id", 4, "Put the clause's number"),
        ("## 1 A\n\none\n\n## 2. B\n\ntwo\n", "heading_without_id", 4, "Put the clause's number"),
        ("## 1 A\n\none\n\n## ２ B\n\ntwo\n", "heading_without_id", 4, "Put the clause's number"),
        ("## 1 A\n\none\n\n# Annex\n\ntwo\n", "heading_without_id", 4, "Put the clause's number"),
        (f"## {'9' * 5000} A\n\none\n", "heading_without_id", 0, "Put the clause's number"),
        ("## 1 A\n\none\n\n## 2 B\n\ntwo\n\n## 1 C\n\nx\n", "duplicate_id", 8, "another id"),
        ("## 2 B\n\none\n\n## 1 A\n\ntwo\n", "heading_order", 4, "Ids must rise"),
        ("## 1 A\n\n### 1.10 B\n\none\n\n### 1.9 C\n\ntwo\n", "heading_order", 6, "Ids must rise"),
        ("## 1 A\n\none\n\n### 2.1 B\n\ntwo\n", "heading_order", 4, "one level below"),
        ("## 1 A\n\none\n\n#### 1.1.1 B\n\ntwo\n", "heading_order", 4, "one level below"),
        ("### 1.1 A\n\none\n", "heading_order", 0, "one level below"),
        ("## 1 A\n\none\n\n# 2 B\n\ntwo\n", "heading_order", 4, "one level below"),
        ("## 1 A\n\none\n\n### 11.1 B\n\ntwo\n", "heading_order", 4, "one level below"),
        ("## 1.1 A\n\none\n\n## 1.01 B\n\ntwo\n", "heading_order", 4, "Ids must rise"),
        ("# Title\n\nWelcome.\n\n## 1 A\n\none\n", "text_outside_clause", 2, "Move it below"),
        ("Welcome.\n", "text_outside_clause", 0, "Move it below"),
        ("Welcome\n=======\n\n## 1 A\n\none\n", "text_outside_clause", 0, "Move it below"),
        ("## 1 A\n\none\n\n## 2 B\n\n## 3 C\n\nx\n", "empty_clause", 4, "Write it, or remove"),
        ("## 1 A\n\none\n\n## 2 B\n", "empty_clause", 4, "Write it, or remove"),
        ("## 1 A\n \n\t\n", "empty_clause", 0, "Write it, or remove"),
    ],
)
def test_a_malformed_body_is_refused_with_its_line_and_the_remedy(
    body: str, key: str, line: int, remedy: str
) -> None:
    error = refused(FRONT + body)
    assert (error.key, error.values["line"]) == (key, BODY + line)
    assert str(error).startswith(f"policy.en.md, line {BODY + line}: ")
    assert remedy in str(error)
    assert f"policy.en.md 第 {BODY + line} 行" in error.message("zh")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("odd", ["\u2028", "\x0c", "\x85", "\x1e"])
def test_lines_are_counted_as_an_editor_counts_them(ends: str, odd: str) -> None:
    source = FRONT + f"## 1 A\n\none{odd}two\n\n## B\n\nthree\n"
    assert refused(source.replace("\n", ends)).values["line"] == BODY + 4


def test_a_duplicate_id_names_the_line_it_was_first_used_in() -> None:
    error = refused(FRONT + "## 1 A\n\none\n\n## 1 B\n\ntwo\n")
    assert error.values["first"] == BODY
    assert f"already used in line {BODY}" in str(error)


@pytest.mark.parametrize("body", ["", "\n\n", "# Title\n"])
def test_a_file_without_a_clause_is_refused(body: str) -> None:
    error = refused(FRONT + body)
    assert error.key == "no_clause"
    assert "Write clauses under headings with ids" in str(error)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "## 1 A\n\none\n",
        "\n" + FRONT + "## 1 A\n\none\n",
        "---\nid: small\n## 1 A\n\none\n",
        "---\n---\n## 1 A\n\none\n",
        "---\nonly words\n---\n## 1 A\n\none\n",
        "---\n- id\n- title\n---\n## 1 A\n\none\n",
    ],
)
def test_missing_front_matter_is_refused_with_what_it_must_hold(source: str) -> None:
    error = refused(source)
    assert error.key == "front_matter_missing"
    assert "line 1" in str(error)
    assert "id, title, version, effective and language" in str(error)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("title: Small", "title: [Small", 4),
        ("title: Small", "title: : Small", 3),
        ('version: "1"', '\tversion: "1"', 4),
    ],
)
def test_front_matter_that_is_not_yaml_is_refused_at_its_line(
    old: str, new: str, line: int
) -> None:
    error = refused(FRONT.replace(old, new) + "## 1 A\n\none\n")
    assert (error.key, error.values["line"]) == ("front_matter_yaml", line)


def test_front_matter_nested_without_end_is_refused() -> None:
    error = refused(FRONT.replace("Small", "[" * 5000) + "## 1 A\n\none\n")
    assert error.key == "front_matter_yaml"


@pytest.mark.parametrize(
    ("old", "new", "key", "line"),
    [
        ("id: small", "id: Small Shop", "id", 2),
        ("id: small", "id: ../shop", "id", 2),
        ("id: small\n", "", "id", 1),
        ("title: Small shop privacy policy", "title:", "title", 3),
        ("title: Small shop privacy policy\n", "", "title", 1),
        ('version: "1"', 'version: ""', "version", 4),
        ('version: "1"\n', "", "version", 1),
        ("2026-01-02", "2026-13-45", "effective", 5),
        ("2026-01-02", "soon", "effective", 5),
        ("effective: 2026-01-02\n", "", "effective", 1),
        ("language: en", "language: fr", "language", 6),
        ("language: en\n", "", "language", 1),
        ("language: en", "language: en\nauthor: me", "author", 7),
    ],
)
def test_a_wrong_front_matter_value_is_refused_by_name_and_line(
    old: str, new: str, key: str, line: int
) -> None:
    error = refused(FRONT.replace(old, new) + "## 1 A\n\none\n")
    assert (error.key, error.values["key"], error.values["line"]) == (
        "front_matter_value",
        key,
        line,
    )
    assert "Correct it" in str(error)


def test_front_matter_is_read_and_a_bare_version_keeps_its_digits() -> None:
    front = parse_edition(FRONT.replace('"1"', "1.10") + "## 1 A\n\none\n", "x").front
    assert (front.id, front.title) == ("small", "Small shop privacy policy")
    assert (front.version, front.effective.isoformat(), front.language) == (
        "1.10",
        "2026-01-02",
        "en",
    )


def test_a_missing_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "policy.en.md"
    with pytest.raises(CorpusError, match=r"is missing\. Restore it") as caught:
        read_edition(path)
    assert caught.value.key == "corpus_missing"
    assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="Check the file's permissions") as caught:
        read_edition(tmp_path)
    assert caught.value.key == "corpus_unreadable"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (FRONT.encode() + "## 1 收集\n\n护照\n".encode("gb18030"), BODY),
        (FRONT.encode() + b"## 1 A\r\n\r\n\xff\r\n", BODY + 2),
        (FRONT.encode("utf-16"), 1),
    ],
)
def test_a_file_that_is_not_utf_8_is_refused_at_its_first_wrong_line(
    tmp_path: Path, content: bytes, line: int
) -> None:
    path = tmp_path / "policy.en.md"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match="Save the file as UTF-8") as caught:
        read_edition(path)
    assert (caught.value.key, caught.value.values["line"]) == ("corpus_encoding", line)


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "policy.en.md"
    path.write_text(FRONT + "## 1 A\n\none\n", encoding="utf-8-sig")
    assert read_edition(path).body == "## 1 A\n\none\n"


@pytest.mark.parametrize(
    "block",
    [
        "```\n## 2 code\n```",
        "~~~ md\n# not a title\n## 9\n~~~",
        "````\n```\n## 2 code\n```\n````",
        "    ## indented code",
        "> ## quoted",
        "- ## in an item",
        "1. one\n   - two\n\n     ## three deep",
        "#hashtag",
        "####### seven",
        r"\## escaped",
    ],
)
def test_what_looks_like_a_heading_but_is_none_stays_text(block: str) -> None:
    edition = parsed(f"## 1 A\n\nText:\n\n{block}\n\n## 2 B\n\nend\n")
    assert [section.id for section in edition.sections] == ["1", "2"]
    assert edition.sections[0].text == f"Text:\n\n{block}"


@pytest.mark.parametrize(
    "heading", ["## 1 A b", "## 1 A b ##", "  ## 1 A b", "##\t1  A b", "## 1\u3000A b"]
)
def test_a_heading_is_read_as_markdown_reads_it(heading: str) -> None:
    (section,) = parsed(f"{heading}\n\none\n").sections
    assert (section.id, section.level, section.heading) == ("1", 2, "A b")


def test_nested_lists_belong_to_their_clause_as_they_are_written() -> None:
    items = "We collect:\n\n1. names;\n   - first name;\n     * nick name;\n2. numbers."
    (section,) = parsed(f"## 1 A\n\n{items}\n").sections
    assert section.text == items


def test_a_heading_without_text_groups_the_ones_below_it() -> None:
    sections = parsed("# T\n\n## 1 A\n\n### 1.1 B\n\none\n\n## 2 C\n\ntwo\n").sections
    assert [(one.id, one.level, one.text) for one in sections] == [
        ("1", 2, ""),
        ("1.1", 3, "one"),
        ("2", 2, "two"),
    ]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_files_come_back_from_their_sections(
    tmp_path: Path, language: str, ends: str
) -> None:
    source = (CORPUS / f"policy.{language}.md").read_text(encoding="utf-8").replace("\n", ends)
    path = tmp_path / f"policy.{language}.md"
    path.write_bytes(source.encode())
    edition = read_edition(path)
    assert edition.body == source.split(f"---{ends}", 2)[2]
    assert edition.preamble + "".join(one.source for one in edition.sections) == edition.body


# Paragraphs begin with a word, so that they are nothing else to Markdown; the rest of the line is
# anything, separators that other tools take for line ends included.
_WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=20
).map(lambda rest: f"文a{rest}z")
_BLOCKS = st.one_of(
    _WORDS,
    _WORDS.map(lambda words: f"{words}\n{words}"),
    _WORDS.map(lambda words: f"- {words}\n  1. {words}\n- {words}"),
    _WORDS.map(lambda words: f"```\n## 1 {words}\n```"),
    _WORDS.map(lambda words: f"> ## {words}"),
)
_TEXT = st.lists(_BLOCKS, min_size=1, max_size=3).map("\n\n".join)
_HEADING = st.text("abc条款 ", max_size=8).map(lambda rest: f"标x{rest}y")
# A policy's shape: the numbers of sections below a section, at most three deep.
_SHAPE = st.lists(st.lists(st.integers(0, 2), max_size=2), min_size=1, max_size=3)


def _ids(shape: list[list[int]]) -> Iterator[tuple[str, bool]]:
    """Yield every id of ``shape`` and whether it stands above others."""
    for first, below in enumerate(shape, 1):
        yield f"{first}", bool(below)
        for second, count in enumerate(below, 1):
            yield f"{first}.{second}", count > 0
            yield from ((f"{first}.{second}.{third}", False) for third in range(1, count + 1))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), shape=_SHAPE, ends=st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_policy_is_read_in_order_and_given_back(
    data: st.DataObject, shape: list[list[int]], ends: str
) -> None:
    body = data.draw(st.sampled_from(["", "# Title\n\n", "\n# A\n# B\n"]))
    expected = []
    for clause_id, groups in _ids(shape):
        heading = data.draw(_HEADING)
        text = "" if groups and data.draw(st.booleans()) else data.draw(_TEXT)
        expected.append((clause_id, heading, text.replace("\n", ends)))
        gap = data.draw(st.sampled_from(["\n", "\n\n", "\n\n\n"]))
        body += f"#{'#' * len(clause_id.split('.'))} {clause_id} {heading}{gap}{text}{gap}"
    source = (FRONT + body).replace("\n", ends)
    edition = parse_edition(source, "policy.en.md")
    assert [(one.id, one.heading, one.text) for one in edition.sections] == expected
    assert edition.body == body.replace("\n", ends)
    lines = re.split(r"\r\n|\r|\n", source)
    for section in edition.sections:
        assert f"# {section.id} {section.heading}" in lines[section.line - 1]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "# ",
                "## ",
                "### ",
                "1 ",
                "1.1 ",
                "2 ",
                "A",
                "- ",
                "> ",
                "```",
                "---",
                "===",
                "\n",
                "\n\n",
                "\r\n",
                "    ",
                "\u2028",
                "\u3000",
                "<!--",
                "-->",
                "\t",
                "。",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_any_body_is_given_back_whole_or_refused_with_a_line_of_it(body: str) -> None:
    source = FRONT + body
    result = outcome(source)
    if isinstance(result, Edition):
        assert result.body == body
    elif result.key != "no_clause":
        line = result.values["line"]
        assert isinstance(line, int)
        assert BODY <= line <= len(re.split(r"\r\n|\r|\n", source))
