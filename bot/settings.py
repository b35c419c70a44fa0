"""The settings: one frozen class, read from ``POLICYBOT_*`` at the edge and passed on."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import UsageError

PREFIX = "POLICYBOT_"
CORPUS = Path(__file__).resolve().parent.parent / "corpus"
BUNDLED_MODEL = "bundled"
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


class Settings(BaseSettings):
    """Every setting, its unit and its default; the environment overrides, never a file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(
        Path(".policybot"),
        description="folder that holds all state: the index and its lock, and feedback",
    )
    corpus: Path = Field(
        CORPUS, description="folder with the policy's editions and the question bank"
    )
    policy: str = Field("shop", min_length=1, description="id of the policy that is served")
    host: str = Field("127.0.0.1", description="address the web application listens on")
    port: int = Field(7860, ge=0, le=65535, description="port it listens on; 0 takes any free one")
    embedding_model: str = Field(
        BUNDLED_MODEL,
        min_length=1,
        description="`bundled` (two encoders that ship in packages), or any sentence-transformers "
        "model: a folder, or a hub's id that is already on this machine",
    )
    question_limit: int = Field(2000, ge=1, description="longest question, in characters")
    citation_limit: int = Field(
        4,
        ge=1,
        le=10,
        description="most clauses an answer quotes, unless the question asks for a whole list",
    )
    batch_size: int = Field(
        1024, ge=1, description="texts embedded at a time while the index is built"
    )
    index_wait_s: float = Field(
        120.0, ge=0, description="seconds to wait for another process that is building the index"
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="origins of the host pages that may call the API from a browser, separated "
        "by commas (`https://shop.example`); none by default",
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        description="SQLAlchemy URL of the database that keeps feedback "
        "(`postgresql+psycopg://…`); a SQLite file below the home by default",
    )
    feedback_days: int = Field(
        180, ge=1, description="days after which feedback is deleted for good"
    )
    staff_user: str = Field("staff", min_length=1, description="name that staff log in with")
    staff_password_hash: SecretStr = Field(
        SecretStr(""),
        description="hash of the staff's password, made by `policybot staff-password`; without "
        "one the staff desk is open to this machine alone",
    )

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        """Take ``"a, b"`` apart, and check that each is an origin (RFC 6454): no path, no star."""
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            return parts
        origins = tuple(str(one).strip().rstrip("/").lower() for one in parts if str(one).strip())
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin such as https://shop.example")
        return origins


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        UsageError: a variable holds a value that is not allowed; names it and the reason.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise UsageError("setting", name=name, reason=first["msg"]) from error
