"""The staff desk's results as HTML: everything that comes from outside is escaped here."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import groupby

from bot.feedback.types import KeptFeedback, Thumb
from bot.structure import Structure
from bot.types import LANGUAGES, Clause, Hit, Language, Policy
from bot.web.clause_markup import Mark, found_marks, permalink, sendable, text_html
from bot.web.staff_reply import reply_text
from bot.wording import say

_KEYS = {
    "search": ("/",),
    "next": ("j", "↓"),
    "previous": ("k", "↑"),
    "open": ("Enter",),
    "copy": ("c",),
    "permalink": ("p",),
    "help": ("?",),
    "close": ("Esc",),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """How results are shown: the page's language, and the edition that stands first.

    ``structures`` holds, by clause, what differs between its editions.
    """

    policy: Policy
    structures: dict[str, Structure]
    spoken: Language
    edition: Language
    query: str = ""


def results_html(hits: Iterable[Hit], desk: Desk) -> str:
    """Return what was found, the best first and open."""
    cards = [_card(hit, desk, is_open=place == 0) for place, hit in enumerate(hits)]
    return f'<div class="results">{"".join(cards)}</div>'


def every_clause_html(clauses: Iterable[Clause], desk: Desk) -> str:
    """Return all of ``clauses`` in order, closed, each section below its heading."""
    parts = []
    for section, members in groupby(clauses, key=lambda one: one.section(desk.edition)):
        cards = "".join(_card(Hit(one.id, 1.0), desk) for one in members)
        heading = f'<h2 lang="{desk.edition}">{_line(section)}</h2>'
        parts.append(f'<section class="group">{heading}{cards}</section>')
    return f'<div class="results">{"".join(parts)}</div>'


def unanswered_html(kept: Iterable[KeptFeedback], language: Language) -> str:
    """Return the questions that were not answered, each as a button that searches for it."""
    entries = [_unanswered(one, language) for one in kept]
    if not entries:
        return f'<p class="none">{_line(say("staff.no_unanswered", language))}</p>'
    return f'<ol class="questions">{"".join(entries)}</ol>'


def keys_html(language: Language) -> str:
    """Return the list of shortcuts, as a dialog that the page's script opens."""
    rows = "".join(
        f"<dt>{' '.join(f'<kbd>{escape(key)}</kbd>' for key in keys)}</dt>"
        f"<dd>{_line(say(f'staff.key_{name}', language))}</dd>"
        for name, keys in _KEYS.items()
    )
    title, close = (_line(say(f"staff.{name}", language)) for name in ("keys", "close"))
    single = _line(say("staff.single_keys", language))
    return (
        f'<button type="button" class="help" data-does="help">{title} <kbd>?</kbd></button>'
        f'<dialog id="keys" aria-labelledby="keys-title" lang="{language}">'
        f'<h2 id="keys-title">{title}</h2><dl>{rows}</dl>'
        f'<label><input type="checkbox" id="single-keys" checked> {single}</label>'
        f'<button type="button" data-does="close">{close}</button></dialog>'
    )


def _card(hit: Hit, desk: Desk, *, is_open: bool = False) -> str:
    clause = desk.policy.clause(hit.clause)
    if clause is None:
        return ""
    first = clause.language_of_text(desk.edition)
    differs = desk.structures[clause.id].differences
    badge = f'<span class="badge">{_line(say("structure.differs", desk.spoken))}</span>'
    above = _line(" › ".join(clause.path[first][:-1]))
    order = [first, *(one for one in clause.text if one != first)]
    return (
        f'<details class="clause" data-clause="{escape(clause.id)}"{" open" if is_open else ""}>'
        f'<summary><span class="number">{escape(clause.id)}</span> '
        f'<span class="heading" lang="{first}">{_line(clause.heading(first))}</span>'
        f"{badge if differs else ''}</summary>"
        f'<div class="body">{f"""<p class="path" lang="{first}">{above}</p>""" if above else ""}'
        f"{_why(hit, desk.spoken)}"
        f'<div class="editions">{"".join(_edition(clause, one, desk) for one in order)}</div>'
        f"{_structure_html(desk.structures[clause.id], desk.spoken)}{_actions(clause, desk)}"
        "</div></details>"
    )


def _why(hit: Hit, language: Language) -> str:
    if not hit.reasons:
        return ""
    reasons = "".join(f"<li>{_line(say(f'reason.{one}', language))}</li>" for one in hit.reasons)
    name = _line(say("staff.why", language))
    return f'<div class="why"><span>{name}</span><ul>{reasons}</ul></div>'


def _edition(clause: Clause, language: Language, desk: Desk) -> str:
    text = clause.text[language]
    found = found_marks(text, desk.query) if desk.query else ()
    only_here = desk.structures[clause.id].only_in(language)
    differing = [Mark(one.start, one.end, is_found=False) for one in only_here]
    name = _line(say("page.language_name", language))
    # the card's own heading is that of the first edition
    is_first = language == clause.language_of_text(desk.edition)
    heading = "" if is_first else _line(clause.heading(language))
    return (
        f'<figure lang="{language}"><figcaption><b>{name}</b> {heading}</figcaption>'
        f"<blockquote>{text_html(text, (*found, *differing))}</blockquote></figure>"
    )


def _structure_html(found: Structure, language: Language) -> str:
    if not found.differences:
        return f'<p class="structure">{_line(say("structure.same", language))}</p>'
    told = "".join(f"<li>{_line(one.words(language))}</li>" for one in found.differences)
    name = _line(say("structure.differs", language))
    return f'<div class="structure differing"><b>{name}</b><ul>{told}</ul></div>'


def _actions(clause: Clause, desk: Desk) -> str:
    order = [desk.edition, *(one for one in LANGUAGES if one != desk.edition)]
    copies = "".join(_copy(clause, one, desk) for one in order)
    address = _address(clause.id, desk.edition)
    link = _line(say("staff.permalink", desk.spoken))
    name = _line(say("chat.permalink", desk.spoken, clause=clause.id))
    return (
        f'<p class="actions">{copies}<a class="permalink" href="{address}" target="_blank" '
        f'rel="noopener" title="{name}">{link}</a></p>'
    )


def _copy(clause: Clause, language: Language, desk: Desk) -> str:
    # the address is made whole in the browser, which knows where the site is
    reply = sendable(reply_text(clause, desk.policy, language, desk.query))
    label = {
        "zh": say("staff.copy_zh", desk.spoken),
        "en": say("staff.copy_en", desk.spoken),
    }[language]
    told = {
        "zh": say("staff.copied_zh", desk.spoken, clause=clause.id),
        "en": say("staff.copied_en", desk.spoken, clause=clause.id),
    }[language]
    return (
        f'<button type="button" data-does="copy" data-reply="{escape(reply)}" '
        f'data-link="{_address(clause.id, language)}" data-told="{escape(told)}" '
        f'data-failed="{escape(say("staff.copy_failed", desk.spoken))}">{_line(label)}</button>'
    )


def _address(clause_id: str, language: Language) -> str:
    # relative to /staff/: the site may be served below a path
    return escape(f"../{permalink(clause_id, language)}")


def _unanswered(kept: KeptFeedback, language: Language) -> str:
    said = kept.feedback
    status = say(f"feedback.status_{said.status.value}", language)
    why = [status]
    if said.thumb is Thumb.DOWN and said.reason is not None:
        why.append(said.reason.words(language))
    question = sendable(said.question)
    stamp = escape(kept.at.isoformat(timespec="seconds"))
    shown = escape(f"{kept.at:%Y-%m-%d %H:%M} UTC")
    spoken = _line(say("page.language_name", said.language))
    return (
        f'<li><button type="button" data-does="search" data-query="{escape(question)}" '
        f'lang="{said.language}">{_line(question)}</button>'
        f'<p><time datetime="{stamp}">{shown}</time> · {spoken} · {_line(" · ".join(why))}</p></li>'
    )


def _line(text: str) -> str:
    return escape(" ".join(sendable(text).split()))
