"""Groups of the directory: who joins has at once what two people agreed that the group gives, who leaves has it no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.actions import Performed, Refused, Waiting, approve, perform
from remit.db.location import Location
from remit.domains.people.groups import MapGroup
from remit.domains.people.rules import token_hash
from remit.domains.people.sign_on import AdmitPerson, ApplyGroups
from remit.domains.people.tokens import IssueApiToken
from remit.identity import for_person
from tests.support import web_cast as cast
from tests.support.databases import rows
from tests.support.web_cast import rows_as

TOKEN = "remit_" + "g" * 43
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
Ask = Callable[..., Any]


def _agreed(answer: Performed | Waiting) -> None:
    if isinstance(answer, Waiting):
        approve(for_person(cast.VP.id, via="test"), answer.suggestion_id, answer.payload_hash)


@pytest.fixture(scope="module")
def ask(client: TestClient, settled: Location) -> Ask:
    scope = for_person(cast.ADMIN.id, via="test")
    _agreed(perform(scope, IssueApiToken(token_hash=token_hash(TOKEN).hex(), name="Directory", purpose="provisioning", reads=False)))  # fmt: skip
    _agreed(perform(scope, MapGroup(group="Traders", roles=("sdr",), territories=("West",))))
    _agreed(perform(scope, MapGroup(group="Starters", roles=("sdr",))))
    _agreed(perform(scope, MapGroup(group="Watchers", roles=("compliance",), reach="all")))

    def asked(method: str, path: str, body: Any = None) -> Any:
        stranger = TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        return stranger.request(method, f"/scim/v2{path}", json=body, headers=headers)

    return asked


def _user(ask: Ask, name: str) -> str:
    made = ask(
        "POST", "/Users", {"schemas": [USER], "userName": f"{name}@northlake.example", "displayName": name}
    )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def _group(ask: Ask, name: str, *people: str) -> Any:
    members = [{"value": one} for one in people]
    return ask("POST", "/Groups", {"schemas": [GROUP], "displayName": name, "externalId": f"ext {name}", "members": members})  # fmt: skip


def _patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


def _roles(settled: Location, person: str) -> list[str]:
    return [
        role
        for (role,) in rows(
            settled, f"SELECT role FROM remit.person_roles WHERE person_id = '{person}' ORDER BY 1"
        )
    ]


def test_joining_and_leaving_take_effect_at_once_sessions_and_agents_too(ask: Ask, settled: Location) -> None:
    ann, ben = _user(ask, "ann"), _user(ask, "ben")
    made = _group(ask, "Traders", ann)
    assert made.status_code == 201 and [one["value"] for one in made.json()["members"]] == [ann]
    group = made.json()["id"]
    assert (_roles(settled, ann), _roles(settled, ben)) == (["sdr"], [])
    rows(settled, f"INSERT INTO remit.person_roles VALUES ('{ben}', 'se') RETURNING 1")  # by hand
    ask("PATCH", f"/Groups/{group}", _patch({"op": "Add", "path": "members", "value": [{"value": ben}]}))
    assert _roles(settled, ben) == ["sdr", "se"]
    [(agent,)] = rows(settled, f"INSERT INTO remit.people (id, kind, name, owner_id, reach) VALUES (gen_random_uuid(), 'agent', 'Annbot', '{ann}', 'own') RETURNING id")  # fmt: skip
    rows(settled, f"INSERT INTO remit.web_sessions (id, token_hash, person_id, csrf_secret, created_at, last_seen_at, expires_at) VALUES (gen_random_uuid(), '\\x77', '{ann}', 'x', now(), now(), now() + interval '1 hour') RETURNING 1")  # fmt: skip
    done = ask("PATCH", f"/Groups/{group}", _patch({"op": "remove", "path": f'members[value eq "{ann}"]'}))
    assert [one["value"] for one in done.json()["members"]] == [ben] and _roles(settled, ann) == []
    assert (
        rows(settled, f"SELECT 1 FROM remit.web_sessions WHERE person_id = '{ann}' AND revoked_at IS NULL")
        == []
    )
    with pytest.raises(identity.NotPermitted):
        identity.for_agent(UUID(str(agent)), via="test")
    # renamed to what gives other things, and deleted
    ask(
        "PATCH",
        f"/Groups/{group}",
        _patch({"op": "replace", "value": {"id": group, "displayName": "Football"}}),
    )
    assert _roles(settled, ben) == ["se"]
    ask("PATCH", f"/Groups/{group}", _patch({"op": "replace", "path": "displayName", "value": "Starters"}))
    assert _roles(settled, ben) == ["sdr", "se"]
    assert ask("DELETE", f"/Groups/{group}").status_code == 204 and _roles(settled, ben) == ["se"]
    assert ask("GET", f"/Groups/{group}").status_code == 404
    seen = rows_as(
        settled, cast.COMPLIANCE.id, "SELECT DISTINCT event FROM remit.audit WHERE event LIKE 'directory:%'"
    )
    assert {event for (event,) in seen} >= {"directory:group:keep", "directory:group:leave"}


def test_power_by_a_group_waits_for_a_second_person_and_holds_up_nobody_else(
    ask: Ask, settled: Location
) -> None:
    eve, fay = _user(ask, "eve"), _user(ask, "fay")
    plain = _group(ask, "Choir", eve).json()["id"]
    renamed = ask(
        "PATCH", f"/Groups/{plain}", _patch({"op": "replace", "path": "displayName", "value": "Watchers"})
    )
    assert renamed.status_code == 403 and "second person" in renamed.json()["detail"]
    watch = _group(ask, "Watchers", eve, fay).json()
    assert "members" not in watch and _roles(settled, eve) == []
    body = {"schemas": [GROUP], "displayName": "Watchers", "members": [{"value": eve}, {"value": fay}]}
    again = [ask("PUT", f"/Groups/{watch['id']}", {**body, "externalId": "ext Watchers"}) for _ in range(2)]
    assert [one.status_code for one in again] == [403, 403]
    waiting = rows_as(
        settled, cast.VP.id,
        "SELECT id, encode(payload_hash, 'hex'), title FROM remit.suggestions WHERE kind = 'KeepDirectoryGroup' AND state = 'waiting'",
    )  # fmt: skip
    assert len(waiting) == 3, (
        "one wish for the name, one for each who joins, however often the directory asks"
    )
    [(wish, payload, _)] = [one for one in waiting if "eve" in str(one[2]) and "called" not in str(one[2])]
    with pytest.raises(Refused):
        approve(for_person(cast.ADMIN.id, via="test"), UUID(str(wish)), str(payload))
    approve(for_person(cast.VP.id, via="test"), UUID(str(wish)), str(payload))
    assert (_roles(settled, eve), _roles(settled, fay)) == (["compliance"], [])
    done = ask(
        "PATCH",
        f"/Groups/{watch['id']}",
        _patch({"op": "remove", "path": "members", "value": [{"value": eve}]}),
    )
    assert done.status_code == 200 and _roles(settled, eve) == []


def test_who_leaves_in_the_directory_does_not_stay_by_an_old_sign_on(ask: Ask, settled: Location) -> None:
    desk = identity.for_service("sign-on", via="test")
    perform(desk, AdmitPerson(issuer="https://idp", subject="gil", email="gil@northlake.example", name="Gil", groups=("Starters",)))  # fmt: skip
    [(gil,)] = rows(settled, "SELECT id FROM remit.people WHERE email = 'gil@northlake.example'")
    group = _group(ask, "Starters", str(gil)).json()["id"]
    perform(desk, ApplyGroups(issuer="https://idp", subject="gil", groups=()))
    assert _roles(settled, str(gil)) == ["sdr"], "what one source takes back the other still gives"
    perform(desk, ApplyGroups(issuer="https://idp", subject="gil", groups=("Starters",)))
    ask("PATCH", f"/Groups/{group}", _patch({"op": "remove", "path": "members"}))
    assert _roles(settled, str(gil)) == []
    ask("DELETE", f"/Groups/{group}")


def test_what_is_refused_and_what_is_found(ask: Ask, settled: Location) -> None:
    hal = _user(ask, "hal")
    group = _group(ask, "Chess", hal).json()["id"]
    assert _group(ask, "chess").json()["scimType"] == "uniqueness"
    for text in ('displayName eq "CHESS"', 'externalId eq "ext Chess"', f'id eq "{group}"'):
        found = ask("GET", f"/Groups?filter={text}&excludedAttributes=members").json()
        assert (found["totalResults"], found["Resources"][0]["id"]) == (1, group), text
        assert "members" not in found["Resources"][0]
    assert ask("GET", '/Groups?filter=members eq "x"').json()["scimType"] == "invalidFilter"
    for operation in (
        {
            "op": "add",
            "path": "members",
            "value": [{"value": str(cast.ADMIN.id)}],
        },  # admins are not the directory's
        {"op": "add", "path": "members", "value": [{"value": str(UUID(int=7))}]},
        {"op": "add", "path": "members", "value": [{"value": hal, "type": "Group"}]},
        {"op": "add", "path": "members", "value": "everybody"},
        {"op": "replace", "path": "owners", "value": []},
        {"op": "remove", "path": "displayName"},
        {"op": "remove"},
    ):
        assert ask("PATCH", f"/Groups/{group}", _patch(operation)).status_code == 400, operation
    assert ask("DELETE", f"/Users/{hal}").status_code == 204
    assert "members" not in ask("GET", f"/Groups/{group}").json()
    types = ask("GET", "/ResourceTypes").json()["Resources"]
    assert {one["name"] for one in types} == {"User", "Group"}


def test_the_directory_alone_makes_nobody_see_most_of_the_firm(ask: Ask, settled: Location) -> None:
    """A token of the directory that was copied puts one person into one group of each territory: no group gives the firm, all of them do."""
    [(before,)] = rows(settled, "SELECT count(*) FROM remit.territories")
    names = [f"Part {number}" for number in range(before + 2)]
    for name in names:
        _agreed(
            perform(
                for_person(cast.ADMIN.id, via="test"),
                MapGroup(group=name, roles=("sdr",), territories=(name,)),
            )
        )
        rows(
            settled,
            f"INSERT INTO remit.territories (name) VALUES ('{name}') ON CONFLICT DO NOTHING RETURNING 1",
        )
    hugo, ines = _user(ask, "hugo"), _user(ask, "ines")
    for name in names:
        _group(ask, name, hugo)
    seen = f"SELECT count(*) FROM remit.person_territories WHERE person_id = '{hugo}'"
    [(half,)] = rows(settled, seen)
    assert half == (before + len(names)) // 2, "as many as are half of what there is, and no more"
    waits = [
        (str(one), str(payload)) for one, payload, title in rows_as(
            settled, cast.VP.id,
            "SELECT id, encode(payload_hash, 'hex'), title FROM remit.suggestions WHERE kind = 'KeepDirectoryGroup' AND state = 'waiting'",
        ) if "hugo" in str(title)
    ]  # fmt: skip
    assert len(waits) == len(names) - half
    # whoever joins with them and gains no such thing is not held up
    last = rows(settled, f"SELECT id FROM remit.directory_groups WHERE name = '{names[-1]}'")[0][0]
    answer = ask("PATCH", f"/Groups/{last}", _patch({"op": "Add", "path": "members", "value": [{"value": ines}, {"value": hugo}]}))  # fmt: skip
    assert answer.status_code == 403 and "1 of those who join" in answer.json()["detail"]
    assert _roles(settled, ines) == ["sdr"]
    approve(for_person(cast.VP.id, via="test"), UUID(waits[0][0]), waits[0][1])
    assert rows(settled, seen) == [(half + 1,)]
