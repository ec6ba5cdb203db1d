"""SCIM 2.0: a directory adds, renames and switches off; what it may not do; and that off means off at once, agents and all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.actions import Refused, Waiting, approve, perform
from remit.db.location import Location
from remit.domains.activities.actions import LogActivity
from remit.domains.people.rules import token_hash
from remit.domains.people.tokens import IssueApiToken
from remit.identity import PROVISIONING_ID, for_agent, for_person
from tests.support import web_cast as cast
from tests.support.databases import rows
from tests.support.web_cast import rows_as
from tests.web.conftest import ORIGIN, token_of

TOKEN = "remit_" + "d" * 43
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def token(settled: Location) -> str:
    """The directory's token: an admin asked for it, the VP agreed; before that it opened nothing."""
    act = IssueApiToken(
        token_hash=token_hash(TOKEN).hex(), name="Directory", purpose="provisioning", reads=False
    )
    waiting = perform(for_person(cast.ADMIN.id, via="test"), act)
    assert isinstance(waiting, Waiting)
    assert rows(settled, "SELECT 1 FROM remit.api_tokens") == []
    with pytest.raises(Refused):
        approve(for_person(cast.ADMIN.id, via="test"), waiting.suggestion_id, waiting.payload_hash)
    approve(for_person(cast.VP.id, via="test"), waiting.suggestion_id, waiting.payload_hash)
    return TOKEN


@pytest.fixture
def ask(client: TestClient, token: str) -> Ask:
    def asked(method: str, path: str, body: Any = None, token: str = token) -> Any:
        stranger = TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        return stranger.request(method, f"/scim/v2{path}", json=body, headers=headers)

    return asked


def _user(name: str, **more: Any) -> dict[str, Any]:
    return {
        "schemas": [USER],
        "userName": f"{name}@northlake.example",
        "name": {"givenName": name.title(), "familyName": "North"},
        **more,
    }


def _patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


def test_a_user_is_added_found_renamed_and_deleted(ask: Ask, settled: Location) -> None:
    made = ask("POST", "/Users", _user("dora", externalId="ext-1"))
    assert made.status_code == 201 and made.headers["content-type"].startswith("application/scim+json")
    dora = made.json()["id"]
    assert made.headers["location"].endswith(f"/scim/v2/Users/{dora}")
    assert ask("POST", "/Users", _user("dora")).json()["scimType"] == "uniqueness"
    for text in ('userName eq "DORA@northlake.example"', 'externalId eq "ext-1"', f'id eq "{dora}"'):
        found = ask("GET", f"/Users?filter={text}").json()
        assert (found["totalResults"], found["Resources"][0]["id"]) == (1, dora), text
    ask(
        "PATCH",
        f"/Users/{dora}",
        _patch(
            {"op": "Replace", "path": "name.familyName", "value": "South"},
            {"op": "replace", "value": {"title": "Analyst", "displayName": "Dora South"}},
        ),
    )
    shown = ask("GET", f"/Users/{dora}").json()
    assert (shown["displayName"], shown["title"], shown["name"]["familyName"]) == (
        "Dora South",
        "Analyst",
        "South",
    )
    assert rows(settled, f"SELECT 1 FROM remit.person_roles WHERE person_id = '{dora}'") == []
    seen = rows_as(
        settled,
        cast.COMPLIANCE.id,
        f"SELECT event FROM remit.audit WHERE object_id = '{dora}' AND actor_id = '{PROVISIONING_ID}'",
    )
    assert ("person:provision",) in seen
    assert ask("DELETE", f"/Users/{dora}").status_code == 204
    assert (
        ask("GET", f"/Users/{dora}").status_code == 404 and ask("DELETE", f"/Users/{dora}").status_code == 404
    )
    assert rows(settled, f"SELECT active FROM remit.people WHERE id = '{dora}'") == [(False,)]


def _grown(settled: Location, person_id: str, role: str) -> None:
    rows(settled, f"INSERT INTO remit.person_roles VALUES ('{person_id}', '{role}') RETURNING 1")
    rows(
        settled,
        f"INSERT INTO remit.person_territories SELECT '{person_id}', id FROM remit.territories WHERE name = 'West' RETURNING 1",
    )


def test_off_means_sessions_tokens_and_agents_at_once(
    ask: Ask, client: TestClient, settled: Location
) -> None:
    dan = ask("POST", "/Users", _user("dan")).json()["id"]
    _grown(settled, dan, "ae")
    [(agent,)] = rows(
        settled,
        f"INSERT INTO remit.people (id, kind, name, owner_id) VALUES (gen_random_uuid(), 'agent', 'Dan''s agent', '{dan}') RETURNING id",
    )
    rows(
        settled, f"UPDATE remit.people SET demo = true WHERE id = '{dan}' RETURNING 1"
    )  # to sign in by a click
    browser = TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)
    assert browser.post("/sign-in/demo", data={"person": dan}, headers=ORIGIN).status_code == 303
    rows(settled, f"UPDATE remit.people SET demo = false WHERE id = '{dan}' RETURNING 1")
    page = browser.get("/settings/tokens").text
    made = browser.post(
        "/settings/tokens", data={"csrf": token_of(page), "name": "x", "reads": "yes"}, headers=ORIGIN
    ).text
    mine = re.search(r"remit_[\w-]{43}", made)
    assert mine
    api = {"Authorization": f"Bearer {mine.group(0)}"}
    held = for_agent(agent, via="test")  # an agent in the middle of its work
    assert client.get("/api/v1/me", headers=api).status_code == 200
    gone = ask("PATCH", f"/Users/{dan}", _patch({"op": "replace", "path": "active", "value": "False"}))
    assert gone.status_code == 200 and gone.json()["active"] is False
    assert browser.get("/settings").status_code == 303
    assert client.get("/api/v1/me", headers=api).status_code == 401
    with pytest.raises(identity.NotPermitted):
        for_agent(agent, via="test")
    with pytest.raises(Refused) as caught:
        perform(held, LogActivity.model_construct())
    assert caught.value.code == "not_permitted"
    # back again: the person after a second person agreed (an AE approves for others), the agent not by itself
    back = ask("PATCH", f"/Users/{dan}", _patch({"op": "replace", "value": {"active": True}}))
    assert back.status_code == 403 and "second person" in back.json()["detail"]
    ask("PATCH", f"/Users/{dan}", _patch({"op": "replace", "value": {"active": True}}))
    [(wish, digest)] = rows(
        settled,
        f"SELECT id, encode(payload_hash, 'hex') FROM remit.suggestions WHERE kind = 'ProvisionPerson' AND object_id = '{dan}'",
    )
    approve(for_person(cast.VP.id, via="test"), UUID(str(wish)), str(digest))
    assert ask("GET", f"/Users/{dan}").json()["active"] is True
    assert client.get("/api/v1/me", headers=api).status_code == 401
    with pytest.raises(identity.NotPermitted):
        for_agent(agent, via="test")


def test_the_directory_reaches_no_admin_no_demo_person_and_not_the_last_overseer(
    ask: Ask, settled: Location
) -> None:
    root = ask("POST", "/Users", _user("root")).json()["id"]
    rows(settled, f"INSERT INTO remit.person_roles VALUES ('{root}', 'admin') RETURNING 1")
    for person in (root, str(cast.ALICE.id), "nonsense", str(PROVISIONING_ID)):
        assert ask("GET", f"/Users/{person}").status_code == 404
        assert ask("DELETE", f"/Users/{person}").status_code == 404
    assert ask("POST", "/Users", _user("root")).status_code == 409
    watch = ask("POST", "/Users", _user("watch")).json()["id"]
    rows(settled, f"INSERT INTO remit.person_roles VALUES ('{watch}', 'compliance') RETURNING 1")
    renamed = ask(
        "PATCH",
        f"/Users/{watch}",
        _patch(
            {"op": "replace", "path": "userName", "value": "mine@evil.example"},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "mine@evil.example"},
        ),
    )
    assert renamed.status_code == 403, "the address of who oversees is their way in"
    others = ", ".join(f"'{m.id}'" for m in (cast.COMPLIANCE, cast.GOVERNANCE, cast.VP))
    rows(settled, f"UPDATE remit.people SET active = false WHERE id IN ({others}) RETURNING 1")
    try:
        assert ask("DELETE", f"/Users/{watch}").status_code == 409
        assert ask("GET", f"/Users/{watch}").json()["active"] is True
    finally:
        rows(settled, f"UPDATE remit.people SET active = true WHERE id IN ({others}) RETURNING 1")
    assert ask("DELETE", f"/Users/{watch}").status_code == 204


@pytest.mark.parametrize("given", ["", "x", "remit_" + "e" * 43])
def test_without_the_directorys_token_nothing_opens(ask: Ask, as_person, given: str) -> None:
    for method, path in (
        ("GET", "/Users"),
        ("POST", "/Users"),
        ("GET", "/ServiceProviderConfig"),
        ("DELETE", f"/Users/{cast.BOB.id}"),
    ):
        answer = ask(method, path, {}, token=given)
        assert (answer.status_code, answer.json()["status"]) == (401, "401")
    assert as_person(cast.ADMIN).get("/scim/v2/Users").status_code == 401  # no cookie opens it


def test_a_persons_token_is_none_of_the_directorys_and_the_other_way_round(
    ask: Ask, client: TestClient, as_person, token: str
) -> None:
    ada = as_person(cast.ADMIN)
    form = {"csrf": token_of(ada.get("/settings/tokens").text), "name": "x", "reads": "yes"}
    mine = re.search(r"remit_[\w-]{43}", ada.post("/settings/tokens", data=form, headers=ORIGIN).text)
    assert mine and ask("GET", "/Users", token=mine.group(0)).status_code == 401
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        ({}, "invalidSyntax"),
        ([], "invalidSyntax"),
        ({"schemas": [USER]}, "invalidValue"),
        ({"schemas": [USER], "userName": 7}, "invalidValue"),
        ({"schemas": [USER], "userName": "a\u0000b"}, "invalidValue"),
        ({"schemas": [USER], "userName": "x" * 300}, "invalidValue"),
        ({"schemas": [USER], "userName": "ok@x.example", "active": "maybe"}, "invalidValue"),
        ({"schemas": [USER], "userName": "no address", "emails": [{"value": "no address"}]}, "invalidValue"),
    ],
)
def test_bad_users_are_told_why(ask: Ask, body: Any, scim_type: str) -> None:
    answer = ask("POST", "/Users", body)
    assert (answer.status_code, answer.json()["scimType"]) == (400, scim_type)


def test_bad_operations_and_filters_are_told_why(ask: Ask) -> None:
    eve = ask("POST", "/Users", _user("eve")).json()["id"]
    for operation, scim_type in (
        ({"op": "grow", "path": "title"}, "invalidSyntax"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "path": "roles", "value": [{"value": "admin"}]}, "invalidPath"),
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "replace", "path": "active", "value": 7}, "invalidValue"),
    ):
        answer = ask("PATCH", f"/Users/{eve}", _patch(operation))
        assert (answer.status_code, answer.json()["scimType"]) == (400, scim_type), operation
    for text in ("userName co x", "userName eq", 'password eq "x"', 'userName eq "x" or active eq true'):
        assert ask("GET", f"/Users?filter={text}").json()["scimType"] == "invalidFilter"
    assert ask("GET", '/Users?filter=userName eq "\' OR 1=1 --"').json()["totalResults"] == 0
    assert ask("GET", "/Users?startIndex=1&count=1").json()["itemsPerPage"] == 1
