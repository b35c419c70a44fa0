"""One contract over every feedback store, and what only a database has to keep."""

import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr

import bot.feedback.connect
from bot.errors import FeedbackError
from bot.feedback.connect import FILE, explained
from bot.feedback.export import KINDS, export
from bot.feedback.memory import MemoryFeedback
from bot.feedback.migrate import LOCK
from bot.feedback.prepare import CLAUSES_MOST, COMMENT_LONGEST, QUESTION_LONGEST, prepared
from bot.feedback.schema import metadata
from bot.feedback.sql import SqlFeedback, open_feedback
from bot.feedback.types import Feedback, FeedbackStore, KeptFeedback, Reason, Thumb
from bot.settings import Settings
from bot.types import LANGUAGES, Policy, Status
from eval.cases import EXPECTED, read_cases

DAYS = 30
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORD = Feedback(
    question="Do you sell my data?",
    language="en",
    status=Status.ANSWERED,
    clauses=("1.1", "2.1"),
    policy="small",
    version="1",
    thumb=Thumb.DOWN,
    reason=Reason.INCOMPLETE,
    comment="And to whom?",
)


class Clock:
    """A time that moves only when it is told to."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def go(self, **by: float) -> None:
        self.time += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


# ── a private PostgreSQL server, where its binaries are on this machine ──────────────────────────


def _server_binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name)
    return next((one for one in reversed(folders) if (one / "initdb").exists()), None)


def _as_server(command: list[str]) -> None:
    """Run a command of the server, which refuses to run as root."""
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run(command, check=True, capture_output=True, user=user, cwd="/")


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """Return the folder of the server's socket."""
    binaries = _server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server here; Debian: apt-get install postgresql")
    # not below pytest's own folder: that is closed to other users, and too long for a socket
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    data = str(folder / "data")
    try:
        _as_server([str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "shop", "-N"])
        options = f"-c listen_addresses='' -k {folder} -c fsync=off"
        pg_ctl = str(binaries / "pg_ctl")
        log = str(folder / "log")
        _as_server([pg_ctl, "-D", data, "-w", "-l", log, "-o", options, "start"])
        try:
            yield folder
        finally:
            _as_server([pg_ctl, "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(server: Path) -> Iterator[str]:
    """Return the URL of an empty database."""
    base = f"postgresql+psycopg://shop@/{{}}?host={server}"
    engine = sa.create_engine(base.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE feedback"))
    yield base.format("feedback")
    with engine.connect() as connection:
        connection.execute(sa.text("DROP DATABASE feedback WITH (FORCE)"))
    engine.dispose()


# ── the contract ─────────────────────────────────────────────────────────────────────────────────


def settings_for(home: Path, url: str = "", days: int = DAYS) -> Settings:
    return Settings(home=home, database_url=SecretStr(url), feedback_days=days)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[FeedbackStore]:
    if request.param == "memory":
        yield MemoryFeedback(DAYS, clock)
        return
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql_url") if is_server else ""
    opened = open_feedback(settings_for(tmp_path / "home", url), clock)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(tmp_path: Path, clock: Clock) -> Iterator[SqlFeedback]:
    opened = open_feedback(settings_for(tmp_path / "home"), clock)
    yield opened
    opened.close()


def questions(kept: Iterator[KeptFeedback] | tuple[KeptFeedback, ...]) -> list[str]:
    return [one.feedback.question for one in kept]


def test_an_empty_store_holds_nothing(store: FeedbackStore) -> None:
    assert list(store.every()) == []
    assert store.unanswered("small", 10) == ()
    assert store.purge() == 0


def test_feedback_comes_back_as_it_was_given(store: FeedbackStore) -> None:
    kept = store.keep(WORD)
    assert kept.feedback == WORD
    assert list(store.every()) == [kept]


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("thumb", Thumb)
@pytest.mark.parametrize("reason", [None, *Reason])
def test_every_status_thumb_and_reason_is_kept(
    status: Status, thumb: Thumb, reason: Reason | None, clock: Clock
) -> None:
    store = MemoryFeedback(DAYS, clock)
    word = replace(WORD, status=status, thumb=thumb, reason=reason)
    assert store.keep(word).feedback == word


def test_the_time_is_utc_with_its_zone(store: FeedbackStore, clock: Clock) -> None:
    clock.time = datetime(2026, 3, 1, 20, 30, 15, 123456, timezone(timedelta(hours=8)))
    store.keep(WORD)
    (kept,) = store.every()
    assert kept.at == clock.time
    assert kept.at.utcoffset() == timedelta(0)
    assert kept.at.hour == 12


def test_feedback_comes_oldest_first_with_rising_numbers(store: FeedbackStore) -> None:
    for number in range(7):
        store.keep(replace(WORD, question=f"question {number}"))
    every = list(store.every())
    assert questions(iter(every)) == [f"question {number}" for number in range(7)]
    assert [one.id for one in every] == sorted({one.id for one in every})


@pytest.mark.parametrize("language", LANGUAGES)
def test_personal_data_is_masked_before_anything_is_kept(
    store: FeedbackStore, language: str
) -> None:
    word = replace(
        WORD,
        language="zh" if language == "zh" else "en",
        question="我叫王小明，13800138000，my name is Jo Brown",
        comment="jo@example.com 4111 1111 1111 1111",
    )
    kept = store.keep(word)
    assert list(store.every()) == [kept]
    text = kept.feedback.question + kept.feedback.comment
    for secret in ("王小明", "13800138000", "Jo Brown", "jo@example.com", "1111"):
        assert secret not in text
    assert ("[手机号]" if language == "zh" else "[phone number]") in kept.feedback.question


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("one\ntwo\tthree", "one two three"),
        ("\ud800lone", "lone"),
        ("emoji 👩\u200d👩\u200d👧 🇨🇳", "emoji 👩\u200d👩\u200d👧 🇨🇳"),
        ("'; DROP TABLE feedback; --", "'; DROP TABLE feedback; --"),
        ("𠮷野家 %s {x} \\", "𠮷野家 %s {x} \\"),
        ("", ""),
    ],
)
def test_texts_are_cleaned_and_else_kept_to_the_letter(
    store: FeedbackStore, typed: str, kept: str
) -> None:
    store.keep(replace(WORD, question=typed, comment=typed))
    (one,) = store.every()
    assert (one.feedback.question, one.feedback.comment) == (kept, kept)


def test_overlong_texts_are_cut(store: FeedbackStore) -> None:
    long = "长" * 10_000
    store.keep(replace(WORD, question=long, comment=long, clauses=("1.1",) * 1000, version=long))
    (one,) = store.every()
    assert len(one.feedback.question) == QUESTION_LONGEST == 2000
    assert len(one.feedback.comment) == COMMENT_LONGEST == 500
    assert len(one.feedback.clauses) == CLAUSES_MOST
    assert len(one.feedback.version) < 100


def test_a_number_across_the_cut_does_not_show_its_beginning(store: FeedbackStore) -> None:
    store.keep(replace(WORD, question="x " * 996 + "138 0013 8000", comment=""))
    (one,) = store.every()
    assert "138" not in one.feedback.question


def test_what_is_past_the_limit_is_deleted(store: FeedbackStore, clock: Clock) -> None:
    store.keep(replace(WORD, question="old"))
    clock.go(days=10)
    store.keep(replace(WORD, question="newer"))
    clock.go(days=20, seconds=1)
    assert store.purge() == 1
    assert questions(store.every()) == ["newer"]
    assert store.purge() == 0


def test_the_limit_counts_the_same_in_any_time_zone(store: FeedbackStore, clock: Clock) -> None:
    store.keep(WORD)
    clock.time = clock.time.astimezone(timezone(timedelta(hours=8)))
    clock.go(days=DAYS, hours=-1)
    assert store.purge() == 0
    assert len(list(store.every())) == 1
    clock.time = clock.time.astimezone(timezone(timedelta(hours=-8)))
    clock.go(hours=2)
    assert list(store.every()) == []
    assert store.purge() == 1


def test_what_is_just_at_the_limit_stays(store: FeedbackStore, clock: Clock) -> None:
    store.keep(WORD)
    clock.go(days=DAYS)
    assert store.purge() == 0
    assert len(list(store.every())) == 1


def test_keeping_deletes_what_is_past_the_limit(store: FeedbackStore, clock: Clock) -> None:
    store.keep(replace(WORD, question="old"))
    clock.go(days=DAYS + 1)
    store.keep(replace(WORD, question="new"))
    assert questions(store.every()) == ["new"]
    assert store.purge() == 0


def test_what_is_past_the_limit_is_not_shown_even_before_it_is_deleted(
    store: FeedbackStore, clock: Clock
) -> None:
    store.keep(replace(WORD, status=Status.SILENT))
    clock.go(days=DAYS, seconds=1)
    assert list(store.every()) == []
    assert store.unanswered("small", 5) == ()


def test_a_number_is_not_given_again_after_deletion(store: FeedbackStore, clock: Clock) -> None:
    first = store.keep(WORD)
    clock.go(days=DAYS + 1)
    assert store.keep(WORD).id > first.id


def test_unanswered_are_silent_answers_and_answers_that_were_none(store: FeedbackStore) -> None:
    down = {"thumb": Thumb.DOWN, "reason": Reason.NOT_ANSWERED}
    store.keep(replace(WORD, question="silent, liked", status=Status.SILENT, thumb=Thumb.UP))
    store.keep(replace(WORD, question="incomplete"))
    store.keep(replace(WORD, question="no answer", **down))
    store.keep(replace(WORD, question="elsewhere", policy="other", **down))
    store.keep(replace(WORD, question="up", thumb=Thumb.UP, reason=Reason.NOT_ANSWERED))
    store.keep(replace(WORD, question="off topic", status=Status.OFF_TOPIC))
    assert questions(store.unanswered("small", 10)) == ["no answer", "silent, liked"]
    assert questions(store.unanswered("other", 10)) == ["elsewhere"]
    assert store.unanswered("nobody", 10) == ()


@pytest.mark.parametrize(("limit", "count"), [(2, 2), (5, 5), (9, 5), (0, 0), (-1, 0)])
def test_unanswered_brings_the_latest_up_to_the_limit(
    store: FeedbackStore, limit: int, count: int
) -> None:
    for number in range(5):
        store.keep(replace(WORD, question=f"{number}", status=Status.SILENT))
    wanted = ["4", "3", "2", "1", "0"][:count]
    assert questions(store.unanswered("small", limit)) == wanted


def test_many_threads_may_keep_at_once(store: FeedbackStore) -> None:
    words = [replace(WORD, question=f"question {number}") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        numbers = {one.id for one in pool.map(store.keep, words)}
    assert len(numbers) == len(words)
    assert sorted(questions(store.every())) == sorted(one.question for one in words)


def test_feedback_may_be_kept_while_all_of_it_is_read(
    store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.feedback.sql._AT_A_TIME", 2)
    for _ in range(5):
        store.keep(WORD)
    reading = store.every()
    assert len(list(islice(reading, 1))) == 1
    store.keep(WORD)
    assert len(list(reading)) >= 4


@hypothesis_settings(deadline=None, max_examples=60)
@given(text=st.text(st.characters(), max_size=80), language=st.sampled_from(LANGUAGES))
def test_what_is_prepared_can_be_kept_and_stays_prepared(text: str, language: str) -> None:
    word = replace(WORD, question=text, comment=text, language="zh" if language == "zh" else "en")
    ready = prepared(word)
    ready.question.encode()
    assert "\x00" not in ready.question
    assert prepared(ready) == ready


# ── SQLite: the file, its lock, its bytes ────────────────────────────────────────────────────────


def test_the_file_stands_in_the_home_and_is_the_owners_alone(
    sqlite: SqlFeedback, tmp_path: Path
) -> None:
    path = tmp_path / "home" / FILE
    assert path.stat().st_mode & 0o077 == 0


def test_feedback_outlives_the_process(tmp_path: Path, clock: Clock) -> None:
    for _ in range(2):
        store = open_feedback(settings_for(tmp_path / "home"), clock)
        kept = store.keep(WORD)
        store.close()
    again = open_feedback(settings_for(tmp_path / "home"), clock)
    assert len(list(again.every())) == 2
    assert kept in list(again.every())
    again.close()


def test_opening_deletes_what_is_past_the_limit(tmp_path: Path, clock: Clock) -> None:
    store = open_feedback(settings_for(tmp_path / "home"), clock)
    store.keep(WORD)
    store.close()
    clock.go(days=DAYS + 1)
    again = open_feedback(settings_for(tmp_path / "home"), clock)
    assert again.purge() == 0
    again.close()
    with sqlite3.connect(tmp_path / "home" / FILE) as connection:
        assert connection.execute("SELECT count(*) FROM feedback").fetchone() == (0,)
    connection.close()


def test_keeping_looks_for_what_is_past_the_limit_once_an_hour(
    sqlite: SqlFeedback, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    purges: list[datetime] = []
    purge = SqlFeedback.purge
    monkeypatch.setattr(SqlFeedback, "purge", lambda store: (purges.append(clock()), purge(store)))
    for _ in range(4):
        clock.go(minutes=20)
        sqlite.keep(WORD)
        sqlite.keep(WORD)
    assert purges == [START + timedelta(hours=1)]


def _bytes_below(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_deleted_feedback_is_in_no_file_any_more(
    sqlite: SqlFeedback, tmp_path: Path, clock: Clock
) -> None:
    home = tmp_path / "home"
    for number in range(200):  # over many pages, long and short, so that pages are split
        filler = "lorem " * (number * 7 % 90)
        sqlite.keep(replace(WORD, question=f"OLDSECRET {filler}", comment="OLDSECRET"))
        if number % 3 == 0:
            clock.go(minutes=1)
    assert b"OLDSECRET" in _bytes_below(home)
    clock.go(days=DAYS - 1)
    for _ in range(20):
        sqlite.keep(replace(WORD, question="YOUNGER"))
    clock.go(days=2)
    assert sqlite.purge() == 200
    left = _bytes_below(home)
    assert b"OLDSECRET" not in left
    assert b"YOUNGER" in left


def test_no_file_ever_holds_the_question_as_typed(sqlite: SqlFeedback, tmp_path: Path) -> None:
    sqlite.keep(replace(WORD, question="call 13800138000, my name is Jo Brown"))
    written = _bytes_below(tmp_path / "home")
    assert b"[phone number]" in written
    assert b"13800138000" not in written
    assert b"Jo Brown" not in written


_OPENING = """
import sys
from pathlib import Path
from pydantic import SecretStr
from bot.feedback.sql import open_feedback
from bot.settings import Settings
store = open_feedback(Settings(home=Path(sys.argv[1]), database_url=SecretStr(sys.argv[2])))
store.close()
"""


def _open_at_once(home: Path, url: str) -> list[int]:
    started = [subprocess.Popen([sys.executable, "-c", _OPENING, str(home), url]) for _ in range(4)]
    return [one.wait() for one in started]


def test_several_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    assert _open_at_once(tmp_path / "home", "") == [0, 0, 0, 0]


def test_several_processes_may_open_a_new_server_database_at_once(
    postgresql_url: str, tmp_path: Path
) -> None:
    assert _open_at_once(tmp_path / "home", postgresql_url) == [0, 0, 0, 0]


def test_a_server_database_is_brought_up_to_date_by_one_process_at_a_time(
    postgresql_url: str, tmp_path: Path
) -> None:
    engine = sa.create_engine(postgresql_url)
    with engine.connect() as other:
        other.execute(sa.text(f"SELECT pg_advisory_lock({LOCK})"))
        impatient = f"{postgresql_url}&options=-c%20lock_timeout%3D50"
        assert "lock timeout" in str(refused(settings_for(tmp_path / "home", impatient)))
    engine.dispose()
    open_feedback(settings_for(tmp_path / "home", postgresql_url)).close()


def test_the_steps_lead_to_the_table_that_is_worked_with(store: FeedbackStore) -> None:
    if isinstance(store, SqlFeedback):
        with store._engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, metadata) == []


# ── what goes wrong says so ──────────────────────────────────────────────────────────────────────


def refused(settings: Settings) -> FeedbackError:
    with pytest.raises(FeedbackError) as caught:
        open_feedback(settings)
    return caught.value


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    home = tmp_path / "home"
    open_feedback(settings_for(home), clock).close()
    connection = sqlite3.connect(home / FILE)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    error = refused(settings_for(home))
    assert error.key == "feedback_newer"
    assert "9999" in str(error)
    assert "Upgrade policybot" in str(error)
    assert "升级 policybot" in error.message("zh")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / FILE).write_text("not a database, and long enough to be read as one" * 30, "utf-8")
    error = refused(settings_for(home))
    assert error.key == "feedback_broken"
    assert str(home / FILE) in str(error)
    assert "not a database" in str(error)


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    error = refused(settings_for(tmp_path / "file" / "home"))
    assert error.key == "feedback_broken"
    assert "Not a directory" in str(error)


def test_a_file_that_another_process_keeps_busy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.feedback.connect, "_LOCK_WAIT_S", 0.0)
    (tmp_path / "home").mkdir()
    with bot.feedback.connect.FileLock(f"{tmp_path / 'home' / FILE}.lock"):
        assert refused(settings_for(tmp_path / "home")).key == "feedback_busy"


def test_a_table_that_vanished_is_an_error_with_a_remedy(
    sqlite: SqlFeedback, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "home" / FILE) as connection:
        connection.execute("DROP TABLE feedback")
    connection.close()
    for use in (
        lambda: sqlite.keep(WORD),
        lambda: list(sqlite.every()),
        lambda: sqlite.unanswered("small", 1),
        sqlite.purge,
    ):
        with pytest.raises(FeedbackError, match="no such table"):
            use()


@pytest.mark.parametrize(
    ("column", "value"),
    [("status", "'nonsense'"), ("language", "'fr'"), ("clauses", "'[1'"), ("clauses", "'7'")],
)
def test_a_row_written_by_other_hands_is_an_error(
    sqlite: SqlFeedback, tmp_path: Path, column: str, value: str
) -> None:
    sqlite.keep(WORD)
    with sqlite3.connect(tmp_path / "home" / FILE) as connection:
        connection.execute(f"UPDATE feedback SET {column} = {value}")  # noqa: S608 - fixed above
    connection.close()
    with pytest.raises(FeedbackError, match="cannot be used"):
        list(sqlite.every())


@pytest.mark.parametrize(
    "url",
    [
        *("nonsense", "mysql://user:hunter2@host/shop", "nosuch://user:hunter2@host/shop"),
        *("postgresql://user:hunter2@host:port/shop", "sqlite://", "sqlite:///:memory:"),
        *("postgresql+nodriver://user:hunter2@host/shop", "sqlite:///file:x?mode=memory&uri=true"),
    ],
)
def test_a_url_of_no_database_is_refused_without_its_password(url: str, tmp_path: Path) -> None:
    error = refused(settings_for(tmp_path / "home", url))
    assert error.key == "feedback_url"
    assert "hunter2" not in str(error) + error.message("zh")
    assert error.__cause__ is None
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("where", ["user:hunter2@", "user@"])
def test_a_server_that_does_not_answer_is_named_without_its_password(
    where: str, tmp_path: Path
) -> None:
    url = f"postgresql+psycopg://{where}/shop?host={tmp_path}&password=hunter2"
    error = refused(settings_for(tmp_path / "home", url))
    assert error.key == "feedback_broken"
    assert f"postgresql://{tmp_path}/shop" in str(error)
    assert "hunter2" not in str(error) + error.message("zh")


@pytest.mark.parametrize("error", [OSError, sa.exc.SQLAlchemyError])
def test_what_a_driver_says_of_the_password_is_not_passed_on(error: type[Exception]) -> None:
    url = sa.make_url("postgresql+psycopg://user:hunter2@host/shop?password=hunter3")
    with pytest.raises(FeedbackError) as caught, explained(url):
        raise error("no entry for user:hunter2,\n  nor for hunter3")
    assert "no entry for user:***, nor for ***" in str(caught.value)


def test_a_sqlite_file_may_be_named_by_its_url(tmp_path: Path) -> None:
    path = tmp_path / "else where%" / "words.db"
    store = open_feedback(settings_for(tmp_path / "home", f"sqlite:///{path}"))
    store.keep(WORD)
    store.close()
    assert path.exists()
    assert not (tmp_path / "home").exists()


# ── regression cases ─────────────────────────────────────────────────────────────────────────────


def kept(*words: Feedback) -> list[KeptFeedback]:
    return [KeptFeedback(number, START, one) for number, one in enumerate(words, 1)]


UP = replace(WORD, thumb=Thumb.UP, reason=None, comment="", clauses=("2.1",))


def test_the_kinds_are_those_of_the_evaluation() -> None:
    assert {kind.value: status for kind, status in EXPECTED.items()} == {
        name: status for status, name in KINDS.items()
    }


def test_a_thumb_up_makes_a_case_that_the_evaluation_reads(
    small_policy: Policy, tmp_path: Path
) -> None:
    words = [
        replace(UP, question=f"question {one.value}", status=one, clauses=clauses)
        for one, clauses in ((status, ("2.1", "1.1")) for status in KINDS)
    ]
    exported = export(kept(*words), small_policy)
    assert exported.to_review == ()
    (tmp_path / "cases.jsonl").write_text("\n".join(exported.cases), encoding="utf-8")
    cases = read_cases(tmp_path, small_policy, ("dev",))
    assert [(one.id, one.half, one.round) for one in cases] == [
        (f"feedback-00000{number}", "dev", "feedback") for number in range(1, 6)
    ]
    assert [EXPECTED[one.turns[0].kind] for one in cases] == list(KINDS)
    assert [one.turns[0].gold for one in cases] == [("2.1", "1.1"), (), (), (), ()]
    assert cases[0].turns[0].question == "question answered"


@pytest.mark.parametrize(
    "word",
    [
        WORD,
        replace(UP, status=Status.FAILED, clauses=()),
        replace(UP, version="0"),
        replace(UP, clauses=("7.7",)),
        replace(UP, clauses=()),
    ],
    ids=["thumb down", "failed", "other version", "unknown clause", "no clause"],
)
def test_what_nobody_confirmed_must_be_labelled_first(
    word: Feedback, small_policy: Policy, tmp_path: Path
) -> None:
    exported = export(kept(word), small_policy)
    assert exported.cases == ()
    (line,) = map(json.loads, exported.to_review)
    assert line["review"] is True
    assert line["turns"] == [{"question": word.question}]
    assert line["given"]["clauses"] == list(word.clauses)
    assert line["given"]["status"] == word.status.value
    (tmp_path / "cases.jsonl").write_text(exported.to_review[0], encoding="utf-8")
    with pytest.raises(Exception, match="case is wrong"):
        read_cases(tmp_path, small_policy, ("dev",))


def test_a_line_is_a_case_once_a_person_has_labelled_it(
    small_policy: Policy, tmp_path: Path
) -> None:
    line = json.loads(export(kept(WORD), small_policy).to_review[0])
    del line["review"], line["given"]
    line["turns"][0] |= {"kind": "answerable", "gold": ["1.1"]}
    (tmp_path / "cases.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert read_cases(tmp_path, small_policy, ("dev",))[0].turns[0].gold == ("1.1",)


def test_a_question_that_others_did_not_find_answered_is_for_review(small_policy: Policy) -> None:
    other = replace(UP, question="do you sell MY data", thumb=Thumb.DOWN)
    exported = export(kept(UP, other, UP), small_policy)
    assert exported.cases == ()
    thumbs = [json.loads(line)["given"]["thumb"] for line in exported.to_review]
    assert thumbs == ["up", "down"]


def test_the_same_question_makes_one_case(small_policy: Policy) -> None:
    again = replace(UP, question="Do you sell my data??")
    earlier = replace(UP, version="0")
    exported = export(kept(earlier, UP, again), small_policy)
    assert [json.loads(line)["id"] for line in exported.cases] == ["feedback-000002"]
    assert exported.to_review == ()


def test_feedback_on_another_policy_or_without_a_question_is_left_out(
    small_policy: Policy,
) -> None:
    words = (replace(UP, policy="other"), replace(UP, question=""), replace(WORD, question=" "))
    exported = export(kept(*words), small_policy)
    assert (exported.cases, exported.to_review) == ((), ())


@pytest.mark.parametrize(
    ("thumb", "cases", "to_review"), [(None, 1, 3), (Thumb.UP, 1, 1), (Thumb.DOWN, 0, 2)]
)
def test_one_thumb_alone_can_be_exported(
    thumb: Thumb | None, cases: int, to_review: int, small_policy: Policy
) -> None:
    contested = replace(UP, question="contested")
    words = (UP, replace(WORD, question="down"), contested, replace(contested, thumb=Thumb.DOWN))
    exported = export(kept(*words), small_policy, thumb)
    assert (len(exported.cases), len(exported.to_review)) == (cases, to_review)


def test_importing_the_store_opens_nothing(tmp_path: Path) -> None:
    code = "import bot.feedback.sql, bot.feedback.export, bot.masking"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)
    assert list(tmp_path.iterdir()) == []
