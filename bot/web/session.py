"""The staff's login and session (a signed cookie), and a throttle for those who guess."""

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from threading import Lock

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from starlette.requests import Request

from bot.settings import Settings
from bot.web.password import check_hash, is_password

COOKIE = "policybot_staff"
SESSION_S = 12 * 3600
_PURPOSE = b"policybot staff session"
_MOST_ADDRESSES = 10_000


class Sessions:
    """Gives and reads the value of the session cookie.

    The key comes from the password's hash alone: every process with the same settings reads it,
    and a new password ends every session. ``now`` is in seconds since 1970.
    """

    def __init__(self, user: str, password_hash: str, now: Callable[[], float] = time.time) -> None:
        self._user = user
        key = hmac.digest(password_hash.encode(), _PURPOSE, "sha256")
        self._serializer = URLSafeTimedSerializer(
            key,
            salt=_PURPOSE,
            signer=_ClockedSigner,
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac", "now": now},
        )

    def give(self) -> str:
        """Return a new session's value."""
        value = self._serializer.dumps(self._user)
        return value if isinstance(value, str) else value.decode()

    def user(self, value: str) -> str | None:
        """Return whose session ``value`` is, or None where it is none, or has run out."""
        try:
            user = self._serializer.loads(value, max_age=SESSION_S)
        except BadData:
            return None
        return self._user if user == self._user else None


@dataclass(frozen=True, slots=True)
class Login:
    """What a login is checked with."""

    user: str
    password_hash: str
    sessions: Sessions

    def is_right(self, user: str, password: str) -> bool:
        """Return whether both are right; a wrong name takes as long as a wrong password."""
        is_right_password = is_password(password, self.password_hash)
        is_right_user = hmac.compare_digest(
            user.encode("utf-8", "replace"), self.user.encode("utf-8", "replace")
        )
        return is_right_password and is_right_user

    def session_user(self, request: Request) -> str | None:
        """Return who is logged in."""
        return self.sessions.user(request.cookies.get(COOKIE, ""))


def read_login(settings: Settings) -> Login | None:
    """Return what ``settings`` say of the login, None where they set none.

    Raises:
        UsageError: what is set as the password's hash is none.
    """
    password_hash = settings.staff_password_hash.get_secret_value().strip()
    if not password_hash:
        return None
    check_hash(password_hash)
    sessions = Sessions(settings.staff_user, password_hash)
    return Login(settings.staff_user, password_hash, sessions)


class Throttle:
    """Lets an address try ``limit`` times within ``window_s`` seconds, and then wait.

    A try counts when it begins, so that many at once are no way round; a success takes it back.
    At most 10,000 addresses are remembered; those that tried longest ago are forgotten first.
    """

    def __init__(
        self, limit: int = 5, window_s: float = 900.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._window_s = window_s
        self._now = now
        self._tries: OrderedDict[str, tuple[float, ...]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, address: str) -> float:
        """Count a try of ``address`` and return 0, or return the seconds it has to wait."""
        network = _network(address)
        with self._lock:
            now = self._now()
            recent = tuple(
                one for one in self._tries.get(network, ()) if now - one < self._window_s
            )
            if len(recent) >= self._limit:
                return recent[0] + self._window_s - now
            self._tries[network] = (*recent, now)
            self._tries.move_to_end(network)
            while len(self._tries) > _MOST_ADDRESSES:
                self._tries.popitem(last=False)
            return 0.0

    def forgive(self, address: str) -> None:
        """Forget what ``address`` tried."""
        with self._lock:
            self._tries.pop(_network(address), None)


class _ClockedSigner(TimestampSigner):
    """A signer whose clock can be set."""

    def __init__(self, *arguments: object, now: Callable[[], float], **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now())


def _network(address: str) -> str:
    """Return what one guesser holds: an address, or of IPv6 the whole /64."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(IPv6Address(int(parsed) >> 64 << 64))
