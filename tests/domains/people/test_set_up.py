"""An empty installation: set-up link, first people, passwords, lock-out, roles; all of it through the door."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from remit import identity, wiring  # noqa: F401 - registers the handlers
from remit.actions import Performed, Refused, perform
from remit.cli import people
from remit.db.location import Location
from remit.domains.people import actions, queries, rules, set_up
from remit.domains.people.sign_in import SignIn
from remit.kit import clock
from tests.support.command import remit
from tests.support.databases import rows
from tests.support.web_cast import rows_as

GOOD = "seven quiet harbours"


def attempt(person_id, password: str = GOOD, token: str = "t") -> bool:
    done = perform(
        identity.for_service("sign-in", via="web"),
        SignIn(
            person_id=person_id,
            method="password",
            token_hash=rules.token_hash(token + str(datetime.now(UTC))).hex(),
            password=SecretStr(password),
            csrf_secret=SecretStr("c"),
        ),
    )
    assert isinstance(done, Performed)
    return bool(done.result["signed_in"])


@pytest.fixture(scope="module")
def admin(database: Location):
    system = identity.for_service("console", via="cli")
    path = set_up.first_link(system)
    assert path is not None
    later = set_up.first_link(system)  # a second start: the first link ends
    assert later is not None
    people = (
        set_up.FirstPerson(name="Ada Lowe", email="Ada@firm.example", roles=("admin",)),
        set_up.FirstPerson(name="Gil Board", email="gil@firm.example", roles=("governance",)),
    )

    def run(path: str, password: str = GOOD) -> Performed:
        digest = rules.token_hash(path.removeprefix("/set-up/")).hex()
        done = perform(
            identity.for_service("sign-in", via="web"),
            set_up.SetUpFirm(token_hash=digest, people=people, password=SecretStr(password)),
        )
        assert isinstance(done, Performed)
        return done

    with pytest.raises(Refused, match="used already"):
        run(path)
    with pytest.raises(Refused, match="12 characters"):
        run(later, "short")
    done = run(later)
    with pytest.raises(Refused):
        run(later)
    assert set_up.first_link(system) is None
    return identity.for_person(done.result["admin_id"], via="cli")


def test_the_admin_signs_in_and_nothing_secret_is_stored(admin, database: Location) -> None:
    assert attempt(admin.person_id)
    assert not attempt(admin.person_id, "seven quiet harbors")
    (board,) = rows(database, "SELECT id FROM remit.people WHERE name = 'Gil Board'")[0]
    stored = rows_as(
        database, board, "SELECT payload::text || result::text || stages::text FROM remit.actions"
    )
    records = rows_as(database, board, "SELECT record FROM remit.audit")
    assert stored and records
    assert not any("harbour" in str(row) or "password_hash" in str(row) for row in [*stored, *records])
    told = rows_as(database, board, "SELECT event FROM remit.audit WHERE kind = 'sign_in' ORDER BY at")
    assert ("person:sign-in:done",) in told and ("person:sign-in:failed",) in told


def test_five_wrong_passwords_lock_the_account_for_a_while(admin) -> None:
    now = datetime.now(UTC)
    with clock.stopped(now) as hands:
        for _ in range(rules.FREE_FAILURES):
            assert not attempt(admin.person_id, "wrong wrong wrong")
        assert not attempt(admin.person_id), "locked: even the right password waits"
        hands.move(timedelta(minutes=2))
        assert attempt(admin.person_id)


def test_an_admin_adds_people_but_cannot_raise_themselves(admin) -> None:
    done = perform(
        admin, actions.ManagePeople(name="Eve Ng", email="eve@firm.example", roles=("ae",), team="North")
    )
    assert isinstance(done, Performed)
    eve = done.result["person_id"]
    perform(admin, actions.AssignTerritory(person_id=eve, territories=("Nordics", "Benelux")))
    row = queries.find_person(admin, eve)
    assert row is not None and row.territories == ("Benelux", "Nordics") and row.team == "North"
    with pytest.raises(Refused) as refused:
        perform(
            admin,
            actions.ManagePeople(
                person_id=admin.person_id,
                expected_version=1,
                name="Ada Lowe",
                email="ada@firm.example",
                roles=("vp",),
                reach="all",
            ),
        )
    assert refused.value.code == "check_failed"
    with pytest.raises(Refused):  # a rep manages nobody
        perform(
            identity.for_person(eve, via="web"), actions.AssignTerritory(person_id=eve, territories=("All",))
        )


def test_a_stale_edit_is_a_conflict_with_both_versions(admin) -> None:
    done = perform(admin, actions.ManagePeople(name="Flo Day", email="flo@firm.example", roles=("se",)))
    assert isinstance(done, Performed)
    change = {"person_id": done.result["person_id"], "email": "flo@firm.example", "roles": ("se",)}
    perform(admin, actions.ManagePeople(**change, expected_version=1, name="Flo Dayton"))
    with pytest.raises(Refused) as refused:
        perform(admin, actions.ManagePeople(**change, expected_version=1, name="Florence Day"))
    assert refused.value.code == "version_conflict"
    assert refused.value.details["theirs"]["name"] == "Flo Dayton"


def test_an_invitation_works_once(admin) -> None:
    done = perform(admin, actions.ManagePeople(name="Kai Roe", email="kai@firm.example", roles=("sdr",)))
    assert isinstance(done, Performed)
    token = set_up.issue(admin, "invitation", done.result["person_id"]).token
    system = identity.for_service("sign-in", via="web")
    accept = set_up.AcceptInvitation(token_hash=rules.token_hash(token).hex(), password=SecretStr(GOOD))
    perform(system, accept)
    assert attempt(done.result["person_id"])
    with pytest.raises(Refused, match="used already"):
        perform(system, accept)


def test_somebody_switched_off_is_signed_out_and_stays_out(admin, database: Location) -> None:
    done = perform(admin, actions.ManagePeople(name="Lou Fox", email="lou@firm.example", roles=("sdr",)))
    assert isinstance(done, Performed)
    lou = done.result["person_id"]
    token = set_up.issue(admin, "invitation", lou).token
    perform(
        identity.for_service("sign-in", via="web"),
        set_up.AcceptInvitation(token_hash=rules.token_hash(token).hex(), password=SecretStr(GOOD)),
    )
    assert attempt(lou)
    change = actions.ManagePeople(
        person_id=lou,
        expected_version=1,
        name="Lou Fox",
        email="lou@firm.example",
        roles=("sdr",),
        active=False,
    )
    perform(admin, change)
    assert not attempt(lou)
    live = rows(
        database, f"SELECT count(*) FROM remit.web_sessions WHERE person_id = '{lou}' AND revoked_at IS NULL"
    )
    assert live == [(0,)]


def test_the_console_says_for_whom_a_link_waits(admin, database: Location, capsys, monkeypatch) -> None:
    monkeypatch.setattr(people, "database", lambda: nullcontext(database))
    plain = remit(capsys, "people", "invite", "ada@firm.example")
    assert plain.code == 0 and "opens nothing yet" not in plain.out
    first = perform(
        identity.for_service("console", via="cli"),
        set_up.IssueInvitation(
            token_hash=rules.token_hash("gil").hex(),
            purpose="invitation",
            person_id=identity.find_person("gil@firm.example").id,  # type: ignore[union-attr]
        ),
    )
    assert isinstance(first, Performed), "nobody who oversees can sign in yet"
    perform(
        identity.for_service("sign-in", via="web"),
        set_up.AcceptInvitation(token_hash=rules.token_hash("gil").hex(), password=SecretStr(GOOD)),
    )
    waits = remit(capsys, "people", "invite", "gil@firm.example")
    assert (
        waits.code == 0 and "It opens nothing yet" in waits.out and "remit --as PERSON approve" in waits.out
    )
