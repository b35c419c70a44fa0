"""Turn questions and answers into HTML: everything that comes from outside is escaped here."""

from html import escape

from bot.compose import lead
from bot.types import Answer, Citation, Language, Policy, Status
from bot.wording import say


def question_html(question: str) -> str:
    """Return what the user typed, as text only."""
    return f'<div class="asked">{_text(question)}</div>'


def answer_parts(answer: Answer, policy: Policy) -> list[str]:
    """Return the answer piece by piece, in the order it is shown: lead first, then citations."""
    parts = []
    if answer.understood:
        understood = say("cli.understood", answer.language, question=answer.understood)
        parts.append(f'<p class="understood">{_text(understood)}</p>')
    if answer.status is not Status.ANSWERED:
        name = answer.status.value
        parts.extend(
            f'<p class="said {name}">{_text(one)}</p>' for one in answer.text.split("\n\n")
        )
        parts.extend(_clause_html(one, "", policy, answer.language) for one in answer.related)
        return parts
    parts.append(f'<p class="said">{_text(lead(answer.citations, policy, answer.language))}</p>')
    for number, citation in enumerate(answer.citations):
        parts.append(citation_html(citation, policy, answer.language, is_open=number == 0))
    return parts


def citation_html(
    citation: Citation, policy: Policy, language: Language, *, is_open: bool = False
) -> str:
    """Return a citation that opens its clause, the quote marked in it."""
    return _clause_html(citation.clause, citation.quote, policy, language, is_open=is_open)


def _clause_html(
    clause_id: str, quote: str, policy: Policy, language: Language, *, is_open: bool = False
) -> str:
    clause = policy.clause(clause_id)
    if clause is None:
        return ""
    spoken = clause.language_of_text(language)
    before, marked, after = (
        clause.text[spoken].partition(quote) if quote else (clause.text[spoken], "", "")
    )
    mark = f"<mark>{_text(marked)}</mark>" if marked else ""
    path = " › ".join(clause.path[spoken][:-1])
    return (
        f'<details class="clause"{" open" if is_open else ""}>'
        f'<summary><span class="number">{escape(clause_id)}</span> '
        f"{_text(clause.heading(spoken))}</summary>"
        f'<p class="path">{_text(path)}</p>'
        f'<blockquote lang="{spoken}">{_text(before)}{mark}{_text(after)}</blockquote>'
        "</details>"
    )


def message_html(parts: list[str], language: Language) -> str:
    """Return the parts as one message."""
    return f'<div class="answer" lang="{language}">{"".join(parts)}</div>'


def _text(text: str) -> str:
    # No line break may stay: a blank line would end the HTML block and start Markdown again.
    return "<br>".join(escape(line) for line in text.splitlines())
