"""The OpenAPI document holds: what it promises is what the API does, whatever is sent."""

from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.openapi.loaders import from_asgi
from web_service import api_of, scripted_service

from bot.api.application import DOCUMENT
from bot.corpus.policy import read_policy
from bot.settings import CORPUS

EXAMPLES = 40

api = api_of(scripted_service(read_policy(CORPUS, "shop")))
schema = from_asgi(DOCUMENT, api)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_every_operation_does_what_the_document_says(case: Case) -> None:
    case.call_and_validate()


def test_every_operation_is_described_and_asking_has_examples() -> None:
    paths = api.openapi()["paths"]
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation.get("description") or operation.get("summary"), path
    examples = api.openapi()["components"]["schemas"]["AskIn"]["examples"]
    assert {"question", "history"} <= {key for one in examples for key in one}
