"""``policybot staff-password``: the hash that the staff's login is set with."""

import sys
from getpass import getpass

import typer

from bot.cli.terminal import errors, terminal_language
from bot.errors import UsageError
from bot.settings import PREFIX
from bot.types import Language
from bot.wording import say

_LONGEST_LINE = 10_000


def staff_password() -> None:
    """Ask for the staff's password, twice and unseen, and print its hash.

    From a pipe one line is read. What is printed goes into POLICYBOT_STAFF_PASSWORD_HASH.
    """
    from bot.web.password import hash_password

    language = terminal_language()
    made = hash_password(_asked(language) if sys.stdin.isatty() else _piped())
    typer.echo(made)
    errors.print(say("login.how_to_set", language), highlight=False)
    errors.print(f"  export {PREFIX}STAFF_PASSWORD_HASH='{made}'", highlight=False, markup=False)


def _asked(language: Language) -> str:
    password = getpass(say("login.ask", language) + " ")
    if getpass(say("login.ask_again", language) + " ") != password:
        raise UsageError("password_differs")
    return password


def _piped() -> str:
    line = sys.stdin.buffer.readline(_LONGEST_LINE)
    # the line's end is no part of the password; spaces are
    return line.decode("utf-8", "surrogateescape").rstrip("\r\n")
