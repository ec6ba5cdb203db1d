"""Settings → Data handling over HTTP: compliance publishes, a second person approves, a rep reads and acknowledges."""

from __future__ import annotations

import re

from tests.support import web_cast as cast
from tests.web.test_governing import send

PAGE = "/settings/handling"


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]


def test_from_file_to_everybodys_word(as_person) -> None:
    alice, cora, gus = as_person(cast.ALICE), as_person(cast.COMPLIANCE), as_person(cast.GOVERNANCE)
    page = alice.get(PAGE)
    assert page.status_code == 200
    assert "enforced, not yet published" in page.text
    assert "A client&#39;s assets" in page.text
    assert "I have read this" not in page.text
    assert "Put version" not in page.text
    asked = cora.get(PAGE).text
    version, digest = hidden(asked, "version"), hidden(asked, "policy_hash")
    send(cora, f"{PAGE}/publish", PAGE, version=version, policy_hash=digest)
    assert "enforced, not yet published" in cora.get(PAGE).text
    link = re.search(r'class="row-link queue-title" href="(/approvals/[^"]+)"', gus.get("/approvals").text)[1]
    payload = hidden(gus.get(link).text, "payload_hash")
    assert send(gus, f"{link}/approve", payload_hash=payload).status_code == 303
    page = alice.get(PAGE).text
    assert "in force and enforced" in page
    assert re.search(r"0 of \d+ people", page)
    done = send(alice, f"{PAGE}/acknowledge", PAGE, policy_hash=digest)
    told = alice.get(done.headers["location"]).text
    assert "Acknowledged. Thank you." in told
    assert "You acknowledged it" in told
    assert re.search(r"1 of \d+ people", cora.get(PAGE).text)
    assert "handling_policy:acknowledge" in cora.get("/audit?event=handling_policy:").text


def test_a_form_with_another_hash_is_told_so(as_person) -> None:
    alice = as_person(cast.ALICE)
    answer = send(alice, f"{PAGE}/acknowledge", "/settings", policy_hash="0" * 64)
    assert answer.status_code in (303, 409)
    assert send(alice, f"{PAGE}/acknowledge", "/settings", policy_hash="x").status_code in (400, 422)


def test_who_is_not_signed_in_sees_nothing(client) -> None:
    assert client.get(PAGE).status_code in (303, 401)
