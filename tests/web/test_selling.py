"""Today, Accounts, Pipeline, Write and Search as stories over HTTP: who sees what, what changes, how it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.actions import Refused, perform, upkeep
from remit.db.location import Location, Role
from remit.db.sessions import read
from remit.domains.activities.actions import LogActivity
from remit.domains.imports import attended
from remit.domains.opportunities.actions import CreateOpportunity
from remit.domains.outreach.actions import WriteDraft
from remit.kit import clock
from remit.kit.ids import new_id
from remit.kit.paging import Page
from remit.web import exports
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of

As = Callable[[cast.Member], TestClient]
HOSTILE = "<script>alert(1)</script>=cmd|' /C calc'!A0"


def send(person: TestClient, page: str, path: str, **fields: str):  # type: ignore[no-untyped-def]
    token = token_of(person.get(page).text)
    return person.post(path, data={"csrf": token, **fields}, headers=ORIGIN)


def landed(person: TestClient, answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.status_code == 303, answer.text[-800:]
    return person.get(answer.headers["location"]).text


@pytest.fixture(scope="module")
def deal(settled) -> str:  # type: ignore[no-untyped-def]
    scope = identity.for_person(cast.ALICE.id, via="test")
    made = CreateOpportunity(
        account_id=cast.WEST_ACCOUNT,
        name="Harbour Point: EMS",
        amount_minor=25_000_000,
        amount_currency="USD",
    )
    return str(perform(scope, made).result["opportunity_id"])  # type: ignore[union-attr]


def test_a_task_waits_on_today_until_it_is_done(as_person: As) -> None:
    scope = identity.for_person(cast.ALICE.id, via="test")
    due = datetime.now(UTC) - timedelta(days=1)
    perform(
        scope,
        LogActivity(
            account_id=cast.WEST_ACCOUNT, activity_kind="task", subject="Send the figures", due_at=due
        ),
    )
    alice = as_person(cast.ALICE)
    shown = alice.get("/today").text
    assert "Send the figures" in shown and "overdue" in shown
    assert "Send the figures" not in as_person(cast.CHARLIE).get("/today").text
    done = re.search(r'action="(/today/tasks/[^"]+/done)"', shown)
    assert done
    assert "Task done." in landed(alice, send(alice, "/today", done.group(1)))
    assert "Send the figures" not in alice.get("/today?kind=task").text
    assert "done already" in landed(alice, send(alice, "/today", done.group(1)))


def test_lists_show_ones_own_view_only(as_person: As, deal: str) -> None:
    alice, charlie = as_person(cast.ALICE), as_person(cast.CHARLIE)
    assert "Harbour Point Capital" in alice.get("/accounts").text
    assert "Harbour Point Capital" not in charlie.get("/accounts").text
    assert "Harbour Point" not in charlie.get("/pipeline?owner=all").text
    assert "Harbour Point" not in charlie.get("/search?q=harb").text
    for path in (
        f"/accounts/{cast.WEST_ACCOUNT}",
        f"/pipeline/{deal}",
        f"/write/new?account={cast.WEST_ACCOUNT}",
    ):
        assert alice.get(path).status_code == 200, path
        assert charlie.get(path).status_code == 404, path


def test_text_of_others_is_shown_and_never_run(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    made = send(alice, "/accounts/new", "/accounts", name=HOSTILE, segment="macro", relation="target")
    page = landed(alice, made)
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    sent = send(alice, "/accounts", made.headers["location"] + "/contacts", last_name=HOSTILE)
    assert "<script>alert" not in landed(alice, sent)
    mona = as_person(cast.MANAGER)
    file = send(mona, "/accounts", "/accounts/export?q=script")
    assert file.status_code == 200 and "text/csv" in file.headers["content-type"]
    assert all(not line.lstrip('"').startswith("=") for line in file.text.splitlines())


@pytest.mark.parametrize("path", ["/accounts", "/pipeline/table"])
def test_an_export_is_on_the_record_and_not_for_everybody(as_person: As, path: str) -> None:
    recorded = "SELECT count(*) FROM remit.actions WHERE kind = 'ExportRecords'"
    with read(identity.for_person(cast.COMPLIANCE.id, via="test")) as s:
        before = s.scalar(recorded)
    assert send(as_person(cast.ALICE), path, f"{path}/export").status_code == 403
    assert send(as_person(cast.MANAGER), path, f"{path}/export").status_code == 200
    with read(identity.for_person(cast.COMPLIANCE.id, via="test")) as s:
        assert s.scalar(recorded) == before + 1


def test_an_export_has_every_page_of_the_list(settled: object) -> None:
    pages = {None: Page(("a", "b"), "2"), "2": Page(("c",), "3"), "3": Page(("d",), None)}
    scope = identity.for_person(cast.MANAGER.id, via="test")
    file = exports.export_list(scope, "deals", {}, lambda after: pages[after], ("deal",), lambda row: (row,))
    assert bytes(file.body).decode("utf-8-sig").split() == ["deal", "a", "b", "c", "d"]


def test_an_export_is_whole_or_refused(settled: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    scope = identity.for_person(cast.MANAGER.id, via="test")

    def export(pages: dict[str | None, Page[str]]) -> object:
        return exports.export_list(
            scope, "deals", {}, lambda after: pages[after], ("deal",), lambda row: (row,)
        )

    export({None: Page(("a", "b"), None)})
    with pytest.raises(Refused, match="more than 2 rows"):
        export({None: Page(("a", "b"), "2"), "2": Page(("c",), None)})


def test_a_move_is_told_what_it_lacks_and_then_made(as_person: As, deal: str) -> None:
    alice = as_person(cast.ALICE)
    page = f"/pipeline/{deal}"
    version = re.search(r'name="version" value="(\d+)"', alice.get(page).text).group(1)  # type: ignore[union-attr]
    refused = landed(alice, send(alice, page, f"{page}/stage", stage="discovery", version=version))
    assert "Discovery needs a main contact." in refused
    said = landed(alice, send(alice, page, page, version=version, contact=str(cast.WEST_CONTACT)))
    assert "Saved." in said and "Priya Shah" in said
    stale = send(alice, page, f"{page}/stage", stage="discovery", version=version)
    assert stale.status_code == 409 and "has changed since you read it" in stale.text
    moved = landed(
        alice, send(alice, page, f"{page}/stage", stage="discovery", version=str(int(version) + 1), back="me")
    )
    assert "Moved to Discovery." in moved
    unread = send(alice, page, page, version=str(int(version) + 2), amount="lots")
    assert unread.status_code == 400 and "lots" in unread.text
    assert (
        send(as_person(cast.BOB), page, f"{page}/stage", stage="evaluation", version="9").status_code == 403
    )


def test_signs_of_sql_and_of_patterns_are_letters_like_others(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    for typed in ("%", "_arbour", "' OR 1=1 --", "\\", "(", "ha%", "\u202eharbour"):
        for path in ("/search", "/accounts", "/pipeline/table", "/write/new"):
            answer = alice.get(path, params={"q": typed})
            assert answer.status_code in (200, 303), (path, typed)
    assert "Harbour Point" not in alice.get("/accounts", params={"q": "_arbour"}).text
    assert (
        alice.get("/search", params={"q": "harbour point c"}).headers["location"]
        == f"/accounts/{cast.WEST_ACCOUNT}"
    )


def test_a_draft_without_a_fact_is_refused_with_the_reason(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    page = f"/write/new?account={cast.WEST_ACCOUNT}"
    answer = send(alice, page, "/write", contact=str(cast.WEST_CONTACT))
    assert answer.status_code in (403, 422) and "fact" in answer.text


def test_a_reply_is_answered_from_today_with_their_words_beside(as_person: As, settled: Location) -> None:
    hostile = "<img src=x onerror=alert(1)> What does it cost?\n\nOn Monday Alice wrote:\n> earlier words"
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        connection.execute(
            """INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, contact_id, source)
            SELECT %s, now() - interval '1 hour', account_id, access_id, 'email', 'in', 'Costs', %s, id, 'crm' FROM remit.contacts WHERE id = %s""",
            (new_id(), hostile, cast.WEST_CONTACT),
        )
    alice = as_person(cast.ALICE)
    row = alice.get("/today?kind=reply").text
    found = re.search(r'name="message" value="([^"]+)"', row)
    assert found
    desk = landed(alice, send(alice, "/today", "/write", message=found.group(1)))
    assert 'value="Re: Costs"' in desk and "priya.shah@harbourpoint.example" in desk
    assert "&lt;img src=x" in desk and "<img" not in desk
    assert (
        desk.index("What does it cost?") < desk.index("Earlier messages") < desk.index("&gt; earlier words")
    )
    assert send(as_person(cast.CHARLIE), "/accounts/new", "/write", message=found.group(1)).status_code == 404
    assert send(alice, "/today", "/write").status_code == 400


def test_the_desk_shows_who_wrote_and_the_note_on_it(as_person: As, settled) -> None:  # type: ignore[no-untyped-def]
    draft = WriteDraft(
        contact_id=cast.WEST_CONTACT, subject="A question", body="How do you do it?", writer="openai:gpt-5-mini",
        note=f"The first version {HOSTILE} was mended.",
    )  # fmt: skip
    made = perform(identity.for_person(cast.ALICE.id, via="test"), draft)
    page = as_person(cast.ALICE).get(f"/write/{made.result['draft_id']}").text  # type: ignore[union-attr]
    assert "openai:gpt-5-mini" in page
    assert "The first version &lt;script&gt;" in page
    assert HOSTILE not in page


def test_a_draft_that_a_restore_holds_says_why_and_is_released_on_its_page(as_person: As, settled) -> None:  # type: ignore[no-untyped-def]
    draft = WriteDraft(contact_id=cast.WEST_CONTACT, subject="Held", body="How?", writer="by hand")
    made = perform(identity.for_person(cast.ALICE.id, via="test"), draft)
    where = f"/write/{made.result['draft_id']}"  # type: ignore[union-attr]
    upkeep.hold_restored_drafts(identity.for_service("upkeep", via="test"), clock.now())
    alice = as_person(cast.ALICE)
    assert "this may have been sent since" in alice.get(where).text
    assert "held since a restore" in alice.get("/write").text
    for reason, said in (("  ", "Say how you know"), ("not in my mailbox", "Released; it can be sent now.")):
        page = landed(alice, send(alice, where, f"{where}/release", reason=reason))
        assert said in page
    assert "Held since a restore" not in page


def test_whom_to_write_to_goes_on_past_the_first_page(as_person, settled: Location) -> None:
    cast.rows_as(
        settled, cast.ALICE.id,
        f"""INSERT INTO remit.accounts (id, access_id, name, name_key, segment, owner_id)
        SELECT gen_random_uuid(), a.access_id, 'Zephyr ' || n, 'zephyr ' || n, 'hedge_fund', a.owner_id
        FROM remit.accounts a, generate_series(101, 151) n WHERE a.id = '{cast.WEST_ACCOUNT}' RETURNING id""",
    )  # fmt: skip
    alice = as_person(cast.ALICE)
    first = alice.get("/write/new?q=Zephyr").text
    further = re.search(r'rel="next" href="([^"]+)"', first)
    assert further is not None and "Zephyr 151" not in first
    assert "Zephyr 151" in alice.get(further[1].replace("&amp;", "&")).text


def test_who_may_be_written_to_follows_the_rule_that_sending_asks(as_person, settled: Location) -> None:
    alice, page = as_person(cast.ALICE), f"/write/new?account={cast.WEST_ACCOUNT}"
    where = f"WHERE id = '{cast.WEST_CONTACT}' RETURNING id"
    cast.rows_as(settled, cast.ALICE.id, f"UPDATE remit.contacts SET country = 'DE' {where}")
    assert "In Germany an e-mail needs prior consent" in alice.get(page).text
    cast.rows_as(settled, cast.ALICE.id, f"UPDATE remit.contacts SET country = 'GB' {where}")
    assert "needs prior consent" not in alice.get(page).text


def test_account_and_deal_say_who_came_to_what_and_which_lead_it_was(
    as_person: As, deal: str, settled: Location
) -> None:
    """And Today says it to whose account it is; names come from outside and stay text."""
    campaign, lead, day = new_id(), new_id(), clock.today() - timedelta(days=3)
    with psycopg.connect(**settled.conninfo(Role.OWNER), autocommit=True) as owner:
        owner.execute("SELECT set_config('remit.person_id', %s, false)", (str(identity.SYSTEM_ID),))
        owner.execute(
            "INSERT INTO remit.campaigns (id, name, kind, starts_on, source) VALUES (%s, %s, 'Event', %s, 'salesforce')",
            (campaign, "Forum <b>East</b>", day),
        )
        owner.execute(
            """INSERT INTO remit.leads (id, account_id, access_id, contact_id, last_name, firm_name, channel, state, opportunity_id, received_at, opted_out)
            SELECT %s, account_id, access_id, id, 'Shah', 'Harbour', 'Webinar', 'converted', %s, now(), true FROM remit.contacts WHERE id = %s""",
            (lead, deal, cast.WEST_CONTACT),
        )
        owner.execute(
            """INSERT INTO remit.campaign_members (id, campaign_id, account_id, access_id, contact_id, lead_id, state, source, external_id)
            SELECT %s, %s, account_id, access_id, id, %s, 'Attended', 'salesforce', 'm1' FROM remit.contacts WHERE id = %s""",
            (new_id(), campaign, lead, cast.WEST_CONTACT),
        )
        attended.refresh_where(owner, "m.external_id = 'm1'", ())
    alice = as_person(cast.ALICE)
    account = alice.get(f"/accounts/{cast.WEST_ACCOUNT}").text
    assert "attended Forum &lt;b&gt;East" in account and "(Salesforce)" in account
    assert "came as a lead (Webinar)" in account and "opted out of e-mail as one" in account
    shown = alice.get(f"/pipeline/{deal}").text
    assert "Lead Shah, Harbour (Webinar)" in shown and "attended Forum &lt;b&gt;East" in shown
    assert "Priya Shah attended Forum &lt;b&gt;East" in alice.get("/today").text
    assert "Forum" not in as_person(cast.CHARLIE).get("/today").text
    rang = LogActivity(
        account_id=cast.WEST_ACCOUNT, contact_id=cast.WEST_CONTACT, activity_kind="call", subject="Rang"
    )
    perform(identity.for_person(cast.ALICE.id, via="test"), rang)
    assert "Priya Shah attended" not in alice.get("/today").text  # somebody of us has turned to her
