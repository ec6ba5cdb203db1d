"""schemathesis on /api/v1: whatever is asked, no fault, and no answer that the description does not name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN

EXAMPLES = 25
"""Requests per operation; they are the same in every run, so a failure comes again."""
# Not asked: whether everything that fits the description is accepted. A cursor and an action's payload are described as
# text and object, and what is in them is refused with a reason (400, 422).
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


def asked(client: TestClient, case: Case, headers: dict[str, str]) -> httpx.Response:
    """The answer to one generated request. One that cannot be written as an address is passed over."""
    given: dict[str, Any] = case.as_transport_kwargs(base_url="http://testserver")
    body = {"json": given["json"]} if "json" in given else {"content": given.get("data")}
    try:
        return client.request(
            given["method"], given["url"], params=given.get("params"), headers={**given["headers"], **headers}, **body
        )  # fmt: skip
    except (httpx.InvalidURL, UnicodeError, TypeError):
        reject()


def test_no_request_is_a_fault_and_every_answer_is_as_described(as_person, client: TestClient) -> None:
    mona = as_person(cast.MANAGER)
    headers = {**ORIGIN, "X-CSRF-Token": mona.get("/api/v1/me").json()["csrf"]}
    described = openapi.from_dict(client.get("/api/v1/openapi.json").json())
    answered: set[tuple[str, str]] = set()
    for operation in (found.ok() for found in described.get_all_operations()):
        _explore(operation, lambda case: asked(mona, case, headers))
        answered.add((operation.method, operation.path))
    assert len(answered) > 15


def _explore(operation: APIOperation, ask: Callable[[Case], httpx.Response]) -> None:
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.one_of([operation.as_strategy(mode) for mode in modes]))
    def explore(case: Case) -> None:
        case.validate_response(ask(case), checks=CHECKS)

    explore()
