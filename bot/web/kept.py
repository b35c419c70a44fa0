"""Send a file that is made once: compressed where that is accepted, and not twice."""

import gzip
import hashlib
import re
from dataclasses import dataclass

from fastapi import Request, Response

_FRESH_SECONDS = 300
# A coding that the client excludes (RFC 9110, section 12.5.3).
_EXCLUDED = re.compile(r"gzip\s*;\s*q=0(?:\.0{0,3})?\s*(?:,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Served:
    """One body as it is sent: its bytes, their coding ("" for none) and their entity tag."""

    body: bytes
    coding: str
    tag: str


@dataclass(frozen=True, slots=True)
class Forms:
    """A body as it is, and compressed."""

    plain: Served
    compressed: Served


def forms_of(body: bytes) -> Forms:
    """Return ``body`` as it is and compressed, each with its entity tag."""
    digest = hashlib.sha256(body).hexdigest()[:20]
    compressed = gzip.compress(body, compresslevel=9, mtime=0)
    return Forms(Served(body, "", f'"{digest}"'), Served(compressed, "gzip", f'"{digest}-gzip"'))


def served(request: Request, forms: Forms, media_type: str) -> Response:
    """Return the one of ``forms`` that ``request`` accepts, or 304 where it has it already."""
    accepted = request.headers.get("accept-encoding", "")
    is_compressed = "gzip" in accepted.lower() and not _EXCLUDED.search(accepted)
    chosen = forms.compressed if is_compressed else forms.plain
    headers = {
        "ETag": chosen.tag,
        "Cache-Control": f"public, max-age={_FRESH_SECONDS}",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    known = {
        one.strip().removeprefix("W/")
        for one in request.headers.get("if-none-match", "").split(",")
    }
    if {chosen.tag, "*"} & known:
        return Response(status_code=304, headers=headers)
    if chosen.coding:
        headers["Content-Encoding"] = chosen.coding
    return Response(chosen.body, media_type=media_type, headers=headers)
