"""Ways for one person to become two: roles of oversight, their sign-in, and barriers. Each must fail."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Conflict, NotFound, Performed, Refused, Waiting, approve, perform
from remit.actions.queries import get_action, get_suggestion, list_suggestions
from remit.db.sessions import read
from remit.domains.people import oversight, queries, set_up
from remit.domains.people.actions import AssignTerritory, ManageBarrier, ManagePeople
from remit.domains.people.rules import token_hash
from remit.scope import Scope
from tests.support.cast import Cast

ROLES = ("compliance", "governance", "vp")


@pytest.fixture(autouse=True)
def cora_can_sign_in(cast: Cast) -> None:
    cast.sql(
        "INSERT INTO remit.credentials (person_id, password_hash, changed_at) VALUES (:id, 'x', now())"
        " ON CONFLICT DO NOTHING",
        id=cast.people["cora"],
    )


def _change(cast: Cast, who: str, **changes: Any) -> ManagePeople:
    [row] = cast.sql(
        "SELECT name, email, reach, active, version, array(SELECT role FROM remit.person_roles r"
        " WHERE r.person_id = p.id ORDER BY role) FROM remit.people p WHERE id = :id",
        id=cast.people[who],
    )
    now = dict(zip(("name", "email", "reach", "active", "expected_version", "roles"), row, strict=True))
    return ManagePeople.model_validate({"person_id": cast.people[who], **now, **changes})


def _state(cast: Cast, who: str) -> list[tuple]:
    return cast.sql(
        "SELECT name, email, active, version, (SELECT array_agg(role ORDER BY role) FROM remit.person_roles r"
        " WHERE r.person_id = p.id) FROM remit.people p WHERE id = :id",
        id=cast.people[who],
    )


def _waits(cast: Cast, action: Any, by: str = "adam") -> Waiting:
    answer = perform(cast.scope(by), action)
    assert isinstance(answer, Waiting), answer
    assert set(answer.approver_roles) <= set(ROLES)
    return answer


def _approve(cast: Cast, by: str, waiting: Waiting) -> Performed:
    return approve(cast.scope(by), waiting.suggestion_id, waiting.payload_hash)


def _may_not_approve(cast: Cast, by: str, waiting: Waiting, code: str = "not_permitted_by_policy") -> None:
    with pytest.raises(Refused) as caught:
        _approve(cast, by, waiting)
    assert caught.value.code == code, caught.value.message


@pytest.mark.parametrize("role", [*ROLES, "finance", "legal", "manager", "operations"])
def test_an_admin_alone_gives_nobody_a_role_that_approves_for_others(cast: Cast, role: str) -> None:
    before = _state(cast, "bob")
    _waits(cast, _change(cast, "bob", roles=("ae", role)))
    email = f"puppet-{role}@northlake.example"
    _waits(cast, ManagePeople(name="Puppet", email=email, roles=(role,)))
    assert _state(cast, "bob") == before
    assert cast.sql("SELECT 1 FROM remit.people WHERE email = :email", email=email) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "adam2@northlake.example"},
        {"name": "Somebody else"},
        {"active": False},
        {"roles": ("sdr",)},
        {"reach": "none"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_admin_alone_changes_nobody_who_oversees(cast: Cast, changes: dict[str, Any]) -> None:
    before = _state(cast, "cora")
    _waits(cast, _change(cast, "cora", **changes))
    assert _state(cast, "cora") == before


def test_title_and_team_of_an_overseer_stay_the_admins_to_change(cast: Cast) -> None:
    assert isinstance(
        perform(cast.scope("adam"), _change(cast, "gwen", title="Chair", team="Board")), Performed
    )


def test_not_the_maker_not_the_one_concerned_not_a_rep_and_not_by_the_power_it_would_give(
    cast: Cast,
) -> None:
    waiting = _waits(cast, _change(cast, "bob", roles=("ae", "vp")))
    for who in ("adam", "bob", "alice", "mia", "olga"):
        _may_not_approve(cast, who, waiting)
    about_cora = _waits(cast, _change(cast, "cora", email="cora2@northlake.example"))
    _may_not_approve(cast, "cora", about_cora)
    _approve(cast, "vera", about_cora)
    assert _state(cast, "cora")[0][1] == "cora2@northlake.example"


def test_an_approver_who_lost_the_role_in_between(cast: Cast) -> None:
    waiting = _waits(cast, _change(cast, "bob", roles=("ae", "governance")))
    cast.sql("UPDATE remit.person_roles SET role = 'sdr' WHERE person_id = :id", id=cast.people["gwen"])
    try:
        _may_not_approve(cast, "gwen", waiting)
    finally:
        cast.sql(
            "UPDATE remit.person_roles SET role = 'governance' WHERE person_id = :id", id=cast.people["gwen"]
        )


def test_a_change_that_waited_is_not_applied_to_a_person_changed_since(cast: Cast) -> None:
    waiting = _waits(cast, _change(cast, "charlie", roles=("legal",)))
    perform(cast.scope("adam"), _change(cast, "charlie", title="Counsel"))
    _may_not_approve(cast, "vera", waiting, "version_conflict")


def _link_for(cast: Cast, who: str, by: str = "adam") -> set_up.Issued:
    return set_up.issue(cast.scope(by), "invitation", cast.people[who])


def _usable(cast: Cast, token: str) -> bool:
    found = cast.sql(
        "SELECT 1 FROM remit.setup_links WHERE token_hash = :digest AND used_at IS NULL AND expires_at > now()",
        digest=token_hash(token),
    )
    return bool(found)


def test_a_link_to_an_overseers_account_opens_nothing_before_a_second_person_agreed(cast: Cast) -> None:
    issued = _link_for(cast, "gwen")
    assert issued.waiting is not None and not _usable(cast, issued.token)
    _may_not_approve(cast, "gwen", issued.waiting)
    _may_not_approve(cast, "adam", issued.waiting)
    _approve(cast, "cora", issued.waiting)
    assert _usable(cast, issued.token)
    told = cast.sql("SELECT payload::text || title || reason FROM remit.suggestions")
    told += cast.sql("SELECT payload::text || result::text || stages::text FROM remit.actions")
    told += cast.sql("SELECT record FROM remit.audit")
    assert told and not any(issued.token in str(row) for row in told)


def test_the_machines_console_is_one_person_too(cast: Cast) -> None:
    from remit import identity

    issued = set_up.issue(identity.for_service("console", via="cli"), "invitation", cast.people["vera"])
    assert issued.waiting is not None and not _usable(cast, issued.token)


def _sdr(cast: Cast, name: str) -> UUID:
    """A rep who approves nothing for others: an admin adds them alone."""
    email = f"{name.lower()}@northlake.example"
    done = perform(cast.scope("adam"), ManagePeople(name=name, email=email, roles=("sdr",)))
    assert isinstance(done, Performed)
    return UUID(done.result["person_id"])


def test_every_role_that_a_rule_asks_for_as_a_second_person_is_guarded() -> None:
    assert {*ROLES, "finance", "legal", "ae", "manager", "operations"} == oversight.guarded()


def test_one_admin_is_not_both_the_ae_and_the_manager_of_a_key_account(cast: Cast) -> None:
    waiting = _waits(cast, ManagePeople(name="Fake", email="fake.ae@northlake.example", roles=("ae",)))
    assert "compliance" in waiting.sentence
    _may_not_approve(cast, "adam", waiting)
    _may_not_approve(cast, "alice", waiting)
    assert isinstance(_approve(cast, "vera", waiting), Performed)
    assert _link_for(cast, "charlie").waiting is not None, "nor do they take over an AE who is there"


@pytest.mark.parametrize("before", ["own", "none"])
def test_seeing_more_takes_a_second_person(cast: Cast, before: str) -> None:
    cast.people["wide"] = _sdr(cast, f"Wide-{before}")
    cast.sql("UPDATE remit.people SET reach = :r WHERE id = :id", r=before, id=cast.people["wide"])
    _waits(cast, _change(cast, "wide", reach="all" if before == "own" else "own"))
    _waits(cast, ManagePeople(name="W", email=f"w-{before}@n.example", roles=("sdr",), reach="all"))


def test_a_leaver_is_out_at_once(cast: Cast) -> None:
    try:
        assert isinstance(perform(cast.scope("adam"), _change(cast, "charlie", active=False)), Performed)
        _waits(cast, _change(cast, "charlie", active=True))
    finally:
        cast.sql("UPDATE remit.people SET active = true WHERE id = :id", id=cast.people["charlie"])


def _territories(cast: Cast, who: str) -> set[str]:
    return {
        row[0]
        for row in cast.sql(
            "SELECT t.name FROM remit.person_territories x JOIN remit.territories t ON t.id = x.territory_id"
            " WHERE x.person_id = :id",
            id=cast.people[who],
        )
    }


@pytest.mark.parametrize("by", ["mia", "adam"])
def test_nobody_alone_hands_out_a_territory_that_they_do_not_see(cast: Cast, by: str) -> None:
    cast.people["ned"] = _sdr(cast, f"Ned-{by}")
    cast.sql("UPDATE remit.people SET reach = 'own' WHERE id = :id", id=cast.people["mia"])
    cast.sql(
        "INSERT INTO remit.person_territories VALUES (:id, 101) ON CONFLICT DO NOTHING", id=cast.people["mia"]
    )
    try:
        both = AssignTerritory(person_id=cast.people["ned"], territories=("North", "South"))
        waiting = perform(cast.scope(by), both)
        assert isinstance(waiting, Waiting) and _territories(cast, "ned") == set()
        for who in (by, "alice"):
            _may_not_approve(cast, who, waiting)
        _approve(cast, "vera", waiting)
        assert _territories(cast, "ned") == {"North", "South"}
        less = AssignTerritory(person_id=cast.people["ned"], territories=("South",))
        assert isinstance(perform(cast.scope(by), less), Performed), "taking one away gives nothing"
        if by == "mia":
            own = AssignTerritory(person_id=cast.people["ned"], territories=("North", "South"))
            assert isinstance(perform(cast.scope("mia"), own), Performed), "her own territory is hers to give"
    finally:
        cast.sql("UPDATE remit.people SET reach = 'all' WHERE id = :id", id=cast.people["mia"])
        cast.sql("DELETE FROM remit.person_territories WHERE person_id = :id", id=cast.people["mia"])


def test_a_link_made_for_a_rep_does_not_open_the_vps_account_they_become(cast: Cast) -> None:
    cast.people["sam"] = _sdr(cast, "Sam")
    issued = _link_for(cast, "sam")
    assert issued.waiting is None and _usable(cast, issued.token)
    _approve(cast, "vera", _waits(cast, _change(cast, "sam", roles=("vp",))))
    assert not _usable(cast, issued.token)
    cast.sql("UPDATE remit.people SET active = false WHERE id = :id", id=cast.people["sam"])


def test_the_first_overseer_is_an_admins_to_name_and_nobody_gets_back_there(cast: Cast) -> None:
    holders = ("cora", "gwen", "vera")
    for who in (*holders, "mia"):
        cast.sql("UPDATE remit.people SET active = false WHERE id = :id", id=cast.people[who])
    try:
        first = perform(
            cast.scope("adam"), ManagePeople(name="First", email="first@n.example", roles=("compliance",))
        )
        assert isinstance(first, Performed)
        _waits(cast, ManagePeople(name="Next", email="next@n.example", roles=("vp",)))
        cast.people["first"] = UUID(first.result["person_id"])
        assert _link_for(cast, "first").waiting is None, "nobody who oversees could sign in to approve it"
        away = _waits(cast, _change(cast, "first", active=False))
        _may_not_approve(cast, "first", away)
        # two who take each other's power away at the same moment: one of them stays
        cast.sql("UPDATE remit.people SET active = true WHERE id = :id", id=cast.people["vera"])
        other = _waits(cast, _change(cast, "vera", active=False))
        _at_once(cast, ("first", other), ("vera", away))
        left = cast.sql(
            "SELECT count(*) FROM remit.people WHERE active AND id IN (:one, :two)",
            one=cast.people["first"], two=cast.people["vera"],
        )  # fmt: skip
        assert left == [(1,)]
    finally:
        for who in (*holders, "mia"):
            cast.sql("UPDATE remit.people SET active = true WHERE id = :id", id=cast.people[who])
        cast.sql("UPDATE remit.people SET active = false WHERE name = 'First'")


def _at_once(cast: Cast, *approvals: tuple[str, Waiting]) -> None:
    ready = threading.Barrier(len(approvals))

    def one(scope: Scope, waiting: Waiting) -> None:
        ready.wait()
        with contextlib.suppress(Refused):
            approve(scope, waiting.suggestion_id, waiting.payload_hash)

    with ThreadPoolExecutor() as pool:
        done = [pool.submit(one, cast.scope(who), waiting) for who, waiting in approvals]
    for each in done:
        each.result()


def _admitted(cast: Cast) -> set[UUID]:
    return {row[0] for row in cast.sql("SELECT person_id FROM remit.person_barriers WHERE barrier_id = 101")}


def _barrier(cast: Cast, *who: str, name: str = "Merger") -> ManageBarrier:
    found = cast.sql("SELECT version FROM remit.barriers WHERE name = :name", name=name.strip())
    admitted = tuple(cast.people[one] for one in who)
    return ManageBarrier(
        name=name, expected_version=found[0][0] if found else 0, reason="a deal", admitted=admitted
    )


@pytest.mark.parametrize("name", ["Merger", " Merger ", "A new one"])
def test_compliance_does_not_admit_itself(cast: Cast, name: str) -> None:
    before = _admitted(cast)
    with pytest.raises(Refused) as caught:
        perform(cast.scope("cora"), _barrier(cast, "bob", "cora", name=name))
    assert "barrier-not-oneself" in caught.value.rule_ids
    assert _admitted(cast) == before


def test_admitting_takes_a_second_person_who_does_not_gain_by_it(cast: Cast) -> None:
    cast.sql("INSERT INTO remit.person_roles VALUES (:id, 'compliance')", id=cast.people["olga"])
    try:
        waiting = _waits(cast, _barrier(cast, "bob", "gwen", "alice"), by="olga")
        for who in ("olga", "gwen", "vera", "bob", "alice"):
            knows = who in ("olga", "gwen")  # the others do not even learn that it waits
            _may_not_approve(cast, who, waiting, "not_permitted_by_policy" if knows else "not_found")
        assert cast.people["alice"] not in _admitted(cast)
        _approve(cast, "cora", waiting)
        assert {cast.people["alice"], cast.people["gwen"]} <= _admitted(cast)
        # taking somebody away needs nobody
        assert isinstance(perform(cast.scope("cora"), _barrier(cast, "bob")), Performed)
        assert _admitted(cast) == {cast.people["bob"]}
    finally:
        cast.sql(
            "DELETE FROM remit.person_roles WHERE role = 'compliance' AND person_id = :id",
            id=cast.people["olga"],
        )


def test_names_of_barriers_are_for_who_is_admitted_compliance_and_admins(cast: Cast) -> None:
    for who, knows in (("bob", True), ("cora", True), ("adam", True), ("alice", False), ("vera", False)):
        scope = cast.scope(who)
        assert any(one.name == "Merger" for one in queries.list_barriers(scope)) is knows, who
        seen = queries.find_person(scope, cast.people["bob"])
        assert seen is not None and ("Merger" in seen.barriers) is knows, who
        assert any("Merger" in one.barriers for one in queries.list_people(scope, find="bob").rows) is knows


def test_what_was_done_about_a_barrier_names_it_to_nobody_else(cast: Cast) -> None:
    """The title of the suggestion, the payload of the action and what was recorded of both name the barrier."""
    waiting = _waits(cast, _barrier(cast, "bob", "alice"), by="cora")
    done = perform(cast.scope("cora"), _barrier(cast, name="Takeover"))
    assert isinstance(done, Performed)

    def knows(who: str) -> set[str]:
        scope, found = cast.scope(who), set()
        if any("Merger" in one.title for one in list_suggestions(scope, "all").rows):
            found.add("title")
        with contextlib.suppress(NotFound):
            get_suggestion(scope, waiting.suggestion_id)
            found.add("suggestion")
        with contextlib.suppress(NotFound):
            get_action(scope, done.action_id)
            found.add("action")
        with read(scope) as s:
            if s.rows(
                "SELECT record FROM remit.audit WHERE record LIKE '%Merger%' OR record LIKE '%Takeover%'"
            ):
                found.add("record")
        return found

    try:
        for who in ("alice", "bob", "charlie", "mia", "vera"):
            assert knows(who) == set(), who
        for who in ("cora", "gwen"):
            assert knows(who) == {"title", "suggestion", "action", "record"}, who
        _approve(cast, "gwen", waiting)
        assert knows("vera") == set(), "nor what was recorded of the approval"
    finally:
        cast.sql("DELETE FROM remit.person_barriers WHERE person_id = :id", id=cast.people["alice"])


def test_a_list_of_who_is_admitted_replaces_only_the_one_that_was_read(cast: Cast) -> None:
    read_by_both = _barrier(cast, "bob")
    assert isinstance(perform(cast.scope("cora"), read_by_both), Performed)
    with pytest.raises(Conflict):
        perform(cast.scope("cora"), read_by_both)
    with pytest.raises(Conflict):  # nor does one that is raised anew take the place of one that stands
        perform(cast.scope("cora"), ManageBarrier(name="Merger", reason="x"))
    first, second = (_waits(cast, _barrier(cast, "bob", who), by="cora") for who in ("alice", "charlie"))
    _approve(cast, "gwen", first)
    with pytest.raises(Conflict):
        _approve(cast, "gwen", second)
    assert cast.people["alice"] in _admitted(cast)
    perform(cast.scope("cora"), _barrier(cast, "bob"))
