"""`remit compliance`: profiles and categories, the queue, and the exit codes of what may not be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

import remit.wiring
from remit.cli import approve, compliance, compliance_review, holds
from remit.db.location import Location
from remit.kit import clock
from tests.domains.library.test_life import live, named
from tests.domains.supervision.test_queue import sent
from tests.support.cast import make_cast
from tests.support.command import remit
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


@pytest.fixture(autouse=True)
def running(database: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find the test's database open."""

    @contextmanager
    def opened(program: str = "") -> Iterator[Location]:
        yield database

    for module in (compliance, compliance_review, approve, holds):
        monkeypatch.setattr(module, "database", opened)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    return lambda who, *words: remit(capsys, "--as", who, "--json", "compliance", *words)


def test_a_profile_by_two_people_and_a_category(desk: Desk, capsys, run) -> None:
    waits = run(
        "Cora",
        "set-profile",
        "Northlake LLC",
        "US",
        "--regime",
        "us_broker_dealer",
        "--sample-percent",
        "100",
    )
    assert (waits.code, waits.document["error"]["code"]) == (1, "needs_approval")
    asked = waits.document["error"]["details"]
    done = remit(
        capsys, "--as", "Gwen", "--json", "approve", asked["suggestion_id"], "--hash", asked["payload_hash"]
    )
    assert done.code == 0
    [profile] = run("Alice", "profiles").document["profiles"]
    assert (profile["retention_years"], profile["disclosures"]) == (3, ["Northlake LLC, member FINRA/SIPC."])
    live(desk.cast, named("by-hand"))
    until = (clock.today() + timedelta(days=90)).isoformat()
    assert (
        run("Mia", "approve", "first_contact", "--until", until).document["error"]["code"]
        == "not_permitted_by_policy"
    )
    assert run("Cora", "approve", "first_contact", "--until", "soon").code == 2
    assert run("Cora", "approve", "nonsense", "--until", until).code == 3
    assert run("Cora", "approve", "first_contact", "--until", until).code == 0
    found = {one["category"]: one for one in run("Alice", "categories").document["categories"]}
    assert (
        found["first_contact"]["approved"]
        and found["first_contact"]["expires_on"] == until
        and not found["offer"]["in_use"]
    )
    assert run("Cora", "withdraw", "first_contact", "--reason", "Wording under discussion").code == 0


def test_from_the_draw_to_what_was_verified(desk: Desk, run) -> None:
    until = (clock.today() + timedelta(days=90)).isoformat()
    sent(desk.cast, desk, "pine", "alice", 1)
    assert run("Cora", "draw").document["drawn"] == 1
    [item] = run("Cora", "queue").document["items"]
    assert (
        item["author_name"] == ""
        and "promised nobody anything" in run("Cora", "show", item["id"]).document["item"]["body"]
    )
    # the same readers as the page's
    for words in (("queue",), ("queue", "--done"), ("show", item["id"])):
        told = run("Alice", *words)
        assert (told.code, told.document["error"]["code"]) == (1, "not_permitted")
    assert [one["id"] for one in run("Mia", "queue").document["items"]] == [item["id"]]
    assert run("Cora", "review", item["id"], "--finding", "high").code == 2
    assert run("Cora", "review", item["id"], "--finding", "high|promissory|promised nobody|Odd").code == 0
    [finding] = run("Cora", "findings").document["findings"]
    assert (finding["person_name"], finding["quote"]) == ("Alice", "promised nobody")
    assert (
        run(
            "Cora", "remediate", finding["id"], "--task", "Write again", "--owner", "Alice", "--due", until
        ).code
        == 0
    )
    theirs = run("Alice", "findings").document
    [remedy] = theirs["remediation"]
    assert theirs["findings"] == [] and run("Bob", "findings").document["remediation"] == []
    assert run("Alice", "complete", remedy["id"], "--note", "Written").code == 0
    assert run("Alice", "verify", remedy["id"]).document["error"]["code"] == "not_permitted_by_policy"
    assert run("Cora", "verify", remedy["id"], "--note", "Seen").code == 0
    assert run("Cora", "sampling", "--check", "2020-01").document["error"]["code"] == "not_over"
    assert run("Cora", "seed").document["error"]["code"] == "not_permitted_by_policy"
    assert run("Gwen", "seed").document["approvals"] > 0
    assert (
        run("Cora", "restore", "Alice", "--reason", "Nothing was lost").document["error"]["code"]
        == "not_lost"
    )
    powers = {one["kind"]: one["rules"] for one in run("Cora", "who-may").document["powers"]}
    assert [one["id"] for one in powers["SetRuleProfile"]][:2] == [
        "set-rule-profiles",
        "rule-profile-second-person",
    ]
    assert all(rules and rules[0]["effect"] == "permit" for rules in powers.values()), "nobody may do it"
    [cora] = run("Cora", "reviewers").document["reviewers"]
    assert {one["name"] for one in run("Alice", "reviewers").document["reviewers"]} <= {"Alice"}
    assert (cora["name"], cora["reviewed"], cora["with_findings"], cora["rate"]) == ("Cora", 1, 1, None)


def test_a_person_is_erased_by_two(desk: Desk, capsys) -> None:
    def erase(who: str, whom: str, reason: str = "request 17 of today"):
        return remit(capsys, "--as", who, "--json", "holds", "erase", whom, "--reason", reason)

    whom = desk.cast.sql("SELECT email FROM remit.contacts WHERE id = :id", id=desk.contacts["oak"])[0][0]
    assert erase("Cora", "nobody@pine.example").code == 3
    assert erase("Charlie", whom).code == 3, "who does not see them is told what others are of nobody"
    named = erase("Cora", whom, f"{whom} asks")
    assert (named.code, named.document["error"]["code"]) == (1, "check_failed")
    answer = erase("Cora", whom).document
    assert "waits" in answer, answer
    asked = answer["waits"]
    act = ("--json", "approve", asked["suggestion_id"], "--hash", asked["payload_hash"])
    assert remit(capsys, "--as", "Cora", *act).code == 1
    assert remit(capsys, "--as", "Vera", *act).code == 0
    assert erase("Cora", whom).code == 3
