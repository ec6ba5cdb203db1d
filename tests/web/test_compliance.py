"""Compliance over HTTP: profiles agreed by two people, categories approved as they were looked at, who may read and do what."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg

from remit.db import engines
from remit.db.location import Role
from remit.kit import clock
from tests.domains.library.test_life import COLD
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of
from tests.web.test_governing import send


def approve_waiting(client) -> None:
    """The first that waits for this person."""
    page = client.get("/approvals").text
    where = re.search(r'href="(/approvals/[0-9a-f-]{36})"', page)
    assert where, page[:2000]
    one = client.get(where[1]).text
    digest = re.search(r'name="payload_hash" value="([0-9a-f]{64})"', one)
    assert digest, one[:3000]
    data = {"csrf": token_of(one), "payload_hash": digest[1]}
    assert client.post(f"{where[1]}/approve", data=data, headers=ORIGIN).status_code == 303


def test_a_profile_by_two_people_and_a_category_as_it_was_looked_at(as_person) -> None:
    cora, gus, alice, mona, vera = (
        as_person(one) for one in (cast.COMPLIANCE, cast.GOVERNANCE, cast.ALICE, cast.MANAGER, cast.VP)
    )
    form = {
        "entity": "Northlake Ltd", "jurisdiction": "UK", "regimes": "uk_firm", "approval_of": ["first_contact", "offer", "comparison", "correspondence"],
        "retention_years": "3",
    }  # fmt: skip
    refused = send(cora, "/compliance/profiles", "/compliance/profiles", **form)
    assert "for 5 years (FCA COBS 4.11.1R(3)(c)" in cora.get(refused.headers["location"]).text
    asked = send(cora, "/compliance/profiles", "/compliance/profiles", **form | {"retention_years": "5"})
    assert asked.status_code == 303 and "No rule profile yet" in cora.get("/compliance/profiles").text
    approve_waiting(gus)
    assert "Cora Compton, Gus Gower" in alice.get("/compliance/profiles").text
    # something in use: one template, live
    where = send(alice, "/library", "/library/new", source=COLD).headers["location"]
    for who, verb, version in ((alice, "submit", "1"), (mona, "review", "2"), (cora, "approve", "3")):
        assert send(who, f"{where}/{verb}", where, version=version).status_code == 303, verb
    page = alice.get("/compliance").text
    assert "0 of 1 category in use" in page and "Nobody in compliance has approved the category" in page
    assert "nobody in compliance has approved the category" in alice.get(where).text
    here = "/compliance/categories/first_contact"
    shown = cora.get(here).text
    assert "I have looked at them: approve" in shown and "approve</button>" not in alice.get(here).text
    digest = re.search(r'name="rules_sha256" value="([0-9a-f]{64})"', shown)
    version_id = where.rsplit("/", 1)[1]
    assert digest and f'name="version" value="{version_id}"' in shown
    until = (clock.today() + timedelta(days=100)).isoformat()
    given = {"rules_sha256": digest[1], "version": version_id, "until": until}
    for who in (vera, alice):
        data = given | {"csrf": token_of(who.get(here).text)}
        assert who.post(f"{here}/approve", data=data, headers=ORIGIN).status_code == 403
    stale = send(cora, f"{here}/approve", here, **given | {"rules_sha256": "0" * 64})
    assert "not those that you looked at" in cora.get(stale.headers["location"]).text
    assert send(cora, f"{here}/approve", here, **given).status_code == 303
    assert "1 of 1 category in use" in alice.get("/compliance").text
    assert "ends soon" not in alice.get("/compliance").text
    send(cora, "/ladder/readings", "/ladder/gates/S1-G3", gate_id="S1-G3")
    assert "approved as it stands" in vera.get("/ladder/gates/S1-G3").text


def _message(number: int) -> None:
    with psycopg.connect(**engines.location().conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        connection.execute(
            """INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, message_id, thread_id, from_address, to_address, subject, body, at)
            SELECT gen_random_uuid(), a.id, a.access_id, %s, 'out', %s, %s, 'a', 'b', 'About limits', %s, now() - interval '1 hour'
            FROM remit.accounts a WHERE a.id = %s""",
            (cast.WEST_CONTACT, f"m{number}", f"m{number}", f"Hello,\n\nThe clause is as good as gone. {number}\n\nRegards", cast.WEST_ACCOUNT),
        )  # fmt: skip


def _next(page: str, path: str) -> str:
    found = re.search(rf'class="row-link[^"]*" href="({path}/[0-9a-f-]{{36}})', page)
    assert found, page[:3000]
    return found[1]


def test_from_the_draw_to_what_was_mended(as_person) -> None:
    cora, gus, alice, vera = (
        as_person(one) for one in (cast.COMPLIANCE, cast.GOVERNANCE, cast.ALICE, cast.VP)
    )
    form = {"entity": "Northlake LLC", "jurisdiction": "US", "regimes": "us_broker_dealer", "approval_of": ["first_contact", "offer", "comparison"],
            "retention_years": "3", "sample_percent": "100"}  # fmt: skip
    send(cora, "/compliance/profiles", "/compliance/profiles", **form)
    approve_waiting(gus)
    for number in range(2):
        _message(number)
    assert send(cora, "/compliance/queue/draw", "/compliance/queue").status_code == 303
    where = _next(cora.get("/compliance/queue").text, "/compliance/queue")
    page = cora.get(where).text
    assert "as good as gone" in page and "Written by" not in page and "I have read it: done" in page
    assert "I have read it: done" not in vera.get(where).text and alice.get(where).status_code == 403
    opened = re.search(r'name="opened" value="([^"]+)"', page)
    assert opened
    given = {"version": "1", "opened": opened[1], "severity": ["high", "low"], "rule": ["own-judgement", "own-judgement"],
             "quote": ["as good as gone", ""], "remark": ["Legal agreed to nothing", ""]}  # fmt: skip
    wrong = send(cora, where, where, **given | {"quote": ["never said", ""]})
    assert "does not stand in the message" in cora.get(wrong.headers["location"]).text
    assert send(cora, where, where, **given | {"opened": "forged.x"}).status_code == 400
    following = send(cora, where, where, **given).headers["location"]
    assert following.startswith("/compliance/queue/") and following != where
    finding = _next(cora.get("/compliance/findings").text, "/compliance/findings")
    assert alice.get(finding).status_code == 404
    due = (clock.today() + timedelta(days=5)).isoformat()
    send(
        cora, f"{finding}/remedies", finding, task="Write that it is open", owner=str(cast.ALICE.id), due=due
    )
    assert "Write that it is open" in alice.get("/compliance/findings").text
    page = alice.get(finding).text
    remedy = re.search(r"/compliance/remedies/[0-9a-f-]{36}", page)
    assert remedy and "Verify" not in page
    send(alice, f"{remedy[0]}/done", finding, version="1", note="Wrote on Monday")
    assert "Waits for compliance" in alice.get(finding).text
    send(cora, f"{remedy[0]}/verify", finding, version="2", accepted="yes", note="Seen in the thread")
    assert "verified" in cora.get("/compliance/findings").text
    assert "Nobody has answered yet" not in cora.get("/compliance/reviewers").text  # she has reviewed one
    own = as_person(cast.BOB)
    assert (
        "too few to say" in own.get("/compliance/reviewers").text
        and own.get(f"/compliance/reviewers/{cast.ALICE.id}").status_code == 403
    )


def test_a_seeded_draft_is_read_like_any_other_and_told_when_it_is_answered(as_person) -> None:
    gus, alice, bob = (as_person(one) for one in (cast.GOVERNANCE, cast.ALICE, cast.BOB))
    with psycopg.connect(**engines.location().conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        for kind, subject, value, account in (
            ("prime_broker", "prime_broker", "Halden Prime", cast.WEST_ACCOUNT), ("prime_broker", "prime_broker", "Morrow Securities", cast.WEST_ACCOUNT),
            ("capability", "Northlake OMS", "splits a block across prime brokers at order entry", None), ("firm", "name", "Northlake Systems", None),
        ):  # fmt: skip
            connection.execute(
                """INSERT INTO remit.facts (id, account_id, access_id, kind, subject, value, source_name, quote, as_of_on, sensitivity, sayable)
                SELECT gen_random_uuid(), %s, (SELECT access_id FROM remit.accounts WHERE id = %s), %s, %s, %s, 'Form ADV', %s, current_date - 20, 'public', 'public'""",
                (account, account, kind, subject, value, value),
            )  # fmt: skip
    assert send(bob, "/compliance/reviewers/seed", "/compliance/reviewers").status_code == 403
    assert send(gus, "/compliance/reviewers/seed", "/compliance/reviewers").status_code == 303
    where = _next(alice.get("/approvals").text, "/approvals")
    page = alice.get(where).text
    assert (
        "Robo" in page
        and "What each claim stands on" in page
        and "Halden Prime" in page
        and "seeded" not in page
    )
    assert "Put under the message by delivery" in page
    no = send(alice, f"{where}/reject", where, reason="We promise nothing")
    told = alice.get(no.headers["location"]).text
    assert "wrong on purpose and never going to leave" in told and "You caught it." in told
    assert "1 of 1 caught" in alice.get(f"/compliance/reviewers/{cast.ALICE.id}").text
    assert "void" not in alice.get(where).text


def test_who_may_not_read(as_person) -> None:
    admin = as_person(cast.ADMIN)
    for path in ("/compliance", "/compliance/profiles", "/compliance/categories/offer"):
        assert admin.get(path).status_code == 403
    assert as_person(cast.VP).get("/compliance/categories/nonsense").status_code == 404
