"""Bad input of every kind: a clear status and text, no traceback, and nobody else is stopped."""

import json

import anyio
import httpx
import pytest
from fastapi import FastAPI
from web_service import api_of, client_of, scripted_service

from bot.api.guard import BODY_LIMIT, BodyGuard
from bot.api.problems import MEDIA_TYPE, Code
from bot.errors import FeedbackError
from bot.feedback.memory import MemoryFeedback
from bot.feedback.types import Feedback, KeptFeedback
from bot.types import LANGUAGES, Language, Policy
from bot.wording import say

pytestmark = pytest.mark.anyio
QUESTION = {"question": "would you tell the police?"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def api(shop: Policy) -> FastAPI:
    return api_of(scripted_service(shop))


def check_refused(response: httpx.Response, status: int, code: str) -> None:
    """Check a problem, in OpenAI's format where the request went through that door."""
    if response.request.url.path.startswith("/v1/"):
        assert response.status_code == status
        assert response.json()["error"]["code"] == code
    else:
        check_problem(response, status, code)


def check_problem(response: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    problem: dict[str, object] = response.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"/problems#{code}"
    assert problem["title"]
    assert problem["detail"]
    assert "Traceback" not in response.text
    return problem


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "wrong_input"),
        (b"no json", 400, "bad_json"),
        (b'{"question": "police"', 400, "bad_json"),
        (b"\xff\xfe\x00", 400, "bad_json"),
        (b"[" * 60_000, 400, "bad_json"),
        (b'{"question":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001, 400, "bad_json"),
        (b"[]", 422, "wrong_input"),
        (b"null", 422, "wrong_input"),
        (b'"police"', 422, "wrong_input"),
        (b"{}", 422, "wrong_input"),
        (b'{"question": 5}', 422, "wrong_input"),
        (b'{"question": ["police"]}', 422, "wrong_input"),
        (b'{"question": null}', 422, "wrong_input"),
        (b'{"question": ""}', 422, "wrong_input"),
        (b'{"question": " \\n\\t "}', 422, "wrong_input"),
        (b'{"question": "\\u200b\\u200b"}', 422, "wrong_input"),
        (b'{"question": "police", "language": "fr"}', 422, "wrong_input"),
        (b'{"question": "police", "history": "none"}', 422, "wrong_input"),
        (b'{"question": "police", "history": [{"question": 1}]}', 422, "wrong_input"),
        (
            b'{"question": "police", "history": [{"question": "a", "status": "?"}]}',
            422,
            "wrong_input",
        ),
        (b'{"question": "police", "policy": "other"}', 404, "unknown_policy"),
        (b'{"question": "police", "policy": 7}', 422, "wrong_input"),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
async def test_a_body_that_cannot_be_used_is_told(
    api: FastAPI, path: str, body: bytes, status: int, code: str
) -> None:
    async with client_of(api) as client:
        response = await client.post(path, content=body, headers=JSON)
        check_problem(response, status, code)
        # the next one is served
        assert (await client.post("/api/ask", json=QUESTION)).status_code == httpx.codes.OK


async def test_half_a_surrogate_pair_is_no_text(api: FastAPI) -> None:
    async with client_of(api) as client:
        response = await client.post(
            "/api/ask", content=b'{"question": "police \\ud800 ?"}', headers=JSON
        )
    problem = check_problem(response, 422, "wrong_input")
    assert say("field.no_unicode", "en") in str(problem["detail"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"question": "x" * 2001}, "/question"),
        ({**QUESTION, "history": [QUESTION] * 21}, "/history"),
        ({**QUESTION, "history": [QUESTION, {"question": "x" * 2001}]}, "/history/1/question"),
        ({**QUESTION, "history": [{**QUESTION, "clauses": ["1.1"] * 201}]}, "/history/0/clauses"),
        ({}, "/question"),
    ],
)
async def test_what_is_too_long_or_missing_is_named_in_the_caller_s_language(
    api: FastAPI, language: Language, body: dict[str, object], pointer: str
) -> None:
    async with client_of(api) as client:
        response = await client.post("/api/ask", json={**body, "language": language})
    problem = check_problem(response, 422, "wrong_input")
    (error,) = json.loads(response.text)["errors"]
    assert error["pointer"] == pointer
    assert pointer in str(problem["detail"])
    assert problem["title"] == say("problem_title.wrong_input", language)
    assert response.headers["content-language"] == language


@pytest.mark.parametrize(("size", "status"), [(2000, 200), (2001, 422)])
async def test_a_question_may_have_2000_characters(api: FastAPI, size: int, status: int) -> None:
    question = "police " + "警" * (size - 7)
    async with client_of(api) as client:
        response = await client.post("/api/ask", json={"question": question})
    assert response.status_code == status


async def test_20_turns_are_read(api: FastAPI) -> None:
    async with client_of(api) as client:
        response = await client.post("/api/ask", json={**QUESTION, "history": [QUESTION] * 20})
    assert response.status_code == httpx.codes.OK


async def test_ten_thousand_turns_end_in_a_problem(api: FastAPI) -> None:
    async with client_of(api) as client:
        long = {**QUESTION, "history": [QUESTION] * 10_000}
        check_problem(await client.post("/api/ask", json=long), 413, "body_large")


@pytest.mark.parametrize(
    "path", ["/api/ask", "/api/ask/stream", "/api/feedback", "/v1/chat/completions"]
)
async def test_a_large_body_is_refused_whether_declared_or_not(api: FastAPI, path: str) -> None:
    body = json.dumps({"question": "x" * BODY_LIMIT}).encode()

    async def in_pieces() -> object:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    async with client_of(api) as client:
        check_refused(await client.post(path, content=body, headers=JSON), 413, "body_large")
        check_refused(await client.post(path, content=in_pieces(), headers=JSON), 413, "body_large")
        lied = await client.post(
            path, content=b"{}", headers={**JSON, "Content-Length": "9" * 5000}
        )
        check_refused(lied, 413, "body_large")


async def test_a_body_of_just_the_limit_is_read(api: FastAPI) -> None:
    filler = "x" * (BODY_LIMIT - len(json.dumps({**QUESTION, "more": ""})))
    body = json.dumps({**QUESTION, "more": filler}).encode()
    assert len(body) == BODY_LIMIT
    async with client_of(api) as client:
        assert (await client.post("/api/ask", content=body, headers=JSON)).status_code == 200


async def test_a_body_that_never_ends_is_given_up(api: FastAPI) -> None:
    sent: list[dict[str, object]] = []

    async def silence() -> dict[str, object]:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/ask",
        "headers": [],
        "query_string": b"",
    }
    await BodyGuard(api, timeout_s=0.01)(scope, silence, send)
    assert sent[0]["status"] == 408
    assert json.loads(bytes(sent[1]["body"]))["code"] == "body_slow"


@pytest.mark.parametrize(
    "path",
    [
        "/api/clauses/9.9.9",
        "/api/clauses/%2e%2e",
        "/api/clauses/..%2f..%2fetc%2fpasswd",
        "/api/clauses/3.5.2%00",
        "/api/clauses/%0d%0aSet-Cookie:%20a=b",
        "/api/clauses/" + "1" * 10_000,
        "/api/clauses/%F0%9F%98%80",
        "/api/clauses/%ff%fe",
        "/api/nothing",
        "/api/clauses/3.5.2/more",
    ],
)
async def test_no_path_leads_astray(api: FastAPI, path: str) -> None:
    async with client_of(api) as client:
        response = await client.get(path)
    code = response.json()["code"]
    check_problem(response, 404, code)
    assert code in ("unknown_clause", "not_found")
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/ask"), ("DELETE", "/api/clauses"), ("PUT", "/api/feedback")]
)
async def test_a_wrong_method_names_the_right_ones(api: FastAPI, method: str, path: str) -> None:
    async with client_of(api) as client:
        response = await client.request(method, path)
    check_problem(response, 405, "method_not_allowed")
    assert response.headers["allow"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "/query/q"),
        ("q=", "/query/q"),
        ("q=%20", "/query/q"),
        ("q=a&k=0", "/query/k"),
        ("q=a&k=101", "/query/k"),
        ("q=a&k=many", "/query/k"),
        ("q=a&section=" + "1" * 65, "/query/section"),
        ("q=" + "a" * 2001, "/query/q"),
    ],
)
async def test_a_look_up_that_cannot_be_is_told(api: FastAPI, query: str, pointer: str) -> None:
    async with client_of(api) as client:
        response = await client.get(f"/api/search?{query}")
    check_problem(response, 422, "wrong_input")
    assert response.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "path",
    [
        "/api/clauses?policy=other",
        "/api/clauses/3.5.2?policy=other",
        "/api/search?q=police&policy=other",
        "/api/suggestions?language=en&policy=other",
    ],
)
async def test_another_policy_is_not_known(api: FastAPI, path: str) -> None:
    async with client_of(api) as client:
        problem = check_problem(await client.get(path), 404, "unknown_policy")
        assert "shop" in str(problem["detail"])
        assert (await client.get(path.replace("other", "shop"))).status_code == httpx.codes.OK


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"thumb": "sideways"}, "/thumb"),
        ({"status": "fine"}, "/status"),
        ({"reason": "mood"}, "/reason"),
        ({"comment": "x" * 501}, "/comment"),
        ({"question": ""}, "/question"),
        ({"language": "fr"}, "/language"),
        ({"clauses": "3.1"}, "/clauses"),
        ({"clauses": ["1" * 65]}, "/clauses/0"),
        ({"version": "call me on 13812345678"}, "/version"),
    ],
)
async def test_feedback_that_cannot_be_is_told(
    api: FastAPI, wrong: dict[str, object], pointer: str
) -> None:
    right = {
        "question": "q",
        "language": "en",
        "status": "answered",
        "version": "1",
        "thumb": "up",
    }
    async with client_of(api) as client:
        assert (await client.post("/api/feedback", json=right)).status_code == 201
        response = await client.post("/api/feedback", json={**right, **wrong})
    check_problem(response, 422, "wrong_input")
    assert response.json()["errors"][0]["pointer"] == pointer


class ClosedFeedback(MemoryFeedback):
    def keep(self, feedback: Feedback) -> KeptFeedback:
        raise FeedbackError("index_broken", what="postgresql://secret", reason="gone")


async def test_a_database_that_is_gone_is_told_without_its_address(shop: Policy) -> None:
    service = scripted_service(shop)
    service.feedback = ClosedFeedback(180)
    given = {"question": "q", "language": "en", "status": "silent", "version": "1", "thumb": "up"}
    async with client_of(api_of(service)) as client:
        response = await client.post("/api/feedback", json=given)
        check_problem(response, 503, "feedback_closed")
        assert "secret" not in response.text
        assert (await client.post("/api/ask", json=QUESTION)).status_code == httpx.codes.OK


async def test_the_browser_s_language_counts_where_the_body_names_none(api: FastAPI) -> None:
    async with client_of(api, **{"Accept-Language": "zh-CN,en;q=0.8"}) as client:
        response = await client.get("/api/nothing")
    assert response.json()["title"] == say("problem_title.not_found", "zh")


async def test_the_question_s_language_counts_before_the_browser_s(api: FastAPI) -> None:
    long = {"question": "警察要查我的订单怎么办？" * 200}
    async with client_of(api, **{"Accept-Language": "en"}) as client:
        response = await client.post("/api/ask", json=long)
    assert response.json()["title"] == say("problem_title.wrong_input", "zh")


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream", "/v1/chat/completions"])
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://policy.test.evil.example", "https://x\x00"]
)
async def test_pages_of_other_origins_may_not_call(shop: Policy, path: str, origin: str) -> None:
    api = api_of(scripted_service(shop), "https://shop.example")
    async with client_of(api, Origin=origin) as client:
        check_refused(await client.post(path, json=QUESTION), 403, "origin_not_allowed")
        asked = {"Access-Control-Request-Method": "POST"}
        refused = await client.options(path, headers=asked)
    assert refused.status_code == httpx.codes.FORBIDDEN
    assert "access-control-allow-origin" not in refused.headers


async def test_an_allowed_origin_and_our_own_may_call(shop: Policy) -> None:
    api = api_of(scripted_service(shop), "https://shop.example")
    async with client_of(api, Origin="https://shop.example") as client:
        preflight = await client.options(
            "/api/ask",
            headers={
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type,authorization,x-stainless-os",
            },
        )
        assert preflight.status_code == httpx.codes.OK
        response = await client.post("/api/ask", json=QUESTION)
    for one in (preflight, response):
        assert one.headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-credentials" not in one.headers
    async with client_of(api, Origin="http://policy.test") as client:
        assert (await client.post("/api/ask", json=QUESTION)).status_code == httpx.codes.OK


async def test_by_default_no_other_origin_may_call(api: FastAPI) -> None:
    async with client_of(api, Origin="https://shop.example") as client:
        response = await client.post("/api/ask", json=QUESTION)
    check_problem(response, 403, "origin_not_allowed")
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_a_title_and_a_text(code: Code, language: Language) -> None:
    assert say(f"problem_title.{code.text}", language)
    assert say(f"problem.{code.text}", language, limit=64, known="shop", field="/", reason="r")
