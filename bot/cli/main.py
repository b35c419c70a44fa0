"""The commands of ``policybot``; each loads only what it needs."""

import json
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from bot import __version__
from bot.cli.evaluate import evaluation
from bot.cli.feedback import feedback_commands
from bot.cli.options import PolicyOption, settings_for
from bot.cli.staff import staff_password
from bot.cli.terminal import console, errors, progress_bar, terminal_language, with_bar
from bot.cli.upkeep import bank, index, train
from bot.encoders.preload import preload_use
from bot.errors import PolicybotError, UsageError
from bot.settings import BUNDLED_MODEL, Settings
from bot.text import detect_language
from bot.wording import say

if TYPE_CHECKING:
    from bot.assistant import Assistant

application = typer.Typer(
    name="policybot",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Answer questions about a privacy policy in Chinese or English, "
    "with citations to its clauses.",
)
application.add_typer(evaluation, name="eval")
application.add_typer(feedback_commands, name="feedback")
for command in (index, train, bank, staff_password):
    application.command()(command)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def run() -> None:
    """Run the command line; the one place where errors become text and an exit code.

    Exit codes: 0 done; 1 something went wrong; 2 the command was used wrongly; 130 interrupted.
    """
    # A terminal or pipe that cannot show a character must not end the program.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        application()
    except PolicybotError as error:
        errors.print(Text(error.message(terminal_language()), style="red"))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        # the outermost handler: a trace for the log, a word for the user
        logging.getLogger("policybot").exception("unexpected error")
        errors.print(Text(say("status.failed", terminal_language()), style="red"))
        sys.exit(1)


@application.command()
def ask(
    question: Annotated[list[str], typer.Argument(help="What you want to know.")],
    as_json: JsonFlag = False,
    policy: PolicyOption = None,
) -> None:
    """Answer one question, with citations to the clauses."""
    from bot.wire import answer_object

    text = " ".join(question)
    if not text.strip():
        raise UsageError("empty_question")
    assistant = _open(settings_for(policy))
    start = time.perf_counter()
    answer = assistant.ask(text)
    seconds = time.perf_counter() - start
    if as_json:
        _print_json(answer_object(answer, seconds))
        return
    from bot.cli.render import show_answer

    show_answer(console, answer, assistant.policy)


@application.command()
def search(
    query: Annotated[
        list[str], typer.Argument(help="Words, or a clause number such as 3.5.2 or 第1.2.4条.")
    ],
    as_json: JsonFlag = False,
    limit: Annotated[int, typer.Option("-k", help="Most clauses to show.", min=1, max=100)] = 10,
    policy: PolicyOption = None,
) -> None:
    """Look up clauses by number or by words in either language."""
    from bot.wire import found_objects

    text = " ".join(query)
    if not text.strip():
        raise UsageError("empty_question")
    assistant = _open(settings_for(policy))
    hits = assistant.look_up(text, limit)
    if as_json:
        _print_json({"hits": found_objects(hits, assistant.policy)})
        return
    from bot.cli.render import show_hits

    show_hits(console, hits, assistant.policy, detect_language(text).answer or terminal_language())


@application.command()
def clauses(as_json: JsonFlag = False, policy: PolicyOption = None) -> None:
    """Print every clause of the policy."""
    from bot.corpus.policy import read_policy
    from bot.wire import clause_object

    settings = settings_for(policy)
    found = read_policy(settings.corpus, settings.policy)
    if as_json:
        _print_json([clause_object(clause) for clause in found.clauses])
        return
    from bot.cli.render import show_clauses

    show_clauses(console, found)


@application.command()
def batch(
    questions: Annotated[Path, typer.Argument(metavar="IN.jsonl", help="One JSON object a line.")],
    answers: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help="Written anew.")],
    policy: PolicyOption = None,
) -> None:
    """Answer a file of questions, conversations and look-ups, for evaluation runs."""
    from bot.batch import run_batch

    lines = _read_lines(questions)
    if answers.exists() and answers.samefile(questions):
        raise UsageError("file_unwritable", path=answers, reason="it is the input")
    assistant = _open(settings_for(policy))
    failures = 0
    try:
        with answers.open("w", encoding="utf-8") as out, progress_bar("batch") as bar:
            task = bar.add_task("", total=len(lines))
            for line, went_well in run_batch(lines, assistant):
                out.write(line + "\n")
                out.flush()
                failures += not went_well
                bar.advance(task)
    except OSError as error:
        raise UsageError("file_unwritable", path=answers, reason=error.strerror) from error
    if failures:
        errors.print(
            Text(
                say("cli.batch_errors", terminal_language(), count=failures, path=answers),
                style="red",
            )
        )
        raise typer.Exit(1)


@application.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port; 0 takes a free one.", show_default="7860", min=0, max=65535),
    ] = None,
    policy: PolicyOption = None,
) -> None:
    """Start the web application with the chat page."""
    from bot.web.serve import serve_forever

    settings = settings_for(policy, host=host, port=port)
    serve_forever(settings, _open)


@application.command()
def mcp(policy: PolicyOption = None) -> None:
    """Serve the assistant to other programs' models (MCP, on standard input and output)."""
    from bot.mcp_server import run_mcp

    run_mcp(settings_for(policy), _open)


@application.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        console.print(f"policybot {__version__}")
        raise typer.Exit


def _open(settings: Settings) -> "Assistant":
    if settings.embedding_model == BUNDLED_MODEL:
        preload_use()
    from bot.assembly import open_assistant

    return with_bar("index", lambda progress: open_assistant(settings, progress))


def _print_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:  # JSON has escapes of its own, and programs read only those
        text = json.dumps(value)
    sys.stdout.write(text + "\n")


def _read_lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError("file_unreadable", path=path, reason=error.strerror) from error
