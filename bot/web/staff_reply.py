"""The reply that staff send to a customer: polite, cited, and ready to paste."""

from bot.lead import lead
from bot.quote import choose_quote
from bot.types import Citation, Clause, Language, Policy, Question
from bot.wording import say


def reply_text(
    clause: Clause, policy: Policy, language: Language, query: str = "", link: str = ""
) -> str:
    """Return a reply in ``language`` that quotes ``clause``, as plain text that ends in ``link``.

    A long clause is quoted where it answers ``query``. Where the clause lacks the language, the
    edition that there is is quoted.
    """
    spoken = clause.language_of_text(language)
    asked = Question(query, language)
    quote = choose_quote(clause.text[spoken], (query,), spoken)
    # what staff typed need not be the customer's question: the lead claims no yes and no no
    opening = lead((Citation(clause.id, quote),), Question("", language), policy)
    return say(
        "staff.reply",
        asked.language,
        lead=opening,
        quote=quote,
        title=policy.title.get(language) or next(iter(policy.title.values())),
        clause=clause.id,
        version=policy.version,
        effective=policy.effective,
        link=link,
    )
