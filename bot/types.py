"""The nouns that every step shares: frozen, slotted and typed."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Status(StrEnum):
    """What became of a question; only ``ANSWERED`` carries citations."""

    ANSWERED = "answered"
    SILENT = "silent"
    OFF_TOPIC = "off_topic"
    SMALL_TALK = "small_talk"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a policy: the unit that a citation names.

    ``path`` holds the headings above and including the clause's own, per language, outermost
    first. ``text`` holds its wording per language; a language the policy lacks is absent.
    """

    id: str
    path: dict[Language, tuple[str, ...]]
    text: dict[Language, str]

    def section(self, language: Language) -> str:
        """Return the outermost heading, in ``language`` where there is one."""
        return self._path(language)[0]

    def heading(self, language: Language) -> str:
        """Return the clause's own heading, in ``language`` where there is one."""
        return self._path(language)[-1]

    def language_of_text(self, wanted: Language) -> Language:
        """Return ``wanted`` where the clause has it, else the language it does have."""
        return wanted if wanted in self.text else next(iter(self.text))

    def _path(self, language: Language) -> tuple[str, ...]:
        return self.path[language] if language in self.path else next(iter(self.path.values()))


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy: its clauses in order, and what is known of the document."""

    id: str
    version: str
    effective: str
    title: dict[Language, str]
    clauses: tuple[Clause, ...]
    fingerprint: str

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the languages that the policy is written in."""
        return tuple(language for language in LANGUAGES if language in self.title)

    def clause(self, clause_id: str) -> Clause | None:
        """Return the clause with this id, or None."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)


class Verdict(StrEnum):
    """What a clause says to a question that wants a yes or a no."""

    YES = "yes"
    NO = "no"
    ONLY_IF = "only_if"


class PassageKind(StrEnum):
    """What a passage is made of."""

    CLAUSE = "clause"
    SENTENCE = "sentence"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and searched; always knows what it leads to.

    ``clauses`` are the ids it leads to, most important first. It is empty only for bank questions
    that no clause answers; ``status`` then says which refusal they lead to. ``verdict`` is what
    the first clause says to a bank question that wants a yes or a no, None for any other.
    """

    id: str
    kind: PassageKind
    language: Language
    text: str
    clauses: tuple[str, ...]
    status: Status = Status.ANSWERED
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that was found: ``score`` is in [0, 1], higher is better; ``reasons`` says why."""

    clause: str
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search brought.

    ``hits`` are best first, each clause once. ``beliefs`` gives, for every status but
    ``FAILED``, how likely the message is of that kind (they sum to 1); it is empty where a
    retriever cannot tell. ``verdicts`` gives, for clauses where the bank is sure of it, what
    they say to a question like this one, were it to want a yes or a no.
    """

    hits: tuple[Hit, ...]
    beliefs: dict[Status, float] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause id and a quote: a span of that clause's text, character for character."""

    clause: str
    quote: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation, as the caller remembers it."""

    question: str
    clauses: tuple[str, ...] = ()
    status: Status = Status.ANSWERED


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is answered: cleaned text, and the language to answer in.

    ``foreign`` says that it was asked in a third language; ``understood`` is the question made
    whole from the conversation, None where it stood alone.
    """

    text: str
    language: Language
    foreign: bool = False
    understood: str | None = None

    @property
    def whole(self) -> str:
        """Return the question with all that it leans on."""
        return self.understood or self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says: the text shown, and what proves it.

    ``lead`` is the sentence before the citations, empty where there are none; ``text`` holds it.
    ``understood`` is the question as it was made whole from the conversation (None where it
    stood alone). ``related`` are clauses near a question that the policy does not answer.
    """

    status: Status
    language: Language
    text: str
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    policy_version: str = ""
    understood: str | None = None
    related: tuple[str, ...] = ()
    lead: str = ""
