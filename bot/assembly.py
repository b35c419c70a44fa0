"""Put the assistant together: load the parts that the settings name, and join them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.assistant import Assistant
from bot.conversation import FILE as FOLLOW_UP_FILE
from bot.conversation import ByHead, ByRule
from bot.encoders.encoder import Encoder
from bot.encoders.load import load_encoders
from bot.gate import DEFAULT_GATE
from bot.head import FILE as HEAD_FILE
from bot.head import Head, read_head
from bot.index import Index, ensure_index
from bot.progress import Progress, no_progress
from bot.retrieve import CLAUSE_WEIGHTS, LOOKUP_WEIGHTS, QUESTION_WEIGHTS, HybridSearch
from bot.settings import Settings
from bot.source import Source, read_source


@dataclass(frozen=True, slots=True)
class Parts:
    """What an assistant is made of; heads are None where none was made for bank and encoders."""

    encoders: tuple[Encoder, ...]
    index: Index
    head: Head | None
    follow_up_head: Head | None


def open_parts(settings: Settings, progress: Progress = no_progress) -> Parts:
    """Load the models and open the index, built first where it must be.

    Raises:
        PolicybotError: the corpus, the model or the index is not usable; says why.
    """
    source = read_source(settings)
    encoders = load_encoders(settings.embedding_model)
    index = ensure_index(settings, source, encoders, progress)
    names = [encoder.name for encoder in encoders]
    return Parts(
        encoders=encoders,
        index=index,
        head=_fitting_head(source, HEAD_FILE, names),
        follow_up_head=_fitting_head(source, FOLLOW_UP_FILE, names * 2),
    )


def assemble(parts: Parts, settings: Settings) -> Assistant:
    """Return the assistant that ``parts`` make."""
    source = parts.index.source
    policy = source.policy
    weights = QUESTION_WEIGHTS if source.questions else CLAUSE_WEIGHTS
    search = HybridSearch(parts.index, parts.encoders, parts.head, weights)
    by_head = ByHead(search, parts.follow_up_head) if parts.follow_up_head else None
    return Assistant(
        policy=policy,
        conversation=by_head or ByRule(search, policy),
        staff_search=search.weighed(LOOKUP_WEIGHTS),
        gate=DEFAULT_GATE,
        question_limit=settings.question_limit,
        citation_limit=settings.citation_limit,
    )


def open_assistant(settings: Settings, progress: Progress = no_progress) -> Assistant:
    """Load the parts and return the assistant; see ``open_parts``."""
    return assemble(open_parts(settings, progress), settings)


def _fitting_head(source: Source, file: str, encoders: Sequence[str]) -> Head | None:
    head = read_head(source.folder / file)
    return head if head and head.fits(source.bank.fingerprint, encoders) else None
