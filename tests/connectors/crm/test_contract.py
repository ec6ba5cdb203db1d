"""What every CRM connector keeps, whatever its vendor: the same tests over each counterpart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Refused
from remit.connectors.crm import http
from remit.connectors.crm.http import ASKING
from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.crm.model import Stream
from remit.domains.crm.queries import list_streams
from remit.kit import clock
from remit.kit.ids import new_id
from remit.workflows import syncing
from tests.support.cast import Cast, make_cast
from tests.support.crm.taker import start
from tests.support.crm.vendors import AtVendor, connected


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(scope="module", params=["salesforce", "hubspot"])
def crm(request: pytest.FixtureRequest, cast: Cast) -> Iterator[AtVendor]:
    with pytest.MonkeyPatch.context() as patch, connected(request.param, cast, patch) as made:
        assert not made.sync_all().problem
        yield made


@pytest.fixture(autouse=True)
def never_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(http, "wait_for", waited.append)
    return waited


def _names(crm: AtVendor, like: str) -> list[str]:
    """The accounts with such a name that somebody who sees every territory sees."""
    with read(crm.cast.scope("vera")) as s:
        return [
            row.name
            for row in s.rows("SELECT name FROM remit.accounts WHERE name LIKE :l ORDER BY 1", {"l": like})
        ]


def _accounts(crm: AtVendor) -> Stream:
    return list_streams(crm.cast.scope("olga"), crm.connection.id)[crm.accounts]


def test_what_is_new_comes_and_a_second_look_changes_nothing(crm: AtVendor) -> None:
    firm = crm.add("accounts", name=f"New {crm.vendor}", sector="Funds", employees_count="12")
    crm.add("contacts", last_name="Newman", account=firm, email="new@firm.example")
    first = crm.sync()
    assert not first.problem and first.total("created") == 2
    again = crm.sync()
    assert (again.total("created"), again.total("updated"), again.total("gone")) == (0, 0, 0)
    assert _accounts(crm).lag(clock.now()) is not None and _accounts(crm).state == "following"
    crm.change("accounts", firm, sector="Banks")
    assert crm.sync().total("updated") == 1
    assert crm.cast.sql(
        "SELECT sector, employees_count FROM remit.accounts WHERE name = :n", n=f"New {crm.vendor}"
    ) == [("Banks", 12)]


def test_deleted_is_hidden_and_restored_is_back(crm: AtVendor) -> None:
    firm = crm.add("accounts", name=f"Gone {crm.vendor}")
    crm.sync()
    crm.delete("accounts", firm)
    assert crm.sync().total("gone") == 1 and _names(crm, f"Gone {crm.vendor}") == []
    assert crm.sync().total("gone") == 0
    crm.restore("accounts", firm)
    crm.sync()
    assert _names(crm, f"Gone {crm.vendor}") == [f"Gone {crm.vendor}"]


def test_merged_means_the_one_that_stays(crm: AtVendor) -> None:
    kept, lost = (crm.add("accounts", name=f"{name} {crm.vendor}") for name in ("Kept", "Kepd"))
    crm.add("contacts", last_name=f"Hanger {crm.vendor}", account=lost)
    crm.sync()
    crm.merge("accounts", lost, kept)
    found = crm.sync()
    assert (found.total("created"), found.total("gone")) == (0, 1)
    assert _names(crm, f"Kep_ {crm.vendor}") == [f"Kept {crm.vendor}"]
    of = "SELECT a.name FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.last_name = :n"
    assert crm.cast.sql(of, n=f"Hanger {crm.vendor}") == [(f"Kept {crm.vendor}",)]


def test_what_was_begun_with_the_loser_goes_on_with_the_one_that_stays(crm: AtVendor) -> None:
    cast, now = crm.cast, datetime.now(UTC)
    firms = [crm.add("accounts", name=f"{name} {crm.vendor}") for name in ("Stays", "Leaves")]
    kept, lost = (
        crm.add(
            "contacts", last_name=f"{name} {crm.vendor}", account=firm, email=f"{name}@{crm.vendor}.example"
        )
        for name, firm in zip(("Winner", "Loser"), firms, strict=True)
    )
    crm.sync()
    found = "SELECT id, account_id, access_id FROM remit.contacts WHERE last_name = :n"
    winner, loser = (cast.sql(found, n=f"{name} {crm.vendor}")[0] for name in ("Winner", "Loser"))
    draft, waiting, template, version = (new_id() for _ in range(4))
    place = {
        "account": loser[1],
        "access": loser[2],
        "contact": loser[0],
        "who": cast.people["alice"],
        "at": now,
    }
    cast.sql(
        "INSERT INTO remit.drafts (id, account_id, access_id, contact_id, kind, subject, body, writer, author_id, created_at, updated_at)"
        " VALUES (:id, :account, :access, :contact, 'outreach', 'Hi', 'x', 'by hand', :who, :at, :at)", id=draft, **place,
    )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.suggestions (id, kind, payload, payload_hash, title, object_type, object_id, proposed_by, proposer_kind, proposed_at, expires_at)"
        " VALUES (:id, 'SendEmail', '{}', '', 'x', 'draft', :draft, :who, 'person', :at, :at)", id=waiting, draft=draft, who=place["who"], at=now,
    )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.templates (id, key, created_by, created_at) VALUES (:id, :key, :who, :at)",
        id=template,
        key=f"s-{crm.vendor}",
        who=place["who"],
        at=now,
    )
    cast.sql(
        "INSERT INTO remit.template_versions (id, template_id, number, source, sha256, title, role, motion, personas, segments, channel, jurisdictions,"
        " category, owner, review_by_on, made_by, made_at) VALUES (:id, :template, 1, 'x', 'x', 'x', 'sdr', 'x', '{}', '{}', 'sequence', '{}', 'x', 'x', '2100-01-01', :who, :at)",
        id=version, template=template, who=place["who"], at=now,
    )  # fmt: skip
    run_id = new_id()
    cast.sql(
        "INSERT INTO remit.enrolments (id, account_id, access_id, contact_id, template_id, version_id, owner_id, step, enrolled_at)"
        " VALUES (:id, :account, :access, :contact, :template, :version, :who, 'first', :at)", id=run_id, template=template, version=version, **place,
    )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.activities (id, at, account_id, access_id, kind, contact_id, owner_id, due_at, subject)"
        " VALUES (:id, :at, :account, :access, 'task', :contact, :who, :at, 'Call')", id=new_id(), **place,
    )  # fmt: skip
    crm.merge("contacts", lost, kept)
    assert crm.sync().total("gone") == 1
    assert cast.sql("SELECT contact_id, account_id, version FROM remit.drafts WHERE id = :id", id=draft) == [
        (winner[0], winner[1], 2)
    ]
    assert cast.sql("SELECT state FROM remit.suggestions WHERE id = :id", id=waiting) == [("void",)]
    assert cast.sql(
        "SELECT contact_id, account_id, state FROM remit.enrolments WHERE id = :id", id=run_id
    ) == [(winner[0], winner[1], "active")]
    assert cast.sql(
        "SELECT contact_id FROM remit.activities WHERE subject = 'Call' AND contact_id = :c", c=winner[0]
    )


def test_a_row_that_cannot_be_read_is_rejected_with_its_reason(crm: AtVendor) -> None:
    crm.add("accounts", name=f"Odd {crm.vendor}", employees_count="a handful")
    assert crm.sync(crm.accounts).total("rejected") == 1
    reason = crm.cast.sql(
        "SELECT value, reason FROM remit.import_rejections WHERE import_id = :i",
        i=_accounts(crm).last_import_id,
    )
    assert reason[0][0] == "a handful" and reason[0][1]


def test_limits_are_kept_and_tokens_renewed(crm: AtVendor, never_waits: list[float]) -> None:
    crm.add("accounts", name=f"Slow {crm.vendor}")
    crm.counterpart.faults += [(429, {}, {"Retry-After": "3"}), (503, b"", {}), (401, [], {})]
    assert (
        not crm.sync(crm.accounts).problem and never_waits[:1] == [3.0] and _names(crm, f"Slow {crm.vendor}")
    )
    crm.counterpart.faults += [(429, {}, {"Retry-After": "7200"})]
    assert crm.sync(crm.accounts).problem
    due = crm.connection.due_at
    assert due is not None and due > clock.now() + timedelta(minutes=110) and crm.connection.problem
    assert not crm.sync(crm.accounts).problem and not crm.connection.problem


def test_a_process_that_dies_in_the_middle_loses_and_doubles_nothing(
    crm: AtVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies between two pages, and with a page asked for and not taken; the page after is refused to whoever comes late."""
    real, taken = syncing.perform, []

    def dying(scope: object, action: object) -> object:
        if type(action).__name__ == "TakeCrmPage":
            taken.append(action)
            if len(taken) == 2:
                raise KeyboardInterrupt
        return real(scope, action)  # type: ignore[arg-type]

    for n in range(2):
        crm.add("accounts", name=f"Dying {n} {crm.vendor}")
        crm.add("contacts", last_name=f"Dyer {n}", account=crm.add("accounts", name=f"Dyed {n} {crm.vendor}"))
    monkeypatch.setattr(syncing, "perform", dying)
    with pytest.raises(KeyboardInterrupt):
        crm.sync()
    monkeypatch.setattr(syncing, "perform", real)
    late = taken[0]
    with pytest.raises(Refused, match="taken already"):
        real(crm.cast.scope("olga"), late)
    crm.sync()
    assert len(_names(crm, f"Dy% {crm.vendor}")) == 4
    assert crm.cast.sql(
        "SELECT count(*) FROM remit.contacts WHERE last_name LIKE 'Dyer%' AND source = :v", v=crm.vendor
    ) == [(2,)]


def test_fields_that_vanish_or_change_are_told_and_the_rest_goes_on(crm: AtVendor) -> None:
    firm = crm.add("accounts", name=f"Drift {crm.vendor}", sector="Funds", employees_count="7")
    crm.sync(crm.accounts)
    schema = dict(crm.schema)
    del crm.schema[crm.field("sector")]
    crm.schema[crm.field("employees_count")] = "string"
    crm.change("accounts", firm, name=f"Drifted {crm.vendor}", employees_count="many")
    found = crm.sync(crm.accounts)
    told = " ".join(found.drift)
    assert not found.problems and "is gone from" in told and "until somebody confirms" in told
    assert crm.cast.sql(
        "SELECT sector, employees_count FROM remit.accounts WHERE name = :n", n=f"Drifted {crm.vendor}"
    ) == [("Funds", 7)]
    assert _accounts(crm).drift
    del crm.schema[crm.field("name")]
    assert crm.accounts in crm.sync().problems and _accounts(crm).problem
    crm.schema.update(schema)
    assert not crm.sync(crm.accounts).drift and not _accounts(crm).problem


def test_it_asked_and_nothing_else(crm: AtVendor) -> None:
    """The counterpart's own record of everything in this module."""
    posted = {path for method, path in crm.counterpart.asked if method != "GET" and "/oauth" not in path}
    assert {method for method, _ in crm.counterpart.asked} <= {"GET", "POST"}
    assert all(ASKING.fullmatch(path) for path in posted) and crm.counterpart.refused == []
    assert not re.search(
        "token-|refresh-me|sesame", repr(crm.cast.sql("SELECT payload, sentence FROM remit.actions"))
    )


def test_kill_minus_nine_in_the_middle_of_a_load(cast: Cast) -> None:
    """A process of its own is killed while it waits for a page; the next one goes on there."""
    with pytest.MonkeyPatch.context() as patch, connected("salesforce", cast, patch, page=2_000) as crm:
        for n in range(9_000):
            crm.add("accounts", name=f"Killed {n}")
        environment = {
            f"REMIT_SALESFORCE_{name}": value
            for name, value in {
                "URL": crm.counterpart.url,
                "CLIENT_ID": "app",
                "CLIENT_SECRET": "sesame",
            }.items()
        }
        before = _accounts(crm).rows_count
        crm.counterpart.hold_after = 9  # token, users, campaigns, and three pages of accounts
        taking = start(cast.location, "salesforce", environment)
        assert crm.counterpart.held.wait(60)
        taking.kill()
        taking.wait()
        counted = "SELECT count(*) FROM remit.accounts WHERE name LIKE 'Killed %'"
        assert 0 < cast.sql(counted)[0][0] < 9_000
        crm.counterpart.hold_after = None
        crm.counterpart.released.set()
        place = list_streams(cast.scope("olga"), crm.connection.id)["accounts"]
        assert place.rows_count - before == cast.sql(counted)[0][0] and place.state == "loading"
        found = crm.sync("accounts")
        assert found.total("created") == 9_000 - (place.rows_count - before) and cast.sql(counted) == [
            (9_000,)
        ]
