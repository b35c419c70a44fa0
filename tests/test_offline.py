"""Nothing is loaded before it is needed, and nothing is fetched at all."""

import json
from pathlib import Path

import pytest
from offline import NO_NETWORK, python

HEAVY = ["torch", "chromadb", "gradio", "sentence_transformers", "langchain_core", "fastapi"]


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


def test_the_index_is_built_and_questions_are_answered_without_a_network(
    shop_home: Path, tmp_path: Path
) -> None:
    # the home's index was built under the same guard (tests/conftest.py)
    code = f"""{NO_NETWORK}
from pathlib import Path
from bot.assembly import open_assistant
from bot.settings import Settings

assistant = open_assistant(Settings(home=Path({str(shop_home)!r})))
for question in ("警察来查你们会把我的资料交出去吗", "would you sell my info?"):
    answer = assistant.ask(question)
    print(answer.status.value, answer.language, *(one.clause for one in answer.citations))
"""
    lines = python(code, tmp_path, timeout=300).stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["answered", "zh"], ["answered", "en"]]
    assert "3.5.2" in lines[0].split()[2:]
    assert "3.1" in lines[1].split()[2:]
    assert (shop_home / "index" / "shop" / "current").exists()
