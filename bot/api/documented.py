"""What the OpenAPI document says of responses that are no plain JSON object."""

from typing import Any

from bot.api.models import ProblemOut
from bot.api.problems import MEDIA_TYPE

# FastAPI takes these as they stand in the document.
Responses = dict[int | str, dict[str, Any]]

_PROBLEM = {
    "description": "A problem (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema()}},
}
_STATUSES = (400, 403, 404, 405, 408, 413, 422, 500, 503)
PROBLEMS: Responses = dict.fromkeys(_STATUSES, _PROBLEM)
_STREAM_EXAMPLE = (
    'event: status\ndata: {"status": "answered", "language": "en", "understood": null}\n\n'
    'event: delta\ndata: {"text": "No, apart from exceptions: … (clause 3.1)."}\n\n'
    'event: citation\ndata: {"clause": "3.1", "quote": "We do not sell …", "heading": "…", '
    '"language": "en"}\n\n'
    'event: done\ndata: {"status": "answered", …}\n\n'
)
_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["status", "citation", "delta", "done", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
STREAM: Responses = {
    **PROBLEMS,
    200: {
        "description": "Server-sent events: status, citation, delta, done, error",
        "content": {"text/event-stream": {"schema": _EVENT, "example": _STREAM_EXAMPLE}},
    },
}
