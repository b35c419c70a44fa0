"""The settings: one frozen class, read from ``POLICYBOT_*`` at the edge and passed on."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import UsageError

PREFIX = "POLICYBOT_"
CORPUS = Path(__file__).resolve().parent.parent / "corpus"
BUNDLED_MODEL = "bundled"


class Settings(BaseSettings):
    """Every setting, its unit and its default; the environment overrides, never a file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(
        Path(".policybot"), description="folder that holds all state: the index and its lock"
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
