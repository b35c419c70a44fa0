"""Nothing is loaded before it is needed, and nothing is fetched at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import PREFIX

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ["torch", "chromadb", "gradio", "sentence_transformers", "langchain_core", "fastapi"]

# Refuses every connection beyond this machine, in whatever module it is begun.
NO_NETWORK = """
import socket

def guarded(connect):
    def refuse(self, address, *rest):
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in ("127.0.0.1", "::1", "localhost", "local"):
            raise AssertionError(f"reached out to {address}")
        return connect(self, address, *rest)
    return refuse

def no_names(host, *rest, **options):
    raise AssertionError(f"looked up {host}")

socket.socket.connect = guarded(socket.socket.connect)
socket.socket.connect_ex = guarded(socket.socket.connect_ex)
socket.getaddrinfo = no_names
"""


def python(
    code: str, tmp_path: Path, timeout: float = 60, *, succeeds: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in an interpreter of its own, in an empty folder and with a home there."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", PREFIX))
    }
    folder = tmp_path / "work"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={
            **inherited,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
            "HOME": str(folder),
        },
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert (done.returncode == 0) is succeeds, done.stderr
    return done


@pytest.mark.parametrize(
    "imports",
    ["import bot", "import bot.cli.main", "import bot.wire, bot.settings, bot.corpus.policy"],
)
def test_importing_loads_nothing_heavy_and_makes_no_folder(imports: str, tmp_path: Path) -> None:
    code = f"{imports}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(python(code, tmp_path).stdout))
    assert "bot" in loaded
    assert loaded.isdisjoint(HEAVY)
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("imports", ["import bot.assistant", "import bot.web.serve"])
def test_importing_what_is_heavy_still_opens_nothing(imports: str, tmp_path: Path) -> None:
    python(f"{NO_NETWORK}\n{imports}", tmp_path, timeout=120)
    assert not (tmp_path / "work" / ".policybot").exists()


def test_the_guard_of_these_tests_refuses_what_lies_beyond_this_machine(tmp_path: Path) -> None:
    attempts = [
        "import urllib.request; urllib.request.urlopen('http://example.org', timeout=1)",
        "socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "socket.socket().connect(('192.0.2.1', 80))",
        "socket.socket().connect_ex(('192.0.2.1', 80))",
    ]
    for number, attempt in enumerate(attempts):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert "AssertionError" in python(f"{NO_NETWORK}\n{attempt}", folder, succeeds=False).stderr


def test_the_index_is_built_and_questions_are_answered_without_a_network(tmp_path: Path) -> None:
    code = f"""{NO_NETWORK}
from bot.assembly import open_assistant
from bot.settings import read_settings

assistant = open_assistant(read_settings())
for question in ("警察来查你们会把我的资料交出去吗", "would you sell my info?"):
    answer = assistant.ask(question)
    print(answer.status.value, answer.language, *(one.clause for one in answer.citations))
"""
    lines = python(code, tmp_path, timeout=300).stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["answered", "zh"], ["answered", "en"]]
    assert "3.5.2" in lines[0].split()[2:]
    assert "3.1" in lines[1].split()[2:]
    assert (tmp_path / "work" / ".policybot" / "index" / "shop" / "current").exists()
