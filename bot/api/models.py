"""What the API takes and gives: checked where it enters, described for the OpenAPI document."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from bot.feedback.prepare import COMMENT_LONGEST
from bot.feedback.types import Reason, Thumb
from bot.types import Status, Turn

QUESTION_LIMIT = 2000
HISTORY_LIMIT = 20
_CLAUSE_LIMIT = 64
_CLAUSES_LIMIT = 200

# A text that says something has a letter, a digit, punctuation or a symbol (Unicode, chapter 4.5).
SAYS_SOMETHING = r"[\p{L}\p{N}\p{P}\p{S}]"
_VERSION = r"^[A-Za-z0-9._+-]+$"

LanguageName = Literal["zh", "en"]
ClauseId = Annotated[StrictStr, Field(min_length=1, max_length=_CLAUSE_LIMIT)]
QuestionText = Annotated[
    StrictStr,
    Field(max_length=QUESTION_LIMIT, pattern=SAYS_SOMETHING, examples=["Do you sell my data?"]),
]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class TurnIn(_Model):
    """An earlier exchange, as the caller remembers it."""

    question: QuestionText
    """What was asked."""
    status: Status = Status.ANSWERED
    """The status of its answer."""
    clauses: Annotated[list[ClauseId], Field(max_length=_CLAUSES_LIMIT)] = []
    """The clauses that its answer cited."""

    def turn(self) -> Turn:
        """Return it as the assistant knows it."""
        return Turn(self.question, tuple(self.clauses), self.status)


class AskIn(_Model):
    """A question, and the conversation that it belongs to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "你们会把我的资料交给警察吗？"},
                {
                    "question": "and my passport?",
                    "history": [
                        {
                            "question": "Do you collect my phone number?",
                            "status": "answered",
                            "clauses": ["1.2.3"],
                        }
                    ],
                    "language": "en",
                },
            ]
        }
    )

    question: QuestionText
    """What the customer wants to know, in Chinese or English."""
    history: Annotated[list[TurnIn], Field(max_length=HISTORY_LIMIT)] = []
    """The earlier turns, oldest first: the server keeps no conversation."""
    language: LanguageName | None = None
    """The language of the page; used where the question's own words do not tell."""
    policy: Annotated[StrictStr, Field(max_length=_CLAUSE_LIMIT)] | None = None
    """The id of the policy to ask; the one that is served where it is left out."""


class FeedbackIn(_Model):
    """A customer's word on one answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question": "how long do you keep my orders?",
                    "language": "en",
                    "status": "silent",
                    "clauses": [],
                    "version": "2024-01",
                    "thumb": "down",
                    "reason": "not_answered",
                    "comment": "I only wanted a number of months.",
                }
            ]
        }
    )

    question: QuestionText
    """What was asked."""
    language: LanguageName
    """The language of the answer."""
    status: Status
    """The status of the answer."""
    clauses: Annotated[list[ClauseId], Field(max_length=_CLAUSES_LIMIT)] = []
    """The clauses that the answer cited."""
    version: Annotated[StrictStr, Field(max_length=_CLAUSE_LIMIT, pattern=_VERSION)]
    """The version of the policy that the answer rests on."""
    thumb: Thumb
    """Whether the answer helped."""
    reason: Reason | None = None
    """Why it did not help."""
    comment: Annotated[StrictStr, Field(max_length=COMMENT_LONGEST)] = ""
    """More in the customer's words; personal data is masked before anything is kept."""


class FeedbackOut(_Model):
    """Feedback that was kept."""

    id: int


class CitationOut(_Model):
    """A clause that proves the answer, and the words of it that do."""

    clause: str
    quote: str
    """A span of the clause's text, character for character."""
    heading: str
    language: LanguageName
    """The language that the quote is in."""


class HitOut(_Model):
    """A clause that was found; the score is in [0, 1], higher is better."""

    clause: str
    score: float


class RelatedOut(_Model):
    """A clause that is near a question which the policy does not answer."""

    clause: str
    heading: str


class PolicyOut(_Model):
    """The policy that an answer rests on."""

    id: str
    version: str
    effective: str
    """The day it took effect (ISO 8601)."""


class BareAnswerOut(_Model):
    """An answer; only the status ``answered`` has citations."""

    status: Status
    language: LanguageName
    text: str
    """The whole answer as plain text."""
    lead: str
    """Its first sentence where it is answered, else empty."""
    citations: list[CitationOut]
    hits: list[HitOut]
    """The clauses that were found, best first, ten at most, each once."""
    understood: str | None
    """The question made whole from the conversation, where it leaned on it."""
    related: list[RelatedOut]
    """Clauses near a question that the policy does not answer."""
    policy: PolicyOut
    ms: float
    """Wall time of this question in milliseconds."""


class AnswerOut(BareAnswerOut):
    """An answer with what could come next; only the status ``answered`` has citations."""

    suggestions: list[str]
    """Questions that could come next."""


class FoundOut(HitOut):
    """A clause that staff looked up."""

    reasons: list[str]
    """Why it was found: names of the ways of searching that brought it."""
    text: dict[LanguageName, str]


class SearchOut(_Model):
    """What a look-up found."""

    hits: list[FoundOut]


class ClauseOut(_Model):
    """A clause; ``section`` and ``heading`` name all languages, ``text`` is per language."""

    id: str
    section: str
    heading: str
    text: dict[LanguageName, str]


class WholeClauseOut(ClauseOut):
    """A clause with its place in the policy."""

    headings: dict[LanguageName, list[str]]
    """The headings above it and its own, outermost first."""
    policy: PolicyOut


class SuggestionsOut(_Model):
    """Questions to open a conversation with."""

    suggestions: list[str]


class FieldProblemOut(_Model):
    """What is wrong with one field."""

    pointer: str
    """JSON pointer of the field (RFC 6901)."""
    detail: str


class ProblemOut(_Model):
    """A problem (RFC 9457), in the caller's language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblemOut] | None = None
