"""Compliance over HTTP: profiles agreed by two people, categories approved as they were looked at, who may read and do what."""

from __future__ import annotations

import re
from datetime import timedelta

from remit.kit import clock
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of
from tests.web.test_governing import send
from tests.web.test_library import _first


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
    send(alice, "/library/shipped", "/library")
    where = _first(alice.get("/library?category=first_contact&state=draft").text)
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


def test_who_may_not_read(as_person) -> None:
    admin = as_person(cast.ADMIN)
    for path in ("/compliance", "/compliance/profiles", "/compliance/categories/offer"):
        assert admin.get(path).status_code == 403
    assert as_person(cast.VP).get("/compliance/categories/nonsense").status_code == 404
