"""Script, markup, template signs and overrides in every field that a form, the import or the mailbox takes: shown as text.

Searches, page sizes, types of content and cookies that were made to break something are refused without a fault of ours.
"""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.db.location import Location, Role
from remit.domains.imports.run import import_path
from remit.web import sessions
from tests.support import web_cast as cast
from tests.support.hostile import HOSTILE, OUTSIDE, SHOWN, plant, walk
from tests.web.conftest import ORIGIN, token_of
from tests.web.test_selling import As, send

MAIL = """INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, contact_id)
    SELECT gen_random_uuid(), now() - interval '1 hour', account_id, access_id, 'email', 'in', %s, %s, id FROM remit.contacts WHERE id = %s"""


def imported(folder: Path, place: str) -> None:
    """Accounts and people whose every field is hostile, by the import."""
    with (folder / "accounts.csv").open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["Account Name", "Website", "City", "Country", "Territory"])
        sheet.writerow([f"Imported {HOSTILE}", OUTSIDE, OUTSIDE, HOSTILE, place])
    with (folder / "contacts.csv").open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["First Name", "Last Name", "Title", "Email", "Account Name"])
        sheet.writerow([OUTSIDE, HOSTILE, OUTSIDE, "p@q.example", f"Imported {HOSTILE}"])
    import_path(identity.for_service("console", via="test"), folder, on_error="keep-valid")


@pytest.fixture(scope="module")
def planted(
    settled: Location, client: TestClient, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, int]:
    """Every form that the cast can reach, sent once with hostile text, and hostile mail and files besides."""
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        connection.execute(MAIL, (OUTSIDE, f"{OUTSIDE}\n> {OUTSIDE}", cast.WEST_CONTACT))
    imported(tmp_path_factory.mktemp("crm"), "West")
    done: dict[str, int] = {}
    for member in (cast.ALICE, cast.MANAGER, cast.COMPLIANCE, cast.VP, cast.ADMIN):
        person = TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)
        person.post("/sign-in/demo", data={"person": str(member.id)}, headers=ORIGIN)
        done |= plant(person, taken={path for path, status in done.items() if status == 303})
    return done


def test_the_forms_were_really_sent(planted: dict[str, int]) -> None:
    taken = {path for path, status in planted.items() if status == 303}
    assert {
        "/accounts", "/accounts/ID", "/accounts/ID/contacts", "/accounts/ID/activities", "/accounts/ID/deals", "/contacts/ID",
        "/pipeline/ID", "/settings/people", "/halt",
    } <= taken, "; ".join(f"{p} {s}" for p, s in sorted(planted.items()))  # fmt: skip


@pytest.mark.parametrize("member", cast.EVERYBODY, ids=lambda m: m.roles[0])
def test_every_page_shows_it_as_text(planted: dict[str, int], as_person: As, member: cast.Member) -> None:
    shown = 0
    for path, page, read in walk(as_person(member)):
        assert not read.injected, (path, read.injected[:3])
        assert "\u202e" not in page and "\x00" not in page, path
        assert ">49<" not in page and "49$49" not in page, path
        shown += SHOWN in page
    assert shown or member in (cast.CHARLIE, cast.GOVERNANCE, cast.ADMIN)


def test_control_characters_in_a_form_are_refused(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    for mark in ("\x00", "\x1b[31m", "\x7f", "\u202e", "\u2066"):
        answer = send(
            alice, "/accounts/new", "/accounts", name=f"Firm{mark}", segment="macro", relation="target"
        )
        assert answer.status_code == 400, repr(mark)


@pytest.mark.parametrize(
    "typed",
    [
        "'; DROP TABLE remit.accounts; --",
        "%",
        "_",
        "\\",
        "\\'",
        "%%%_%_" * 30,
        "𝕏" * 60,
        "NULL",
        "0x00",
        "1e999",
    ],
)
def test_sql_in_search_is_letters(as_person: As, typed: str) -> None:
    vera = as_person(cast.VP)
    for path in ("/search", "/accounts", "/pipeline/table", "/write/new", "/audit", "/api/v1/accounts"):
        assert vera.get(path, params={"q": typed}).status_code in (200, 303, 400, 422), path
    assert "row-link" in vera.get("/accounts").text


@pytest.mark.parametrize("size", ["-1", "0", "999999999999999999999", "1e9", "x", "NaN"])
def test_sizes_and_cursors_made_up(as_person: As, size: str) -> None:
    vera = as_person(cast.VP)
    for path in (
        "/accounts",
        "/audit",
        "/quality",
        "/pipeline/table",
        "/api/v1/accounts",
        "/api/v1/opportunities",
    ):
        for name in ("limit", "size", "page", "after", "cursor", "sort", "owner", "kind"):
            assert vera.get(path, params={name: size}).status_code < 500, (path, name)


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=",
        "multipart/form-data",
        "x",
        "",
    ],
)
def test_wrong_types_of_content(as_person: As, kind: str) -> None:
    alice = as_person(cast.ALICE)
    token = token_of(alice.get("/accounts/new").text)
    answer = alice.post(
        "/accounts", content=b"name=x", headers={"Content-Type": kind, "X-CSRF-Token": token, **ORIGIN}
    )
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c[:-1] + ("0" if c[-1] != "0" else "1"),
        lambda c: c.split(".")[0],
        lambda c: "A" * 43 + c[43:],
        lambda c: c + "x",
        lambda _: "é\udcff",
        lambda _: "x" * 9000,
        lambda _: "",
    ],
)
def test_forged_cookies_are_nobody(client: TestClient, as_person: As, change) -> None:  # type: ignore[no-untyped-def]
    real = as_person(cast.ALICE).cookies[sessions.COOKIE]
    forged = change(real).encode("utf-8", "surrogateescape")
    answer = client.get("/today", headers={"Cookie": sessions.COOKIE.encode() + b"=" + forged})
    assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    assert (
        client.get(
            "/api/v1/accounts", headers={"Cookie": sessions.COOKIE.encode() + b"=" + forged}
        ).status_code
        == 401
    )
