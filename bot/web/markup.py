"""Turn questions and answers into HTML: everything that comes from outside is escaped here."""

import re
from html import escape

from bot.lead import group_heading
from bot.types import Answer, Citation, Clause, Language, Policy, Status
from bot.web.clause_markup import permalink, sendable
from bot.wording import say

_LINE_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# How a follow-up was understood matters where the answer rests on it.
_READ_AS_A_WHOLE = (Status.ANSWERED, Status.SILENT)


def question_html(question: str) -> str:
    """Return what the user typed, as text only."""
    return f'<div class="asked">{_text(question.strip())}</div>'


def waiting_html(language: Language) -> str:
    """Return what stands in an answer's place while it is looked for."""
    return f'<p class="looking" lang="{language}">{_text(say("chat.looking", language))}</p>'


def answer_parts(answer: Answer, policy: Policy) -> list[str]:
    """Return the answer piece by piece, in the order it is shown: lead first, then citations."""
    parts = []
    if answer.understood and answer.status in _READ_AS_A_WHOLE:
        understood = say("cli.understood", answer.language, question=answer.understood)
        parts.append(f'<p class="understood">{_text(understood)}</p>')
    if answer.status is not Status.ANSWERED:
        name = answer.status.value
        parts.extend(
            f'<p class="said {name}">{_text(one)}</p>' for one in answer.text.split("\n\n")
        )
        parts.extend(_clause_html(one, "", policy, answer.language) for one in answer.related)
        return parts
    foreign = say("answer.foreign", answer.language)
    if answer.text.startswith(foreign):
        parts.append(f'<p class="foreign">{_text(foreign)}</p>')
    parts.append(f'<p class="said answered">{_text(answer.lead)}</p>')
    cited = [
        citation_html(citation, policy, answer.language, is_open=number == 0)
        for number, citation in enumerate(answer.citations)
    ]
    group = group_heading([one.clause for one in answer.citations], policy, answer.language)
    if group is None:
        return [*parts, *cited]
    heading = f"<h2>{_text(group)}</h2>"
    return [*parts, f'<section class="group">{heading}{"".join(cited)}</section>']


def citation_html(
    citation: Citation, policy: Policy, language: Language, *, is_open: bool = False
) -> str:
    """Return a citation that opens its clause, the quote marked in it.

    All editions of the clause stand side by side, first the one that the quote is from.
    """
    return _clause_html(citation.clause, citation.quote, policy, language, is_open=is_open)


def _clause_html(
    clause_id: str, quote: str, policy: Policy, language: Language, *, is_open: bool = False
) -> str:
    clause = policy.clause(clause_id)
    if clause is None:
        return ""
    spoken = clause.language_of_text(language)
    editions = [_edition_html(clause, spoken, "", quote)]
    editions += [
        _edition_html(clause, other, clause.heading(other))
        for other in clause.text
        if other != spoken
    ]
    above = " › ".join(clause.path[spoken][:-1])
    path = f'<p class="path">{_text(above)}</p>' if above else ""
    return (
        f'<details class="clause" lang="{spoken}"{" open" if is_open else ""}>'
        f'<summary><span class="number">{escape(clause_id)}</span> '
        f"<span>{_text(clause.heading(spoken))}</span></summary>"
        f'{path}<div class="editions">{"".join(editions)}</div>'
        f"{_permalink_html(clause_id, language)}"
        "</details>"
    )


def _edition_html(clause: Clause, language: Language, heading: str, quote: str = "") -> str:
    text = clause.text[language]
    before, marked, after = text.partition(quote) if quote else (text, "", "")
    mark = f"<mark>{_text(marked)}</mark>" if marked else ""
    caption = f"<b>{say('page.language_name', language)}</b> {_text(heading)}"
    return (
        f'<figure lang="{language}"><figcaption>{caption}</figcaption>'
        f'<blockquote lang="{language}">{_text(before)}{mark}{_text(after)}</blockquote></figure>'
    )


def _permalink_html(clause_id: str, language: Language) -> str:
    # relative: the page may be served below a path
    address = escape(permalink(clause_id, language))
    words = _text(say("chat.permalink", language, clause=clause_id))
    link = f'<a href="{address}" target="_blank" rel="noopener">{words}</a>'
    return f'<p class="permalink" lang="{language}">{link}</p>'


def notice_html(text: str, language: Language, *, is_trouble: bool = False) -> str:
    """Return a sentence of the page itself, marked where it tells of trouble."""
    kind = ' class="trouble"' if is_trouble else ""
    return f'<p lang="{language}"{kind}>{_text(text)}</p>'


def message_html(parts: list[str], language: Language) -> str:
    """Return the parts as one message."""
    return f'<div class="answer" lang="{language}">{"".join(parts)}</div>'


def _text(text: str) -> str:
    # A lone surrogate cannot be sent to the browser. No line break may stay: a blank line would
    # end the HTML block and start Markdown again.
    return "<br>".join(escape(line) for line in _LINE_BREAK.split(sendable(text)))
