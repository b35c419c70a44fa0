"""The staff's password: its hash (argon2id, RFC 9106), and whether a word is it."""

import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from bot.errors import UsageError
from bot.settings import PREFIX

HASH_VARIABLE = f"{PREFIX}STAFF_PASSWORD_HASH"
LEAST_LENGTH = 10
_LONGEST = 1000
# RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4, type=Type.ID)


def hash_password(password: str) -> str:
    """Return the hash of ``password``, with a salt of its own.

    Raises:
        UsageError: it is too short or too long.
    """
    if not LEAST_LENGTH <= len(password) <= _LONGEST:
        raise UsageError("password_length", least=LEAST_LENGTH, most=_LONGEST)
    return _HASHER.hash(_prepared(password))


def is_password(password: str, password_hash: str) -> bool:
    """Return whether ``password`` is the one that was hashed; slow on purpose (about 50 ms)."""
    try:
        return _HASHER.verify(password_hash, _prepared(password[:_LONGEST]))
    except VerifyMismatchError:
        return False


def check_hash(password_hash: str) -> None:
    """Try ``password_hash`` out.

    Raises:
        UsageError: it is no hash of ours.
    """
    try:
        if not password_hash.startswith("$argon2id$"):
            raise InvalidHashError  # noqa: TRY301 - the one place that tells it
        is_password("", password_hash)
    except (InvalidHashError, VerificationError) as error:
        raise UsageError("password_hash", name=HASH_VARIABLE) from error


def _prepared(password: str) -> bytes:
    # the same word typed on another machine may come composed otherwise (RFC 8265, section 4.2)
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
