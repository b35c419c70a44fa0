"""Show answers, hits and clauses in a terminal."""

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.types import Answer, Hit, Language, Policy, Status
from bot.wording import say

_COLOURS = {
    Status.ANSWERED: "green",
    Status.SILENT: "yellow",
    Status.OFF_TOPIC: "yellow",
    Status.SMALL_TALK: "cyan",
    Status.REFUSED: "red",
    Status.FAILED: "red",
}


def show_answer(console: Console, answer: Answer, policy: Policy) -> None:
    """Print an answer: what was understood, the lead, then each quote under its clause."""
    if answer.understood:
        console.print(Text(say("cli.understood", answer.language, question=answer.understood)))
    colour = _COLOURS[answer.status]
    if answer.status is not Status.ANSWERED:
        console.print(Panel(Text(answer.text), border_style=colour))
        return
    console.print(Text(answer.lead, style="bold"))
    for citation in answer.citations:
        clause = policy.clause(citation.clause)
        heading = clause.heading(answer.language) if clause else ""
        title = Text(f"{citation.clause} {heading}", style="bold")
        console.print(
            Panel(Text(citation.quote), title=title, title_align="left", border_style=colour)
        )


def show_hits(console: Console, hits: tuple[Hit, ...], policy: Policy, language: Language) -> None:
    """Print hits as a table: clause, score, why it was found, both languages' text."""
    if not hits:
        console.print(Text(say("cli.no_hits", language)))
        return
    table = Table(show_lines=True)
    for column in ("clause", "score", "why", "text"):
        table.add_column(say(f"cli.{column}", language), no_wrap=column in ("clause", "score"))
    for hit in hits:
        clause = policy.clause(hit.clause)
        if clause is None:
            continue
        why = ", ".join(say(f"reason.{reason}", language) for reason in hit.reasons)
        texts = [Text(clause.text[one]) for one in clause.text]
        heading = Text(clause.heading(language), style="bold")
        table.add_row(hit.clause, f"{hit.score:.2f}", why, Group(heading, *texts))
    console.print(table)


def show_clauses(console: Console, policy: Policy) -> None:
    """Print every clause under its section, in all languages of the policy."""
    section = ""
    for clause in policy.clauses:
        titles = [path[0] for path in clause.path.values()]
        if titles[0] != section:
            section = titles[0]
            console.rule(Text(" / ".join(titles), style="bold"))
        for language, text in clause.text.items():
            heading = Text(f"{clause.id} {clause.heading(language)}", style="bold")
            console.print(Group(heading, Text(text), Text()))
