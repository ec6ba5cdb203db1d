"""Every page for every role: it answers, sets its headers, holds no inline script or style, and survives bad input."""

from __future__ import annotations

import itertools
import re
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from remit.kit import paging
from remit.web.app import page_modules
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of

SURROGATE = "WyJcdWQ4MDAiLCJ4Il0"  # ["\\ud800","x"]: half a character, as JSON can write it
ROUTES = sorted(
    {
        (route.path, method)
        for module in page_modules()
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
)
PAGES = [path for path, method in ROUTES if method == "GET"]
FORMS = [path for path, method in ROUTES if method == "POST"]


def filled(path: str, value: str) -> str:
    return re.sub(r"\{[^}]+\}", value, path)


@pytest.mark.parametrize("member", cast.EVERYBODY, ids=lambda m: m.roles[0])
def test_every_page_answers_for_every_role(member: cast.Member, as_person) -> None:
    person = as_person(member)
    for path in PAGES:
        answer = person.get(filled(path, str(uuid4())))
        assert answer.status_code < 500, (path, answer.text[-600:])
        if (
            "{" not in path and path != "/settings/connections/hubspot/back"
        ):  # an answer to a question that nobody asked
            assert answer.status_code in (200, 303, 403), (path, answer.text[-600:])
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.headers.get("content-type", "").startswith("text/html"):
            page = answer.text
            assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
            assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page), path
            assert "http://" not in re.sub(r"http://(www\.w3\.org|testserver)", "", page), path


def test_every_form_refuses_a_stranger_another_site_and_a_missing_token(
    client: TestClient, as_person
) -> None:
    alice = as_person(cast.ALICE)
    for path in FORMS:
        address = filled(path, str(uuid4()))
        if address.startswith(("/sign-in", "/set-up", "/invitation")):
            answer = client.post(address, data={}, headers={"Origin": "https://evil.example"})
            assert answer.status_code == 403, path
            continue
        if address.startswith(("/unsubscribe/", "/sign-on/logout", "/sign-on/saml/acs")):
            continue  # from anywhere by design: tests/web/test_unsubscribe.py, test_sign_on.py, test_saml.py
        if address.startswith("/hooks/"):
            assert client.post(address, data={}).status_code == 403, (
                path
            )  # no session: the message's own signature
            continue
        stranger = client.post(address, data={}, headers=ORIGIN)
        assert stranger.status_code in (303, 400), path  # to sign-in, or its form is not complete
        if stranger.status_code == 303:
            assert stranger.headers["location"].startswith("/sign-in"), path
        assert alice.post(address, data={}, headers=ORIGIN).status_code == 403, path


def test_bad_values_in_addresses_are_never_faults(as_person) -> None:
    vera = as_person(cast.VP)
    bad = (
        "0",
        "-1",
        "9" * 400,
        "%27%20OR%201=1",
        "..%2f..%2fetc",
        "%F0%9F%92%A9",
        "%C3%28",
        "null",
        "%2e%2e",
    )
    for path in PAGES:
        for value in bad:
            answer = vera.get(
                filled(path, value)
                + f"?after={value}&sort={value}&box={value}&person={value}&from={value}&kind={value}&role={value}&q={value}"
            )
            assert answer.status_code < 500, (path, value, answer.text[-400:])


@pytest.mark.parametrize(
    "path", ["/accounts", "/accounts?sort=aum", "/accounts?sort=changed", "/pipeline/table"]
)
def test_invented_cursors_are_400_and_never_faults(path: str, as_person) -> None:
    alice = as_person(cast.ALICE)
    parts = (
        "x",
        "\ud800",
        "99999-01-01",
        None,
        True,
        5,
        2**70,
        1.5,
        float("nan"),
        float("inf"),
        str(uuid4()),
    )
    for key, last in itertools.product(parts, parts[:-1]):
        invented = paging.encode((key, last)) if key != "\ud800" != last else SURROGATE
        answer = alice.get(f"{path}{'&' if '?' in path else '?'}after={invented}")
        assert answer.status_code == 400, (key, last, answer.status_code)


def test_control_characters_are_400(as_person) -> None:
    alice = as_person(cast.ALICE)
    assert alice.get("/audit?event=%00").status_code == 400
    assert alice.get("/settings/people/%00").status_code == 400
    assert alice.get("/audit?q=" + "x" * 9000).status_code == 400
    token = token_of(alice.get("/settings").text)
    sent = alice.post(
        "/halt", data={"csrf": token, "scope": "everything", "reason": "a\x00b"}, headers=ORIGIN
    )
    assert sent.status_code == 400


def test_ten_megabytes_are_413_with_a_page(as_person) -> None:
    alice = as_person(cast.ALICE)
    token = token_of(alice.get("/settings").text)
    sent = alice.post(
        "/halt", data={"csrf": token, "scope": "everything", "reason": "x" * 10_000_000}, headers=ORIGIN
    )
    assert sent.status_code == 413
    assert "2 MB" in sent.text

    def chunks():
        for _ in range(40):
            yield b"x" * 100_000

    streamed = alice.post(
        "/halt",
        content=chunks(),
        headers={**ORIGIN, "Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": token},
    )
    assert streamed.status_code == 413


def test_a_wrong_content_type_is_415(as_person) -> None:
    alice = as_person(cast.ALICE)
    token = token_of(alice.get("/settings").text)
    for kind in ("text/plain", "application/xml", "application/json"):
        sent = alice.post(
            "/halt", content=b"{}", headers={**ORIGIN, "Content-Type": kind, "X-CSRF-Token": token}
        )
        assert sent.status_code == 415, kind


def test_script_in_a_field_is_shown_as_text(as_person) -> None:
    ada = as_person(cast.ADMIN)
    token = token_of(ada.get("/settings").text)
    given = {"csrf": token, "email": "n@northlake.example", "roles": "se", "active": "yes"}
    nasty = "<script>alert(1)</script>evil"
    turned = ada.post("/settings/people", data={**given, "name": nasty + "\u202e"}, headers=ORIGIN)
    assert "name: holds characters that turn" in ada.get(turned.headers["location"]).text
    done = ada.post("/settings/people", data={**given, "name": nasty}, headers=ORIGIN)
    assert done.status_code == 303
    page = ada.get(done.headers["location"]).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_unknown_pages_and_methods(as_person) -> None:
    alice = as_person(cast.ALICE)
    assert alice.get("/no-such-page").status_code == 404
    assert alice.delete("/settings", headers=ORIGIN).status_code == 405
    assert alice.get(f"/approvals/{uuid4()}").status_code == 404
    assert "may not see it" in alice.get(f"/approvals/{uuid4()}").text


def test_static_files_are_kept_by_browsers_and_nothing_else_is_served(client: TestClient) -> None:
    page = client.get("/sign-in").text
    address = re.search(r'href="(/static/[^"]+remit\.css)"', page)[1]
    found = client.get(address)
    assert found.status_code == 200 and "immutable" in found.headers["cache-control"]
    assert found.headers["content-encoding"] == "gzip"
    assert client.get(address, headers={"If-None-Match": found.headers["etag"]}).status_code == 304
    for bad in (
        "/static/x/remit.css",
        "/static/x/../app.py",
        "/static/x/%2e%2e/app.py",
        "/static//etc/passwd",
    ):
        assert client.get(bad).status_code in (400, 404)


def test_health_says_which_part_is_missing(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503  # no worker in this test
    assert answer.json()["database"] == "ok" and answer.json()["worker"] == "down"


def test_an_admin_lands_on_settings_and_reads_why_accounts_is_empty(as_person) -> None:
    ada = as_person(cast.ADMIN)
    assert ada.get("/").headers["location"] == "/settings"
    page = ada.get("/accounts").text
    assert "Admins see no client content by default" in page and 'href="/accounts/new"' not in page
    assert as_person(cast.ALICE).get("/").headers["location"] == "/today"
    assert "Admins see" not in as_person(cast.ALICE).get("/accounts").text
