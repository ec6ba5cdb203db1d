"""Signing in and out, forged cookies, and the record of it."""

from __future__ import annotations

from fastapi.testclient import TestClient

from remit.db.location import Location
from tests.support import web_cast as cast
from tests.support.databases import rows
from tests.web.conftest import ORIGIN, token_of


def test_a_stranger_is_sent_to_sign_in_and_back(client: TestClient) -> None:
    answer = client.get("/settings?tab=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fsettings%3Ftab%3D1"


def test_demo_page_offers_each_person_and_says_that_it_is_the_demo(client: TestClient) -> None:
    page = client.get("/sign-in").text
    assert "invented" in page
    for member in cast.EVERYBODY:
        assert member.name in page
    assert 'name="password"' in page  # for people whom the demo's admin invited


def test_one_click_signs_in_and_is_recorded(as_person, settled: Location) -> None:
    alice = as_person(cast.ALICE)
    page = alice.get("/settings")
    assert page.status_code == 200
    assert "Alice Ames" in page.text
    recorded = rows(settled, "SELECT count(*) FROM remit.web_sessions")
    assert recorded[0][0] >= 1


def test_signing_out_ends_the_session_at_once(as_person) -> None:
    alice = as_person(cast.ALICE)
    kept = dict(alice.cookies)
    page = alice.get("/settings").text
    assert alice.post("/sign-out", data={"csrf": token_of(page)}, headers=ORIGIN).status_code == 303
    alice.cookies.update(kept)  # the stolen cookie is worth nothing now
    assert alice.get("/settings").status_code == 303


def test_forged_and_garbage_cookies_are_signed_out_not_errors(client: TestClient, as_person) -> None:
    good = as_person(cast.ALICE).cookies["remit_session"]
    for cookie in (
        "",
        "x",
        "a.b.c",
        "\x7f" * 50,
        "é" * 40,
        good[:-1] + ("0" if good[-1] != "0" else "1"),
        good * 3,
    ):
        answer = client.get("/settings", headers={"Cookie": f"remit_session={cookie}".encode()})
        assert answer.status_code == 303, cookie


def test_a_form_from_elsewhere_changes_nothing(as_person) -> None:
    alice = as_person(cast.ALICE)
    token = token_of(alice.get("/settings").text)
    elsewhere = alice.post("/sign-out", data={"csrf": token}, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    fetched = alice.post("/sign-out", data={"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert fetched.status_code == 403
    for bad in ("", "x", "AAAA", token[:-4]):
        assert alice.post("/sign-out", data={"csrf": bad}, headers=ORIGIN).status_code == 403
    assert alice.get("/settings").status_code == 200


def test_somebody_with_no_password_cannot_sign_in_by_password(client: TestClient) -> None:
    for email in (cast.ALICE.email, "nobody@northlake.example", "", "x" * 5000, "' OR 1=1 --"):
        answer = client.post(
            "/sign-in", data={"email": email, "password": "a long enough one"}, headers=ORIGIN
        )
        assert answer.status_code == 401, email
        assert "do not fit together" in answer.text


def test_next_never_leads_to_another_site(client: TestClient) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post(
            "/sign-in/demo", data={"person": str(cast.BOB.id), "target": target}, headers=ORIGIN
        )
        assert answer.headers["location"] == "/", target
