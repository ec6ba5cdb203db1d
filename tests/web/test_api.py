"""The JSON API: described, typed, refusing in one shape; random bodies are never a fault."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import web_cast as cast

JSON = {"Origin": "http://testserver"}


def token(person: TestClient) -> dict[str, str]:
    return {**JSON, "X-CSRF-Token": person.get("/api/v1/me").json()["csrf"]}


def test_it_is_described_and_every_answer_is_documented(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert all(path.startswith("/api/v1/") for path in described["paths"])
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert {"200", "401", "403", "404", "422"} <= set(operation["responses"]), (method, path)
            assert operation["description"], path


def test_strangers_get_401_as_json(client: TestClient) -> None:
    answer = client.get("/api/v1/suggestions")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "sign_in_needed"


def test_a_change_needs_token_type_and_origin(as_person) -> None:
    mona = as_person(cast.MANAGER)
    body = json.dumps({"kind": "Halt", "payload": {"scope": "channel:email", "reason": "drill"}})
    kind = {"Content-Type": "application/json"}
    assert mona.post("/api/v1/actions", content=body, headers={**JSON, **kind}).status_code == 403
    other = {**token(mona), **kind, "Origin": "https://evil.example"}
    assert mona.post("/api/v1/actions", content=body, headers=other).status_code == 403
    plain = {**token(mona), "Content-Type": "text/plain"}
    assert mona.post("/api/v1/actions", content=body, headers=plain).status_code == 415


def test_an_action_is_performed_once_by_key(as_person) -> None:
    mona = as_person(cast.MANAGER)
    body = {
        "kind": "Halt",
        "payload": {"scope": "channel:email", "reason": "drill"},
        "key": f"drill-{uuid4()}",
    }
    first = mona.post("/api/v1/actions", json=body, headers=token(mona))
    assert first.status_code == 200 and first.json()["status"] == "performed", first.text
    again = mona.post("/api/v1/actions", json=body, headers=token(mona))
    assert again.json()["action_id"] == first.json()["action_id"]
    shown = mona.get(f"/api/v1/actions/{first.json()['action_id']}").json()
    assert [stage["stage"] for stage in shown["stages"]][:3] == ["identity", "remit", "policy"]
    lift = {"kind": "Resume", "payload": {"scope": "channel:email", "reason": "drill over"}}
    assert mona.post("/api/v1/actions", json=lift, headers=token(mona)).json()["status"] == "performed"


def test_refusals_name_code_and_rule(as_person) -> None:
    alice = as_person(cast.ALICE)
    body = {"kind": "Halt", "payload": {"scope": "everything", "reason": "I try"}}
    answer = alice.post("/api/v1/actions", json=body, headers=token(alice))
    assert answer.status_code == 403
    assert answer.json()["error"]["details"]["rule_ids"]
    for kind in ("SignIn", "NoSuchThing"):
        unknown = alice.post("/api/v1/actions", json={"kind": kind, "payload": {}}, headers=token(alice))
        assert unknown.status_code == 404
    wrong = alice.post("/api/v1/actions", json={"kind": "Halt", "payload": {"x": 1}}, headers=token(alice))
    assert wrong.status_code == 422 and wrong.json()["error"]["code"] == "invalid"
    assert alice.get(f"/api/v1/suggestions/{uuid4()}").status_code == 404
    assert alice.get("/api/v1/suggestions?limit=0").status_code == 422
    assert alice.get("/api/v1/suggestions?after=zzz").status_code == 400


def test_ladder_and_record(as_person) -> None:
    vera = as_person(cast.VP)
    steps = vera.get("/api/v1/ladder").json()
    assert len(steps) == 8 and steps[0]["gates"][0]["id"] == "S0-G1"
    page = vera.get("/api/v1/audit?limit=2").json()
    assert len(page["records"]) == 2 and page["next"]
    following = vera.get(f"/api/v1/audit?limit=2&after={page['next']}").json()
    assert {r["id"] for r in page["records"]}.isdisjoint(r["id"] for r in following["records"])


@pytest.mark.parametrize("kind", ["ImportCrm", "ExportAudit", "Backup", "IssueInvitation", "SignIn"])
def test_files_of_the_machine_and_sign_in_are_not_reached_by_the_api(as_person, kind: str) -> None:
    ada = as_person(cast.ADMIN)
    answer = ada.post("/api/v1/actions", json={"kind": kind, "payload": {}}, headers=token(ada))
    # some are declared by their own command alone: then the web process has no such action at all
    assert (
        "has its own way in" in answer.text or "no action called" in answer.text
    ) and answer.status_code in (403, 404, 422)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=40) | st.just("\x00\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(
        ["Halt", "Resume", "GrantRemit", "ManagePeople", "AssignTerritory", "TakeReading", "SignOut"]
    ),
    fields=st.dictionaries(
        st.sampled_from(
            [
                "scope",
                "reason",
                "name",
                "email",
                "roles",
                "gate",
                "level",
                "action_kind",
                "person_id",
                "territories",
            ]
        ),
        ANYTHING,
        max_size=6,
    ),
    key=st.none() | st.text(max_size=20),
)
def test_random_payloads_are_never_a_fault(as_person, kind: str, fields: dict, key: str | None) -> None:
    ada = as_person(cast.ADMIN) if not hasattr(as_person, "kept") else as_person.kept
    as_person.kept = ada
    headers = {**token(ada), "Content-Type": "application/json"}
    body = json.dumps({"kind": kind, "payload": fields, "key": key}).encode()
    answer = ada.post("/api/v1/actions", content=body, headers=headers)
    assert answer.status_code < 500, (kind, fields, answer.text)
    assert answer.status_code == 200 or answer.json()["error"]["code"]


def test_records_are_read_under_ones_own_view(as_person) -> None:
    alice, charlie = as_person(cast.ALICE), as_person(cast.CHARLIE)
    path = f"/api/v1/accounts/{cast.WEST_ACCOUNT}"
    assert [row["name"] for row in alice.get("/api/v1/accounts?text=harb").json()["accounts"]] == [
        "Harbour Point Capital"
    ]
    assert charlie.get("/api/v1/accounts?text=harb").json() == {"accounts": [], "next": None}
    for part in ("", "/contacts", "/activities"):
        assert alice.get(path + part).status_code == 200, part
        assert charlie.get(path + part).status_code == 404, part
    assert alice.get(path + "/contacts").json()[0]["last_name"] == "Shah"
    assert alice.get("/api/v1/search?q=shah").json()[0]["kind"] == "contact"
    made = {"kind": "CreateOpportunity", "payload": {"account_id": str(cast.WEST_ACCOUNT), "name": "EMS"}}
    deal = alice.post("/api/v1/actions", json=made, headers=token(alice)).json()["result"]["opportunity_id"]
    assert alice.get(f"/api/v1/opportunities/{deal}").json()["stages"][0]["to_stage"] == "qualification"
    assert charlie.get(f"/api/v1/opportunities/{deal}").status_code == 404
    assert deal in [row["id"] for row in alice.get("/api/v1/opportunities").json()["opportunities"]]
    for address in ("/api/v1/today", "/api/v1/drafts"):
        assert alice.get(address).status_code == 200
    for bad in ("/api/v1/accounts?sort=owner", "/api/v1/opportunities?after=x", "/api/v1/drafts?after=e30"):
        assert alice.get(bad).status_code == 400, bad


@pytest.mark.parametrize("value", ["a\x00b", "a\x1b[2Jb", "a\u202eb", "a\u2067b"])
@pytest.mark.parametrize("field", ["subject", "body"])
def test_text_that_does_not_show_as_it_reads_is_refused_by_field(as_person, field: str, value: str) -> None:
    alice = as_person(cast.ALICE)
    given = {"account_id": str(uuid4()), "activity_kind": "note", "subject": "Call", "body": "", field: value}
    answer = alice.post(
        "/api/v1/actions", json={"kind": "LogActivity", "payload": given}, headers=token(alice)
    )
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["error"]["details"]["fields"]] == [field]


@pytest.mark.parametrize("given_hash", ["é" * 64, "A" * 64, "0" * 63, "0" * 64 + "\n"], ids=repr)
def test_an_approval_names_a_hash_or_is_no_approval(as_person, given_hash: str) -> None:
    mona = as_person(cast.MANAGER)
    link = f"/api/v1/suggestions/{uuid4()}/approve"
    answer = mona.post(link, json={"payload_hash": given_hash}, headers=token(mona))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


@pytest.mark.parametrize("key", ["", "\x00", "k" * 201])
def test_a_key_that_cannot_be_kept_is_refused(as_person, key: str) -> None:
    mona = as_person(cast.MANAGER)
    body = {"kind": "Halt", "payload": {"scope": "channel:email", "reason": "drill"}, "key": key}
    answer = mona.post("/api/v1/actions", json=body, headers=token(mona))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
