"""Row-level security against the answer sheet: what each of Northlake's people sees, account by account."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from remit import identity
from remit.db import engines
from remit.db.location import Role
from remit.db.sessions import read
from remit.demo import parameters
from remit.demo.access import Books, expected
from remit.demo.firm import Firm
from remit.demo.generate import Summary, account_count, client_rows, firm_of
from tests.support.northlake import DAY, SCALE, SEED, Northlake


@pytest.fixture(scope="module")
def firm() -> Firm:
    return firm_of(SEED, DAY, SCALE)


@pytest.fixture(scope="module")
def manifest(firm_in_database: Northlake) -> dict:
    return firm_in_database.manifest


@pytest.fixture(scope="module")
def books(firm: Firm) -> Books:
    found, summary = Books(), Summary(SEED, DAY, SCALE)
    for number in range(account_count(SCALE)):
        found.take(client_rows(firm, number, summary))
    return found


def _seen(person_id: str, column: str = "id", table: str = "accounts") -> set[str]:
    """As the reader role with this person named, the way sessions do it; also for agents by themselves."""
    with engines.engine(Role.READER).begin() as connection:
        connection.execute(text("SELECT set_config('remit.person_id', :id, true)"), {"id": person_id})
        return {str(value) for (value,) in connection.execute(text(f"SELECT {column} FROM remit.{table}"))}


def test_everybody_sees_exactly_what_the_answer_sheet_says(manifest: dict, firm: Firm, books: Books) -> None:
    sheet = expected(firm, books)
    for person in firm.people:
        assert _seen(person.id) == sheet[person.id], person.name


def test_the_answer_sheet_tells_people_apart(firm: Firm, books: Books) -> None:
    sheet = {person.name: len(expected(firm, books)[person.id]) for person in firm.people}
    barred = sum(1 for group in books.groups.values() if group > len(parameters.TERRITORIES))
    everything = len(books.groups)
    assert barred >= 3
    assert sheet["Nadia Forsyth"] == everything and sheet["Sylvia Marchetti"] == everything - barred
    assert 0 < sheet["Charlie Lindqvist"] < sheet["Alice Hartwell"] < everything
    assert sheet["Adam Pereira"] == sheet["Robo"] == 0


def test_canaries_are_seen_in_their_own_territory_only(manifest: dict, firm: Firm, books: Books) -> None:
    sheet = expected(firm, books)
    canaries = [spot for spot in manifest["dirt"] if spot["kind"] == "canary"]
    assert len({spot["territory"] for spot in canaries}) == len(parameters.TERRITORIES)
    for person in firm.people:
        seen = _seen(person.id, "body", "activities")
        for spot in canaries:
            shown = any(spot["truth"] in body for body in seen)
            assert shown == (spot["account_id"] in sheet[person.id]), (person.name, spot)


def test_an_agent_looks_through_its_owners_eyes(manifest: dict, firm: Firm, books: Books) -> None:
    robo = next(person for person in firm.people if person.name == "Robo")
    with read(identity.for_agent(UUID(robo.id), via="test")) as session:
        seen = {str(row.id) for row in session.rows("SELECT id FROM remit.accounts")}
    assert seen == expected(firm, books)[robo.owner_id or ""]


def test_agents_have_remits_that_two_people_granted(manifest: dict, firm: Firm) -> None:
    with read(identity.for_service("console", via="test")) as session:
        rows = session.rows(
            "SELECT agent_id, level, granted_by, approved_by FROM remit.remits WHERE revoked_at IS NULL"
        )
    assert {str(row.agent_id) for row in rows} == {
        person.id for person in firm.people if person.kind == "agent"
    }
    assert all(
        row.level in ("suggest", "approve") and row.approved_by not in (None, row.granted_by) for row in rows
    )
