"""Feedback: a customer's word on an answer."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body

from bot.api.documented import PROBLEMS
from bot.api.models import FeedbackIn, FeedbackOut
from bot.api.service import Service
from bot.feedback.types import Feedback


def feedback_router(service: Service) -> APIRouter:
    """Return the route that takes feedback."""
    router = APIRouter(prefix="/api", tags=["feedback"])

    @router.post("/feedback", status_code=HTTPStatus.CREATED, responses=PROBLEMS)
    async def feedback(given: Annotated[FeedbackIn, Body()]) -> FeedbackOut:
        """Keep a word on an answer, masked of personal data."""
        heard = Feedback(
            question=given.question,
            language=given.language,
            status=given.status,
            # a page may be older than the policy; what is no clause of it has no place here
            clauses=tuple(one for one in given.clauses if service.policy.clause(one)),
            policy=service.policy.id,
            version=given.version,
            thumb=given.thumb,
            reason=given.reason,
            comment=given.comment,
        )
        return FeedbackOut(id=(await service.keep(heard)).id)

    return router
