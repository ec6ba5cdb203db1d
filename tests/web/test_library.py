"""Library over HTTP: bringing in what ships, from draft to live by three people, the text for a contact, a draft from it."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from remit.domains.library.shipped import texts
from remit.web import render
from tests.support import web_cast as cast
from tests.web.test_governing import send


def _first(page: str) -> str:
    found = re.search(r'class="row-link" href="(/library/[0-9a-f-]{36})', page)
    assert found, page[:3000]
    return found[1]


def test_from_what_ships_to_live(as_person) -> None:
    alice, mona, vera = (as_person(one) for one in (cast.ALICE, cast.MANAGER, cast.VP))
    assert "The library is empty" in alice.get("/library").text
    done = send(alice, "/library/shipped", "/library")
    assert done.status_code == 303, done.text[:2000]
    listed = alice.get("/library?motion=cold_outreach&persona=coo&text=several").text
    assert (
        "Several prime brokers, written to the COO" in listed
        and "head of trading" not in listed.split("<tbody>")[1]
    )
    where = _first(listed)
    page = alice.get(where).text
    assert "Submit" in page and "Approve" not in page and "names both brokers" in page
    assert send(alice, f"{where}/submit", where, version="1").status_code == 303
    assert "waits for review" in alice.get(where).text
    assert "Pass to compliance" not in alice.get(where).text  # her own
    assert "1 template waits for review" in mona.get("/today").text
    assert "waits for review" not in alice.get("/today").text  # her own is not hers to review
    assert send(mona, f"{where}/review", where, version="2").status_code == 303
    assert "1 template waits for approval" in as_person(cast.COMPLIANCE).get("/today").text
    assert send(vera, f"{where}/approve", where, version="3").status_code == 403  # no compliance
    assert "waits for compliance" in vera.get(where).text
    nothing_yet = send(alice, f"{where}/use", where, contact=str(cast.WEST_CONTACT))
    assert (
        "template_not_live" in nothing_yet.text
        or "not approved" in alice.get(nothing_yet.headers["location"]).text
    )
    assert send(as_person(cast.COMPLIANCE), f"{where}/approve", where, version="3").status_code == 303
    shown = alice.get(f"{where}?contact={cast.WEST_CONTACT}").text
    assert "Its text for" in shown and ("Write a draft" in shown or "It needs what is not on record" in shown)
    # opened without a contact, a template is shown on somebody whom it suits; where nobody is, whom it is for is said
    opened = alice.get(where).text
    assert "Its text for" in opened or "It is for COO" in opened
    offered = alice.get(f"{where}?choose=1").text
    for name in re.findall(r'class="quiet">([^<]+), Chief Operating Officer</span>', offered):
        assert "Use a template for them" not in offered, name


def test_a_template_for_nobody_on_record_says_whom_it_is_for(as_person) -> None:
    alice = as_person(cast.ALICE)
    source = texts()["sdr-cold-multi-prime-coo.md"]
    source = re.sub(r"^id: .*$", "id: my-prop-desk", source, count=1, flags=re.MULTILINE)
    source = re.sub(r"^personas: .*$", "personas: [prop_desk]", source, count=1, flags=re.MULTILINE)
    source = re.sub(r"^segments: .*\n", "", source, count=1, flags=re.MULTILINE)
    source = source.replace("personas: [prop_desk]", "personas: [prop_desk]\nsegments: [prop_firm]")
    where = send(alice, "/library", "/library/new", source=source).headers["location"]
    page = alice.get(where).text
    assert "It is for prop desk head, prop firm; no such contact is on record" in page
    assert "Its text for" not in page and "?contact=" in page  # anybody else can still be looked at


def test_writing_a_version_shows_what_it_says_before_it_is_stored(as_person) -> None:
    alice = as_person(cast.ALICE)
    page = alice.get("/library/new").text
    assert "What may stand in braces" in page and "names both brokers" in page
    source = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    assert source
    text = source[1].replace("&#34;", '"').replace("&lt;", "<").replace("&amp;", "&").strip()
    bad = send(alice, "/library/check", "/library/new", source=text.replace("{able.value}", "{able.colour}"))
    assert bad.status_code == 200 and "uses {able.colour}, which is no variable" in bad.text
    good = send(alice, "/library/check", "/library/new", source=text)
    assert "brokers.values" in good.text and "names both brokers" in good.text
    stored = send(alice, "/library", "/library/new", source=text)
    where = stored.headers["location"]
    second = send(
        alice,
        "/library",
        f"{where}/edit",
        source=text.replace("20 minutes", "15 minutes"),
        version_id=where.rsplit("/", 1)[1],
    )
    other = second.headers["location"]
    compared = alice.get(f"{other}/diff?other={where.rsplit('/', 1)[1]}").text
    assert (
        "Would 20 minutes next week be worth it?" in compared
        and "Would 15 minutes next week be worth it?" in compared
    )
    exported = alice.get(f"{other}/export")
    assert (
        exported.text.startswith("---\nid: my-first-template")
        and "my-first-template.md" in exported.headers["content-disposition"]
    )


def test_who_may_not(as_person) -> None:
    admin = as_person(cast.ADMIN)
    assert admin.get("/library").status_code == 403 and admin.get("/library/new").status_code == 403
    assert as_person(cast.ALICE).get("/library/coverage").status_code == 200
    assert as_person(cast.ALICE).get("/library/coverage/cold_outreach").status_code == 200
    assert as_person(cast.ALICE).get("/library/coverage/no-such").status_code == 404
    assert as_person(cast.ALICE).get("/library/01a222d5-6f7a-7ebf-afc9-f2de34d294e2").status_code == 404


def test_days_in_sentences_are_the_readers_and_quotations_stay() -> None:
    context = render.environment().from_string(
        "{{ 'Sent on 2026-11-02; free 2025-03-04 23:30 UTC, “as of 2026-11-02”, 2026-13-02, 2026-11-021.'|dated }}"
    )
    assert (
        context.render(zone=ZoneInfo("Asia/Tokyo"))
        == "Sent on 2 Nov 2026; free 5 Mar 2025, 08:30, “as of 2026-11-02”, 2026-13-02, 2026-11-021."
    )


def test_a_text_that_cannot_be_kept_comes_back_as_it_was_typed(as_person) -> None:
    mona = as_person(cast.MANAGER)
    for typed in ("", "xxx", "---\nid: a\n---\n<script>alert(1)</script>"):
        checked = send(mona, "/library/check", "/library/new", source=typed)
        assert checked.status_code == 200 and "<script>alert" not in checked.text
        back = send(mona, "/library", "/library/new", source=typed)
        assert back.status_code == 400 and 'role="alert"' in back.text and "<script>alert" not in back.text
        assert typed.replace("<", "&lt;").replace(">", "&gt;") in back.text
