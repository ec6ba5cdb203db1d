"""Team over HTTP: each sees what their role shows, numbers open their rows, a case goes from form to signature."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from remit import identity
from remit.actions import perform
from remit.db.location import Location, Role
from remit.domains.adoption.rules import month_before
from remit.domains.productivity import queries
from remit.kit import clock
from remit.kit.ids import new_id
from remit.ladder import queries as queries_of_gates
from remit.ladder.actions import TakeReading
from remit.ladder.adoption import monday_of, week_name
from tests.support import web_cast as cast
from tests.web.test_governing import send


def sent(settled: Location, who: cast.Member, account: UUID, count: int, weeks_ago: int = 1) -> list[UUID]:
    """Messages of one week that were written with AI and sent."""
    at = clock.now() - timedelta(weeks=weeks_ago)
    made = [new_id() for _ in range(count)]
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        connection.execute(
            "UPDATE remit.standing_periods SET from_on = '2020-01-01'"
        )  # nobody came this week
        for one in made:
            connection.execute(
                """INSERT INTO remit.drafts (id, account_id, access_id, kind, subject, body, written, writer, author_id, state, created_at, updated_at)
                SELECT %s, id, access_id, 'outreach', %s, 'One two three four five six seven eight nine ten.', 'One two three four five six seven eight nine ten.', 'embedded', %s, 'sent', %s, %s
                FROM remit.accounts WHERE id = %s""",
                (one, f"Hello {one}", who.id, at, at, account),
            )
    return made


@pytest.fixture(scope="module")
def used(settled: Location) -> dict[str, list[UUID]]:
    return {
        "alice": sent(settled, cast.ALICE, cast.WEST_ACCOUNT, 6),
        "charlie": sent(settled, cast.CHARLIE, cast.EAST_ACCOUNT, 2),
    }


def test_a_rep_sees_their_own_a_manager_the_team_the_vp_everybody(as_person, used) -> None:
    alice = as_person(cast.ALICE).get("/team").text
    assert "Your use of AI" in alice and "Charlie Cole" not in alice and "Bob Burns" not in alice
    assert (
        "Charlie Cole" not in as_person(cast.ALICE).get("/team?whose=all").text
    )  # asking for more gives no more
    mona = as_person(cast.MANAGER).get("/team").text
    assert "Alice Ames" in mona and "Bob Burns" in mona and "Charlie Cole" not in mona
    assert re.search(r"Not begun yet.*<strong>Bob Burns</strong>", mona, re.S)
    vera = as_person(cast.VP).get("/team").text
    assert "Charlie Cole" in vera
    assert as_person(cast.ADMIN).get("/team").status_code == 403
    assert as_person(cast.VP).get("/team?whose=x").status_code == 400


def test_each_number_opens_its_rows_and_no_others(as_person, used) -> None:
    week = monday_of(clock.today() - timedelta(weeks=1))
    vera = as_person(cast.VP)
    page = vera.get("/team").text
    link = re.search(rf'href="(/team/use\?whose=all&amp;person={cast.ALICE.id}&amp;week={week})">6<', page)
    assert link
    rows = vera.get(link[1].replace("&amp;", "&")).text
    assert rows.count('class="row-link"') == 6 and all(f"/write/{one}" in rows for one in used["alice"])
    assert (
        as_person(cast.ALICE).get(f"/team/use?person={cast.CHARLIE.id}").text.count('class="row-link"') == 0
    )
    table = vera.get("/team/use.csv").text
    assert f"Alice Ames,{week_name(week)},6,6,0,6," in table
    assert "Charlie Cole" not in as_person(cast.ALICE).get("/team/use.csv?whose=all").text
    assert vera.get("/team/use?week=never").status_code == 400


def test_accepted_texts_without_minutes_are_counted_with_the_reason(as_person, settled, used) -> None:
    changed = sent(settled, cast.BOB, cast.WEST_ACCOUNT, 1)
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.BOB.id),))
        connection.execute(
            "UPDATE remit.drafts SET edited = true, body = body || ' Regards.' WHERE id = %s", changed
        )
    bob = as_person(cast.BOB).get("/team").text
    assert "1 text was changed first and counts none" in bob
    assert "changed first" not in as_person(cast.CHARLIE).get("/team").text


def test_outcomes_open_their_rows_and_rank_nobody(as_person, used) -> None:
    mona = as_person(cast.MANAGER).get("/team/outcomes").text
    assert mona.index("Alice Ames") < mona.index("Bob Burns") and "Charlie Cole" not in mona
    assert "differs from the others" in mona and "Too little on record to say anything: " in mona
    rows = as_person(cast.MANAGER).get(f"/team/outcomes/changed?whose=team&person={cast.ALICE.id}").text
    assert "AI texts accepted in eight weeks" in rows and rows.count('class="row-link"') == 6
    assert (
        as_person(cast.ALICE)
        .get(f"/team/outcomes/changed?whose=all&person={cast.CHARLIE.id}")
        .text.count('class="row-link"')
        == 0
    )
    assert as_person(cast.VP).get("/team/outcomes/nothing").status_code == 400
    assert as_person(cast.ADMIN).get("/team/outcomes").status_code == 403


def test_a_rep_attests_on_today_and_the_manager_sees_it(as_person, used, settled) -> None:
    bob, mona = as_person(cast.BOB), as_person(cast.MANAGER)
    assert "AI elsewhere in" in bob.get("/today").text and "AI elsewhere in" not in mona.get("/today").text
    month = month_before(clock.today())
    assert send(bob, "/team/attest", "/today", month=str(month), count="many").status_code == 400
    done = send(bob, "/team/attest", "/today", month=str(month), count="7", tools="A chat, a chat, <b>x</b>")
    assert "AI elsewhere in" not in bob.get("/today").text
    page = mona.get(f"/team/primary?whose=team&month={month}").text
    assert (
        re.search(r"Bob Burns</th>.{0,160}>7<br>.*a chat, &lt;b&gt;x", page, re.S)
        and "Charlie Cole" not in page
    )
    assert "more elsewhere" in bob.get(done.headers["location"]).text
    alice = as_person(cast.ALICE).get(f"/team/primary?whose=all&month={month}").text
    assert "Bob Burns" not in alice


def test_a_case_from_the_form_to_the_signature(as_person, used) -> None:
    alice, mona = as_person(cast.ALICE), as_person(cast.MANAGER)
    form = alice.get("/team/cases/new").text
    assert all(str(one) in form for one in used["alice"]) and not any(
        str(one) in form for one in used["charlie"]
    )
    fields = {"title": "First messages", "motion": "outreach", "method": "Stop watch"}
    bad = send(alice, "/team/cases", "/team/cases/new", **fields, before="abc")
    assert "&#39;abc&#39; is no number of minutes" in alice.get(bad.headers["location"]).text
    evidence = {
        "artefact": [str(one) for one in used["alice"][:5]],
        "minutes": ["9", "12", "7", "11", "10"],
        "stratum": [""] * 5,
    }
    done = send(
        alice, "/team/cases", "/team/cases/new", **fields, before="31\n28, 2026-11-03\n40\n26", **evidence
    )
    where = done.headers["location"]
    page = alice.get(where).text
    sent_on = (clock.now() - timedelta(weeks=1)).date()
    case = queries.get_case(identity.for_person(cast.ALICE.id, via="test"), UUID(where.rpartition("/")[2]))
    assert {one.observed_on for one in case.observations if one.artefact_id} == {
        sent_on
    }  # not of the day of the form
    late = send(
        alice,
        "/team/cases",
        "/team/cases/new",
        **fields,
        before=f"31, {clock.today() + timedelta(days=1)}",
        **evidence,
    )
    assert "still to come" in alice.get(late.headers["location"]).text
    assert "It needs 5 timed pieces of work or more on either side" in page and "Submit" not in page
    assert as_person(cast.CHARLIE).get(where).status_code == 404
    form = alice.get(f"{where}/edit").text
    assert "28, 2026-11-03" in form and 'value="12"' in form
    send(alice, where, f"{where}/edit", **fields, version="1", before="31\n28\n40\n26\n33", **evidence)
    assert "less time, beyond chance" in alice.get(where).text
    assert send(alice, f"{where}/submit", where, version="2").status_code == 303
    assert send(alice, f"{where}/sign", where, version="3").status_code in (303, 403)
    assert "signed by" not in alice.get(where).text
    returned = send(mona, f"{where}/return", where, version="3", reason="")
    assert "Say why" in mona.get(returned.headers["location"]).text
    send(mona, f"{where}/sign", where, version="3")
    page = (
        as_person(cast.CHARLIE).get(where).text
    )  # signed: everybody may learn from it, its evidence stays where it is
    assert "signed by Mona Marsh" in page and "of an account that you do not see" in page
    assert "/write/" not in page


def test_the_gates_say_what_is_missing_and_open_their_rows(as_person, used) -> None:
    vera = as_person(cast.VP)
    send(vera, "/ladder/readings", "/ladder")
    page = vera.get("/ladder").text
    assert "3 more whole weeks in a row are needed (1 of 4)" in page
    assert re.search(r"2 more cases \(1 of 3\)", page)
    assert "No data-handling policy is in force" in page
    gate = vera.get("/ladder/gates/S0-G1").text
    week = monday_of(clock.today() - timedelta(weeks=1))
    assert f'href="/team/use?week={week}"' in gate and week_name(week) in gate
    assert "/team/cases" in vera.get("/ladder/gates/S0-G2").text


def test_a_gate_that_a_signature_moved_says_so_until_it_is_measured(as_person, used, settled) -> None:
    upkeep = identity.for_service("upkeep", via="test")
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
        connection.execute("UPDATE remit.productivity_cases SET decided_at = now() WHERE state = 'signed'")
    assert queries_of_gates.list_behind(upkeep) == ["S0-G2"]
    vera = as_person(cast.VP)
    told = "changed since, to be measured anew"
    assert told in vera.get("/ladder").text and told in vera.get("/ladder/gates/S0-G2").text
    perform(upkeep, TakeReading(gate="S0-G2"))  # as a worker does, within seconds
    assert queries_of_gates.list_behind(upkeep) == [] and told not in vera.get("/ladder").text
