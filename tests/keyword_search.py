"""A search that finds what its script says, and an assistant over it: no index, no model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.assistant import Assistant
from bot.conversation import ByRule
from bot.gate import Gate
from bot.types import LANGUAGES, Clause, Hit, Policy, Retrieval, Status

QUESTION_LIMIT = 2000
HOSTILE = (
    '<script>window.ran = 1</script><img src=x onerror="window.ran = 2"> & "so" *on*\n\n'
    "# No heading\n\n**not bold** [no link](javascript:window.ran=3) `no code` $$x^2$$\n\n"
    "</blockquote></details><h2>out</h2> https://elsewhere.example/ :smile:"
)
HOSTILE_CLAUSE = Clause(
    "9.9",
    path=dict.fromkeys(LANGUAGES, ("<b>Section</b>", "<i>Heading</i> **two**")),
    text=dict.fromkeys(LANGUAGES, HOSTILE),
)


class KeywordSearch:
    """Finds what the first of its keywords that stands in the question leads to."""

    def __init__(self, script: Mapping[str, Retrieval | Exception]) -> None:
        self.script = script
        self.asked: list[str] = []
        retrievals = [found for found in script.values() if isinstance(found, Retrieval)]
        known = {hit.clause for found in retrievals for hit in found.hits}
        self.otherwise = believing(Status.OFF_TOPIC, *sorted(known or {"1.1"}), belief=0.3)

    def __call__(self, question: str) -> Retrieval:
        self.asked.append(question)
        found = next((found for word, found in self.script.items() if word in question), None)
        if isinstance(found, Exception):
            raise found
        return found or self.otherwise


def believing(status: Status, *clauses: str, belief: float = 0.9) -> Retrieval:
    """Return hits on ``clauses``, equally good, and the belief that the message is ``status``."""
    others = [one for one in Status if one not in (status, Status.FAILED)]
    beliefs = {**dict.fromkeys(others, (1 - belief) / len(others)), status: belief}
    return Retrieval(tuple(Hit(one, 1 / len(clauses)) for one in clauses), beliefs)


def scripted_assistant(policy: Policy, search: KeywordSearch) -> Assistant:
    """Return an assistant that believes ``search``."""
    gate = Gate(margins=dict.fromkeys(LANGUAGES, 0.0), least_share=0.5)
    return Assistant(policy, ByRule(search, policy), search, gate, QUESTION_LIMIT, 4)


def with_hostile_clause(policy: Policy) -> Policy:
    """Return ``policy`` with a last clause that is full of markup."""
    return replace(policy, clauses=(*policy.clauses, HOSTILE_CLAUSE))


def answers(words: Sequence[str], *clauses: str) -> dict[str, Retrieval | Exception]:
    """Return a script in which each of ``words`` leads to ``clauses``."""
    return dict.fromkeys(words, believing(Status.ANSWERED, *clauses))
