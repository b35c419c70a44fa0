"""The policy itself: its clauses, and the look-up of staff."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from bot.api.documented import PROBLEMS
from bot.api.models import (
    QUESTION_LIMIT,
    SAYS_SOMETHING,
    ClauseOut,
    SearchOut,
    WholeClauseOut,
)
from bot.api.objects import clause_out, search_out, whole_clause_out
from bot.api.problems import Code, ProblemError
from bot.api.service import Service

_CACHED = "public, max-age=60"
_MOST_HITS = 100


def clauses_router(service: Service) -> APIRouter:
    """Return the routes of the policy's clauses."""
    named = [Depends(service.check_policy)]
    router = APIRouter(prefix="/api", tags=["clauses"], dependencies=named)
    policy = service.policy

    @router.get("/clauses", responses=PROBLEMS)
    async def clauses(response: Response) -> list[ClauseOut]:
        """Return every clause, in the policy's order."""
        response.headers["Cache-Control"] = _CACHED
        return [clause_out(clause) for clause in policy.clauses]

    @router.get("/clauses/{clause_id}", responses=PROBLEMS)
    async def clause(
        clause_id: Annotated[str, Path(examples=["3.5.2"])], response: Response
    ) -> WholeClauseOut:
        """Return one clause with the headings above it."""
        found = policy.clause(clause_id)
        if found is None:
            raise ProblemError(Code.UNKNOWN_CLAUSE)
        response.headers["Cache-Control"] = _CACHED
        return whole_clause_out(found, policy)

    @router.get("/search", responses=PROBLEMS)
    async def search(
        q: Annotated[
            str, Query(max_length=QUESTION_LIMIT, pattern=SAYS_SOMETHING, examples=["passport"])
        ],
        k: Annotated[int, Query(ge=1, le=_MOST_HITS)] = 10,
        section: Annotated[str, Query(max_length=64, examples=["3"])] = "",
    ) -> SearchOut:
        """Look clauses up by number or words, in one section or in all."""
        hits = await service.look_up(q, len(policy.clauses))
        return search_out(hits, policy, k, section)

    return router
