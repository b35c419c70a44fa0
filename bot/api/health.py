"""For those who run the server: is it alive, is it ready, what has it counted."""

from fastapi import APIRouter, Response

from bot.api.documented import PROBLEMS
from bot.api.metrics import MEDIA_TYPE
from bot.api.service import Service


def health_router(service: Service) -> APIRouter:
    """Return the routes of probes and counters."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", responses=PROBLEMS)
    async def alive() -> dict[str, str]:
        """Tell that the process answers."""
        return {"status": "alive"}

    @router.get("/readyz", responses=PROBLEMS)
    async def ready() -> dict[str, str]:
        """Tell that questions can be answered; a problem of status 503 until then."""
        service.assistant  # noqa: B018 - raises where it is not loaded
        return {"status": "ready"}

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics() -> Response:
        """Return the counters in Prometheus's text format."""
        return Response(service.metrics.text(), media_type=MEDIA_TYPE)

    return router
