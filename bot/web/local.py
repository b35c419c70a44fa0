"""Tell where a request comes from: this machine, and pages of our own."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

# What a proxy adds: its peer is not the machine that asks.
_OF_PROXIES = ("forwarded", "via", "x-real-ip")
_OF_PROXIES_BEGIN = "x-forwarded-"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def is_local(request: Request) -> bool:
    """Return whether ``request`` comes from this machine, and no proxy stands between.

    The peer's address alone would not do: a page elsewhere whose name is made to lead here (DNS
    rebinding) is asked for by a browser on this machine, but under that name.
    """
    peer = request.client.host if request.client else ""
    names = [value.decode("latin-1") for key, value in request.headers.raw if key == b"host"]
    is_passed_on = any(
        key in _OF_PROXIES or key.startswith(_OF_PROXIES_BEGIN) for key in request.headers
    )
    return (
        _is_loopback(peer)
        and not is_passed_on
        and len(names) == 1
        and _is_loopback_name(_host_name(names[0]))
    )


def is_from_own_page(request: Request) -> bool:
    """Return whether ``request`` was not made by a page of another origin.

    Links from elsewhere may lead to a page; nothing else may be asked for from there. Browsers
    say where a request comes from (Fetch Metadata, and the Origin header), programs do not.
    """
    site = request.headers.get("sec-fetch-site", "none")
    is_link = request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
    if site in ("cross-site", "same-site"):
        return is_link and request.headers.get("sec-fetch-dest", "document") == "document"
    origin = request.headers.get("origin")
    if origin is None or request.method in _SAFE_METHODS:
        return True
    # behind a proxy that ends TLS only the host is ours to know
    return _netloc(origin) == request.headers.get("host", "").lower()


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


def _host_name(host: str) -> str:
    """Return the name in a Host header: without port and brackets, "" where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback_name(name: str) -> bool:
    return name.rstrip(".") == "localhost" or name.endswith(".localhost") or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool(mapped.is_loopback if mapped else parsed.is_loopback)
