"""Options that several commands share, and the settings they change."""

from typing import Annotated

import typer

from bot.settings import Settings, read_settings

PolicyOption = Annotated[
    str | None,
    typer.Option("--policy", help="Id of the policy.", metavar="ID", show_default="shop"),
]


def settings_for(policy: str | None, **changes: object) -> Settings:
    """Return the settings of the environment, with what the command line changes."""
    settings = read_settings()
    wanted = {"policy": policy, **changes}
    return settings.model_copy(update={key: one for key, one in wanted.items() if one is not None})
