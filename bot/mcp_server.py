"""The assistant as an MCP server: tools that other programs' models ask the policy with.

The handshake is immediate: the models load in a thread of their own, and the first call waits
for them. Nothing heavy is imported here, so that a client never waits for the server to start.
"""

import asyncio
import logging
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from functools import partial
from inspect import getdoc
from threading import Thread
from typing import TYPE_CHECKING, Annotated, TypeVar

from anyio import CapacityLimiter, to_thread
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from bot import __version__
from bot.api.models import (
    HISTORY_LIMIT,
    QUESTION_LIMIT,
    BareAnswerOut,
    LanguageName,
    SearchOut,
    TurnIn,
    WholeClauseOut,
)
from bot.api.objects import answer_out, search_out, whole_clause_out
from bot.errors import PolicybotError
from bot.settings import Settings
from bot.text import clean, detect_language
from bot.types import Answer, Clause, Hit, Language, Status
from bot.wording import say

if TYPE_CHECKING:
    from bot.assistant import Assistant

_INSTRUCTIONS = (
    "Answers questions about one privacy policy, in Chinese or English, with quotes from its "
    "clauses. Quote the citations as they are, with the clause's number. The status `silent` is "
    "an answer: the policy does not say; do not fill the gap."
)
_MOST_HITS = 100
# The encoders hold a lock each: more questions at a time would only wait for one another.
_QUESTIONS_AT_A_TIME = 2
_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_log = logging.getLogger(__name__)

_Result = TypeVar("_Result")
_Question = Annotated[
    str,
    Field(
        max_length=QUESTION_LIMIT,
        description="What a customer wants to know, in their own words, in Chinese or English.",
        examples=["Do you sell my data?", "你们会把我的资料交给警察吗？"],
    ),
]
_PageLanguage = Annotated[
    LanguageName | None,
    Field(description="Language to answer in where the question's own words do not tell."),
]
_History = Annotated[
    tuple[TurnIn, ...],
    Field(
        max_length=HISTORY_LIMIT,
        description="The earlier turns of the conversation, oldest first: the server keeps none.",
    ),
]
_Query = Annotated[
    str,
    Field(
        max_length=QUESTION_LIMIT,
        description="Words in either language, or a clause's number such as 3.5.2.",
        examples=["passport", "3.5"],
    ),
]
_Limit = Annotated[int, Field(ge=1, le=_MOST_HITS, description="Most clauses to return.")]
_Section = Annotated[
    str,
    Field(max_length=64, description="Only clauses under this number: 3 stands for 3.1, 3.2 …"),
]
_ClauseId = Annotated[
    str, Field(min_length=1, max_length=64, description="A clause's number.", examples=["3.5.2"])
]


def run_mcp(settings: Settings, open_assistant: "Callable[[Settings], Assistant]") -> None:
    """Serve MCP over standard input and output until the client leaves.

    Standard output carries the protocol alone; whatever else is written goes to standard error.
    """
    _log_to_standard_error()
    create_mcp_server(partial(open_assistant, settings)).run("stdio")


def _log_to_standard_error() -> None:
    """Write warnings and worse to standard error, unless logging is set up already.

    The SDK would write what any library says, at whatever level.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def create_mcp_server(open_assistant: "Callable[[], Assistant]") -> MCPServer[None]:
    """Return an MCP server over the assistant that ``open_assistant`` loads.

    It is called once, in a thread of its own, when the server starts to run.
    """
    desk = _Desk(open_assistant)

    @asynccontextmanager
    async def loading(_: MCPServer[None]) -> AsyncIterator[None]:
        desk.start()
        yield

    server = MCPServer[None](
        "policybot",
        title="policybot",
        version=__version__,
        instructions=_INSTRUCTIONS,
        log_level="WARNING",
        lifespan=loading,
    )
    _add_tools(server, desk)

    @server.resource("clause://{clause_id}", title="Clause", mime_type="text/markdown")
    async def clause_text(clause_id: str) -> str:
        """A clause of the policy with the headings above it, in every language it has."""
        try:
            found = await _told(desk.clause(clause_id), "en")
        except ToolError as error:
            raise ResourceError(str(error)) from None
        if found is None:
            raise ResourceNotFoundError(say("mcp.unknown_clause", "en"))
        return _markdown(found)

    return server


def _add_tools(server: MCPServer[None], desk: "_Desk") -> None:
    async def ask(
        question: _Question, language: _PageLanguage = None, history: _History = ()
    ) -> BareAnswerOut:
        """Answer a question about the privacy policy, with quotes that prove the answer.

        The status tells what became of it: `answered` (only then there are citations), `silent`
        (the policy does not say), `off_topic`, `small_talk` or `refused`.
        """
        spoken = _spoken(question, language)
        return await _told(desk.ask(question, language, history), spoken)

    async def search_clauses(
        query: _Query, limit: _Limit = 10, section: _Section = ""
    ) -> SearchOut:
        """Look up clauses of the privacy policy by words or by number, best first."""
        spoken = _spoken(query)
        return await _told(desk.search(query, limit, section), spoken)

    async def get_clause(id: _ClauseId) -> WholeClauseOut:  # noqa: A002 - as it is called everywhere
        """Return one clause of the privacy policy, whole, in every language it has."""
        return await _told(desk.read(id), "en")

    tools: tuple[tuple[str, Callable[..., object]], ...] = (
        ("Ask the privacy policy", ask),
        ("Search the policy's clauses", search_clauses),
        ("Read a clause of the policy", get_clause),
    )
    for title, tool in tools:
        server.add_tool(tool, title=title, description=getdoc(tool), annotations=_READS)


def _spoken(text: str, wanted: Language | None = None) -> Language:
    """Return the language to tell errors about ``text`` in; empty texts are told here.

    Raises:
        ToolError: the text holds nothing.
    """
    cleaned = clean(text)
    spoken = detect_language(cleaned).answer or wanted or "en"
    if not cleaned:
        raise ToolError(say("mcp.empty", spoken))
    return spoken


class _Desk:
    """The assistant behind the tools; whoever asks before it is loaded waits."""

    def __init__(self, open_assistant: "Callable[[], Assistant]") -> None:
        self._open = open_assistant
        self._loaded: Future[Assistant] = Future()
        self._is_started = False
        self._turns = CapacityLimiter(_QUESTIONS_AT_A_TIME)

    def start(self) -> None:
        """Begin to load, once."""
        if not self._is_started:
            self._is_started = True
            # a client that leaves meanwhile must not have to wait for the models
            Thread(target=self._load, name="loading", daemon=True).start()

    def _load(self) -> None:
        try:
            self._loaded.set_result(self._open())
        except BaseException as error:  # noqa: BLE001 - told to whoever asks
            self._loaded.set_exception(error)

    async def _assistant(self) -> "Assistant":
        # no thread waits here: one would keep the program alive after its client has left
        return await asyncio.shield(asyncio.wrap_future(self._loaded))

    async def ask(
        self, question: str, language: Language | None, history: tuple[TurnIn, ...]
    ) -> BareAnswerOut:
        """Answer ``question``; an outage is an error and never an answer."""
        assistant = await self._assistant()
        turns = [turn.turn() for turn in history]
        start = time.perf_counter()
        answer: Answer = await to_thread.run_sync(
            partial(assistant.ask, question, turns, language), limiter=self._turns
        )
        if answer.status is Status.FAILED:
            raise ToolError(answer.text)
        return answer_out(answer, assistant.policy, time.perf_counter() - start)

    async def search(self, query: str, limit: int, section: str) -> SearchOut:
        """Look up clauses, in one section or in all."""
        assistant = await self._assistant()
        policy = assistant.policy
        hits: tuple[Hit, ...] = await to_thread.run_sync(
            partial(assistant.look_up, query, len(policy.clauses)), limiter=self._turns
        )
        return search_out(hits, policy, limit, section)

    async def clause(self, clause_id: str) -> Clause | None:
        """Return a clause, or None."""
        return (await self._assistant()).policy.clause(clause_id.strip())

    async def read(self, clause_id: str) -> WholeClauseOut:
        """Return a clause as programs read it."""
        found = await self.clause(clause_id)
        if found is None:
            raise ToolError(say("mcp.unknown_clause", "en"))
        return whole_clause_out(found, (await self._assistant()).policy)


async def _told(work: Awaitable[_Result], language: Language) -> _Result:
    """Return what ``work`` gives; what goes wrong is told in ``language``.

    Where something broke is logged, without the error's message: it may hold what was typed.
    """
    try:
        return await work
    except ToolError:
        raise
    except PolicybotError as error:
        raise ToolError(error.message(language)) from None
    except Exception as error:  # noqa: BLE001 - the tool's outermost handler
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("a tool failed: %s\n%s", type(error).__name__, where)
        raise ToolError(say("mcp.failed", language)) from None


def _markdown(clause: Clause) -> str:
    """Return ``clause`` as Markdown: in each language its headings, then its text."""
    parts = []
    for language, text in clause.text.items():
        above = " › ".join(clause.path[language][:-1])
        heading = f"# {clause.id} {clause.heading(language)}"
        parts.extend([heading, above, text] if above else [heading, text])
    return "\n\n".join(parts) + "\n"
