"""The settings: read from the environment, checked, and frozen."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.errors import UsageError
from bot.settings import CORPUS, PREFIX, Settings, read_settings

VALUES = {
    "home": ("/somewhere/else", Path("/somewhere/else")),
    "corpus": ("texts", Path("texts")),
    "policy": ("other", "other"),
    "host": ("0.0.0.0", "0.0.0.0"),  # noqa: S104 - a value that is read, not listened on
    "port": ("0", 0),
    "embedding_model": ("models/mine", "models/mine"),
    "question_limit": ("10", 10),
    "citation_limit": ("10", 10),
    "batch_size": ("1", 1),
    "index_wait_s": ("0.5", 0.5),
    "allowed_origins": (
        "https://Shop.example, http://127.0.0.1:8000/",
        ("https://shop.example", "http://127.0.0.1:8000"),
    ),
    "database_url": (
        "postgresql+psycopg://db/feedback",
        SecretStr("postgresql+psycopg://db/feedback"),
    ),
    "feedback_days": ("30", 30),
    "staff_user": ("desk", "desk"),
    "staff_password_hash": ("$argon2id$v=19$x", SecretStr("$argon2id$v=19$x")),
}


def test_every_setting_stands_in_the_table_of_this_test() -> None:
    assert VALUES.keys() == Settings.model_fields.keys()


@pytest.mark.parametrize("name", VALUES)
def test_every_setting_is_read_from_the_environment(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, value = VALUES[name]
    monkeypatch.setenv(PREFIX + name.upper(), text)
    assert getattr(read_settings(), name) == value


def test_without_an_environment_the_defaults_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"{PREFIX}HOME")
    settings = read_settings()
    assert settings.home == Path(".policybot")
    assert settings.corpus == CORPUS
    assert settings.policy == "shop"
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.embedding_model == "bundled"
    assert settings.question_limit == 2000


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


WRONG = [
    ("PORT", "many"),
    ("PORT", "-1"),
    ("PORT", "65536"),
    ("PORT", ""),
    ("POLICY", ""),
    ("EMBEDDING_MODEL", ""),
    ("QUESTION_LIMIT", "0"),
    ("CITATION_LIMIT", "11"),
    ("CITATION_LIMIT", "0"),
    ("BATCH_SIZE", "0"),
    ("BATCH_SIZE", "1.5"),
    ("INDEX_WAIT_S", "-1"),
    ("INDEX_WAIT_S", "soon"),
    ("INDEX_WAIT_S", "nan"),
    ("ALLOWED_ORIGINS", "*"),
    ("ALLOWED_ORIGINS", "shop.example"),
    ("ALLOWED_ORIGINS", "https://shop.example/page"),
    ("ALLOWED_ORIGINS", "https://shop.example, javascript:alert(1)"),
    ("FEEDBACK_DAYS", "0"),
    ("STAFF_USER", ""),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_that_is_not_allowed_is_told_with_the_name_of_the_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(UsageError) as told:
        read_settings()
    assert PREFIX + name in told.value.message("en")
    assert PREFIX + name in told.value.message("zh")
    assert "unset it" in told.value.message("en")


def test_variables_of_others_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    monkeypatch.setenv(f"{PREFIX}NO_SUCH_THING", "1")
    assert read_settings().port == 7860


@pytest.mark.parametrize("name", ["database_url", "staff_password_hash"])
def test_secrets_stay_out_of_what_is_printed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + name.upper(), "sesame")
    assert "sesame" not in f"{read_settings()!r} {read_settings()}"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_reading_the_settings_makes_no_folder() -> None:
    assert not read_settings().home.exists()
