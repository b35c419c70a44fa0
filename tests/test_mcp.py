"""Other programs' models can ask the policy over MCP, and find what proves the answer."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import pytest
from keyword_search import KeywordSearch, answers, believing, scripted_assistant
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from bot.assistant import Assistant
from bot.errors import IndexingError
from bot.mcp_server import create_mcp_server
from bot.types import Policy, Status

Out = TypeVar("Out")
PROGRAM = Path(__file__).with_name("mcp_program.py")
MODES = ("auto", "legacy")


@pytest.fixture
def scripted(shop: Policy) -> Assistant:
    script = {
        **answers(["sell", "出售"], "3.1"),
        **answers(["hand", "passport"], "3.5.2", "1.2.4"),
        **answers(["deliver"], "2.10", "2.11", "2.1"),
        "how long": believing(Status.SILENT, "1.2.3"),
        "break": RuntimeError("broke at: break my secret"),
        "index": IndexingError("index_missing", path="/home"),
    }
    return scripted_assistant(shop, KeywordSearch(script))


def connected(
    open_assistant: Callable[[], Assistant],
    work: Callable[[Client], Awaitable[Out]],
    mode: str = "auto",
) -> Out:
    async def go() -> Out:
        async with Client(create_mcp_server(open_assistant), mode=mode) as client:
            return await work(client)

    return asyncio.run(go())


def called(assistant: Assistant, tool: str, mode: str = "auto", **arguments: Any) -> CallToolResult:
    return connected(lambda: assistant, lambda client: client.call_tool(tool, arguments), mode)


def given(assistant: Assistant, tool: str, **arguments: Any) -> dict[str, Any]:
    result = called(assistant, tool, **arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


def error_of(assistant: Assistant, tool: str, **arguments: Any) -> str:
    result = called(assistant, tool, **arguments)
    assert result.is_error
    assert result.structured_content is None
    return result.content[0].text


@pytest.mark.parametrize("mode", MODES)
def test_the_tools_are_described_typed_and_only_read(scripted: Assistant, mode: str) -> None:
    listed = connected(lambda: scripted, lambda client: client.list_tools(), mode).tools
    assert [tool.name for tool in listed] == ["ask", "search_clauses", "get_clause"]
    for tool in listed:
        assert tool.title
        assert tool.description
        assert "\n " not in tool.description
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert tool.output_schema["type"] == "object"
        assert all(one.get("description") for one in tool.input_schema["properties"].values())
    ask, search, get = (tool.input_schema for tool in listed)
    assert (ask["required"], search["required"], get["required"]) == (
        ["question"],
        ["query"],
        ["id"],
    )


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_comes_with_the_quotes_that_prove_it(
    scripted: Assistant, shop: Policy, mode: str
) -> None:
    result = called(scripted, "ask", mode, question="would you sell my info").structured_content
    expected = scripted.ask("would you sell my info")
    assert result["status"] == "answered"
    assert (result["text"], result["lead"]) == (expected.text, expected.lead)
    (cited,) = result["citations"]
    assert cited == {
        "clause": "3.1",
        "quote": expected.citations[0].quote,
        "heading": shop.clause("3.1").heading("en"),
        "language": "en",
    }
    assert cited["quote"] in shop.clause("3.1").text["en"]
    assert result["hits"][0]["clause"] == "3.1"
    assert result["policy"] == {"id": "shop", "version": "1.0", "effective": "2026-11-22"}
    assert result["ms"] > 0


def test_a_chinese_question_gets_a_chinese_answer(scripted: Assistant, shop: Policy) -> None:
    result = given(scripted, "ask", question="会出售我的信息吗")
    assert result["language"] == result["citations"][0]["language"] == "zh"
    assert result["citations"][0]["quote"] in shop.clause("3.1").text["zh"]


def test_a_silent_policy_is_an_answer_with_what_is_near(scripted: Assistant, shop: Policy) -> None:
    result = given(scripted, "ask", question="how long do you keep it")
    assert (result["status"], result["citations"]) == ("silent", [])
    assert result["related"] == [{"clause": "1.2.3", "heading": shop.clause("1.2.3").heading("en")}]


def test_a_follow_up_is_understood_from_the_history(scripted: Assistant) -> None:
    history = [{"question": "do you hand it over", "clauses": ["3.5.2"]}]
    result = given(scripted, "ask", question="and my passport?", history=history)
    assert result["understood"] == "do you hand it over and my passport?"
    assert given(scripted, "ask", question="and my passport?")["understood"] is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_language_asked_for_counts_where_the_words_do_not_tell(
    scripted: Assistant, language: str
) -> None:
    assert given(scripted, "ask", question="3.1", language=language)["language"] == language


def test_a_search_finds_clauses_by_number_in_order(scripted: Assistant, shop: Policy) -> None:
    hits = given(scripted, "search_clauses", query="3.5")["hits"]
    assert [hit["clause"] for hit in hits] == ["3.5.1", "3.5.2", "3.5.3"]
    assert hits[0]["text"] == shop.clause("3.5.1").text
    assert hits[0]["reasons"] == ["number"]
    assert len(given(scripted, "search_clauses", query="3.5", limit=2)["hits"]) == 2


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("", ["3.5.2", "1.2.4"]),
        ("3", ["3.5.2"]),
        ("1.2", ["1.2.4"]),
        ("1.2.4", ["1.2.4"]),
        ("1.", ["1.2.4"]),
        ("1.2.", ["1.2.4"]),
        ("5", []),
        ("3.5.20", []),
    ],
)
def test_a_search_stays_in_its_section(
    scripted: Assistant, section: str, expected: list[str]
) -> None:
    hits = given(scripted, "search_clauses", query="passport", section=section)["hits"]
    assert [hit["clause"] for hit in hits] == expected


def test_a_section_is_a_whole_number_and_no_beginning_of_one(scripted: Assistant) -> None:
    hits = given(scripted, "search_clauses", query="deliver", section="2.1")["hits"]
    assert [hit["clause"] for hit in hits] == ["2.1"]


def test_a_search_in_a_section_looks_beyond_the_limit(scripted: Assistant) -> None:
    found = given(scripted, "search_clauses", query="passport", section="1", limit=1)
    assert [hit["clause"] for hit in found["hits"]] == ["1.2.4"]


def test_a_clause_is_given_whole_with_its_place(scripted: Assistant, shop: Policy) -> None:
    clause = shop.clause("3.5.2")
    result = given(scripted, "get_clause", id=" 3.5.2 ")
    assert (result["id"], result["text"]) == ("3.5.2", clause.text)
    assert result["headings"] == {one: list(path) for one, path in clause.path.items()}
    assert result["policy"]["id"] == "shop"


def test_a_clause_can_be_read_as_a_resource(scripted: Assistant, shop: Policy) -> None:
    async def read(client: Client) -> str:
        templates = (await client.list_resource_templates()).resource_templates
        assert [one.uri_template for one in templates] == ["clause://{clause_id}"]
        return (await client.read_resource("clause://3.5.2")).contents[0].text

    text = connected(lambda: scripted, read)
    for language in shop.languages:
        assert f"# 3.5.2 {shop.clause('3.5.2').heading(language)}\n" in text
        assert shop.clause("3.5.2").text[language] in text


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("ask", {"question": ""}, "The text is empty"),
        ("ask", {"question": " \n", "language": "zh"}, "内容是空的"),
        ("ask", {"question": "x" * 2001}, "at most 2000 characters"),
        ("ask", {}, "question"),
        ("ask", {"question": "hi", "language": "fr"}, "language"),
        ("ask", {"question": "hi", "history": [{"question": "hi"}] * 21}, "at most 20 items"),
        ("ask", {"question": "hi", "history": [{"status": "silent"}]}, "history.0.question"),
        ("search_clauses", {"query": " "}, "The text is empty"),
        ("search_clauses", {"query": "passport", "limit": 0}, "limit"),
        ("search_clauses", {"query": "passport", "limit": 101}, "limit"),
        ("get_clause", {"id": "9.9"}, "no clause with this number. Find it with search_clauses"),
        ("get_clause", {"id": "第九条"}, "no clause with this number"),
        ("get_clause", {"id": ""}, "id"),
        ("buy", {}, "Unknown tool"),
    ],
)
def test_what_cannot_be_done_is_a_tool_error_that_says_why(
    tool: str, arguments: dict[str, Any], told: str, scripted: Assistant
) -> None:
    assert told in error_of(scripted, tool, **arguments)


@pytest.mark.parametrize("uri", ["clause://9.9", "clause://", "clause://1/2", "policy://1"])
def test_a_resource_that_is_not_there_is_a_protocol_error(uri: str, scripted: Assistant) -> None:
    async def work(client: Client) -> None:
        with pytest.raises(MCPError):
            await client.read_resource(uri)

    connected(lambda: scripted, work)


@pytest.mark.parametrize(
    ("question", "told"),
    [("what of the index", "policybot index"), ("index 索引在哪里啊", "请运行 policybot index")],
)
def test_an_error_that_may_be_shown_is_told_with_its_remedy(
    question: str, told: str, scripted: Assistant
) -> None:
    assert told in error_of(scripted, "ask", question=question)


@pytest.mark.parametrize("tool", ["ask", "search_clauses"])
def test_anything_else_is_a_plain_failure_and_the_log_does_not_repeat_the_question(
    tool: str, scripted: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    name = "question" if tool == "ask" else "query"
    told = error_of(scripted, tool, **{name: "break my secret"})
    assert "does not mean that the policy is silent" in told
    assert "secret" not in told + caplog.text
    assert "RuntimeError" in caplog.text
    assert "keyword_search.py" in caplog.text


def test_a_failed_answer_is_an_error_and_never_an_answer(
    scripted: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.assistant.proven", lambda *_: ())
    told = error_of(scripted, "ask", question="would you sell my info")
    assert "something went wrong" in told


def test_no_question_is_logged(scripted: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    given(scripted, "ask", question="would you sell my info")
    assert "sell" not in caplog.text


def test_models_that_cannot_be_loaded_are_told_with_the_remedy_to_every_call() -> None:
    def broken() -> Assistant:
        raise IndexingError("index_missing", path="/home")

    async def work(client: Client) -> None:
        for _ in range(2):
            result = await client.call_tool("ask", {"question": "hi"})
            assert result.is_error
            assert "policybot index" in result.content[0].text
        with pytest.raises(MCPError, match="policybot index"):
            await client.read_resource("clause://3.1")

    connected(broken, work)


def test_the_first_calls_wait_for_the_models_which_are_loaded_once(scripted: Assistant) -> None:
    finish, times = Event(), []

    def slow() -> Assistant:
        times.append(1)
        assert finish.wait(30)
        return scripted

    async def work(client: Client) -> list[CallToolResult]:
        await client.list_tools()
        waiting = [
            asyncio.create_task(client.call_tool("get_clause", {"id": "3.1"})) for _ in range(3)
        ]
        done, _ = await asyncio.wait(waiting, timeout=0.05)
        assert not done
        finish.set()
        return await asyncio.gather(*waiting)

    assert [one.is_error for one in connected(slow, work)] == [False] * 3
    assert times == [1]


def test_a_call_that_is_given_up_while_the_models_load_harms_no_other(scripted: Assistant) -> None:
    finish = Event()

    def slow() -> Assistant:
        assert finish.wait(30)
        return scripted

    async def work(client: Client) -> CallToolResult:
        given_up = asyncio.create_task(client.call_tool("ask", {"question": "hi"}))
        await asyncio.wait([given_up], timeout=0.05)
        given_up.cancel()
        await asyncio.wait([given_up])
        finish.set()
        return await client.call_tool("get_clause", {"id": "3.1"})

    assert not connected(slow, work).is_error


def environment() -> dict[str, str]:
    root = PROGRAM.parent.parent
    return {"PYTHONPATH": f"{root}:{root / 'tests'}", "HF_HUB_OFFLINE": "1"}


@pytest.mark.parametrize("mode", MODES)
def test_a_program_is_served_over_its_pipes(mode: str, small_corpus: Path, tmp_path: Path) -> None:
    parameters = StdioServerParameters(
        command=sys.executable, args=[str(PROGRAM), str(small_corpus), "answer"], env=environment()
    )

    async def go() -> dict[str, Any] | None:
        with (tmp_path / "log").open("w", encoding="utf-8") as log:
            async with Client(stdio_client(parameters, errlog=log), mode=mode) as client:
                asked = await client.call_tool("ask", {"question": "你们要护照吗"})
                return asked.structured_content

    result = asyncio.run(go())
    assert result is not None
    assert result["citations"][0]["quote"] == "我们收集护照号。我们不收集指纹。"


@pytest.fixture
def program(request: pytest.FixtureRequest, small_corpus: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), str(small_corpus), request.param],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={"PATH": "/usr/bin:/bin", **environment()},
    ) as running:
        yield running
        running.kill()


def send(program: subprocess.Popen[str], method: str, **message: Any) -> None:
    assert program.stdin
    program.stdin.write(json.dumps({"jsonrpc": "2.0", "method": method, **message}) + "\n")
    program.stdin.flush()


def shake_hands(program: subprocess.Popen[str]) -> dict[str, Any]:
    client = {"name": "test", "version": "1"}
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    send(program, "initialize", id=0, params=params)
    assert program.stdout
    answer = json.loads(program.stdout.readline())
    send(program, "notifications/initialized")
    return answer


@pytest.mark.parametrize("program", ["answer"], indirect=True)
def test_standard_output_carries_the_protocol_alone(program: subprocess.Popen[str]) -> None:
    assert shake_hands(program)["result"]["serverInfo"]["name"] == "policybot"
    assert program.stdin
    program.stdin.write("no protocol: my secret\n")
    question = {"name": "ask", "arguments": {"question": "do you want my passport"}}
    send(program, "tools/call", id=1, params=question)
    assert program.stdout
    answered = json.loads(program.stdout.readline())
    assert answered["id"] == 1
    assert answered["result"]["structuredContent"]["citations"][0]["clause"] == "1.1"
    rest, log = program.communicate(timeout=30)
    assert rest == ""
    assert "chatter of a library" in log
    assert "chatter of a child" in log
    assert "small talk of a library" not in log
    assert "passport" not in log
    assert "secret" not in log
    assert program.returncode == 0


@pytest.mark.parametrize("program", ["never"], indirect=True)
def test_hands_are_shaken_and_tools_listed_before_the_models_are_loaded(
    program: subprocess.Popen[str],
) -> None:
    shake_hands(program)
    send(program, "tools/list", id=1)
    assert program.stdout
    listed = json.loads(program.stdout.readline())
    assert len(listed["result"]["tools"]) == 3
    send(program, "tools/call", id=2, params={"name": "get_clause", "arguments": {"id": "1.1"}})
    rest, _ = program.communicate(timeout=30)  # and a client that leaves does not wait for them
    assert '"structuredContent"' not in rest


def test_the_server_imports_nothing_heavy_before_it_answers() -> None:
    heavy = "torch chromadb gradio fastapi sentence_transformers sklearn langchain_core"
    code = f"import sys, bot.mcp_server; print(*set({heavy.split()}) & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.strip() == ""
