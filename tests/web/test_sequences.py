"""Sequences over HTTP: from what ships to live, a contact enrolled, the run steered, and who is offered what."""

from __future__ import annotations

import re

from remit import identity
from remit.actions import perform, upkeep
from remit.domains.library.actions import ExpireDueTemplates
from remit.domains.library.shipped import texts
from remit.kit import clock
from tests.support import web_cast as cast
from tests.web.test_governing import send

KEY = "After somebody asked about a product"
ASKED = "priya.shah@harbourpoint.example, nobody@x.example"


def _links(page: str, prefix: str) -> dict[str, str]:
    found = re.findall(rf'class="row-link" href="({prefix}/[0-9a-f-]{{36}})[^"]*">([^<]+)<', page)
    return {title: href for href, title in found}


def _decided(as_person, what: str, where: str = "") -> None:
    for who, verb, seen in (
        (cast.ALICE, "submit", "1"),
        (cast.MANAGER, "review", "2"),
        (cast.COMPLIANCE, "approve", "3"),
    ):
        done = send(as_person(who), f"{what}/{verb}", where or what, version=seen)
        assert done.status_code == 303, done.text[:800]


def _a_newer_text(as_person, text: str, where: str, source: str) -> None:
    """Whoever approves it reads what falls with it, what differs, and the words; the sequence says what to do then."""
    alice, cora = as_person(cast.ALICE), as_person(cast.COMPLIANCE)
    newer = source.replace("take 20 minutes", "take 15 minutes")
    other = send(alice, "/library", f"{text}/edit", source=newer, version_id=text.rpartition("/")[2]).headers[
        "location"
    ]
    for who, verb, seen in ((cast.ALICE, "submit", "1"), (cast.MANAGER, "review", "2")):
        assert send(as_person(who), f"{other}/{verb}", other, version=seen).status_code == 303
    page = cora.get(other).text
    assert "go out of use" in page or "goes out of use" in page
    assert KEY in page and "Both versions side by side" in page and "The words themselves" in page
    assert "The words themselves" not in alice.get(other).text
    send(cora, f"{other}/approve", other, version="3")
    assert "its e-mails are held" in cora.get(where).text and "text out of use" in cora.get("/sequences").text
    perform(identity.for_service("upkeep", via="test"), ExpireDueTemplates())
    assert "Its runs are held" in cora.get(where).text and "is superseded" in cora.get("/sequences").text


def test_from_what_ships_to_a_run_that_people_steer(as_person) -> None:
    alice, charlie = as_person(cast.ALICE), as_person(cast.CHARLIE)
    assert "There is no sequence yet" in alice.get("/sequences").text
    source = texts()["sdr-inbound-product.md"]
    text = send(alice, "/library", "/library/new", source=source).headers["location"]
    assert send(alice, "/sequences/shipped", "/sequences").status_code == 303
    where = _links(alice.get("/sequences").text, "/sequences")[KEY]
    version = where.rpartition("/")[2]
    page = alice.get(where).text
    assert f"{where}/enrol" not in page and "not approved" in page
    _decided(as_person, text)
    assert alice.get(f"/library/{version}").headers["location"] == where
    assert "reply" in alice.get(f"/library/{version}/edit").text
    _decided(as_person, f"/library/{version}", where)
    assert f"{where}/enrol" in alice.get(where).text
    form = alice.get(f"{where}/enrol").text
    assert "Priya Shah" in form and "What they ask about" in form
    nul = send(
        alice, f"{where}/enrol", f"{where}/enrol", addresses="priya\x00@x.example", **{"v.topic": "risk"}
    )
    assert nul.status_code == 400 and "nobody was enrolled" in nul.text and "priya@x.example" in nul.text
    done = send(alice, f"{where}/enrol", f"{where}/enrol", addresses=ASKED, **{"v.topic": "execution"})
    assert done.headers["location"] == where
    listed = alice.get(where).text
    assert "1 enrolled. Not found: nobody@x.example." in listed
    [run] = _links(listed, "/sequences/runs").values()
    assert "Ring the same or the next day" in alice.get(run).text
    send(alice, f"{run}/pause", run, reason="on holiday")
    assert "Paused: Alice Ames: on holiday" in alice.get(run).text
    send(alice, f"{run}/resume", run)
    upkeep.hold_restored_runs(identity.for_service("upkeep", via="test"), clock.now())
    page = alice.get(run).text
    assert "restored from a backup made at" in page and "How do you know" in page
    send(alice, f"{run}/resume", run)
    assert "How do you know" in alice.get(run).text  # nobody said that they looked
    send(alice, f"{run}/resume", run, reason="nothing in my sent mailbox")
    assert "How do you know" not in alice.get(run).text
    said = send(alice, f"{run}/stop", run, reason="")
    assert "Say why" in alice.get(said.headers["location"]).text
    cora, stop = as_person(cast.COMPLIANCE), f"{where}/runs/stop"
    assert f'href="{stop}"' in cora.get(where).text and "Stop 1 run" in cora.get(stop).text
    other = send(cora, stop, stop, reason="under review", count="2")
    assert "1 run by now, and not the 2" in cora.get(other.headers["location"]).text
    send(cora, stop, stop, reason="under review", count="1")
    assert "Stopped: Cora Compton: under review" in alice.get(run).text
    again = send(cora, stop, where, reason="under review", count="1")  # back, and once more
    assert "Nothing of it runs or is paused any more" in cora.get(again.headers["location"]).text
    assert "Priya Shah" in alice.get(f"{where}?code=by_hand").text
    assert not _links(alice.get(f"{where}?sent=1").text, "/sequences/runs")
    # nobody sees, or is offered, what is not theirs
    assert "Priya Shah" not in charlie.get(where).text and charlie.get(run).status_code == 404
    refused = send(charlie, f"{where}/enrol", f"{where}/enrol", addresses=ASKED, **{"v.topic": "risk"})
    assert "Nobody by priya.shah" in charlie.get(refused.headers["location"]).text
    assert as_person(cast.ADMIN).get("/sequences").status_code == 403
    _a_newer_text(as_person, text, where, source)
