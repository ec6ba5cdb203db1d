"""After a person is erased no table holds a text with them, nor their data, but what others wrote: every column is looked at, by the catalogue.

Nothing else goes, whatever somebody entered as their name, address or number.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import NotFound, Refused, RejectSuggestion, Waiting, approve, perform
from remit.audit import check
from remit.db.location import Location, Role
from remit.db.sessions import read
from remit.domains.activities.actions import LogActivity
from remit.domains.consent.queries import must_not_contact
from remit.domains.outreach.actions import EditDraft, WriteDraft
from remit.domains.outreach.writing import send_draft
from remit.domains.retention.foretold import foretell
from remit.domains.retention.holds import LiftHold, PlaceHold, list_holds, list_versions
from remit.domains.retention.persons import ErasePerson, names_somebody
from remit.kit.ids import new_id
from tests.guard.test_database import _as
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk

SECRET = "she leaves the firm in March"
THEIRS, OURS = "elena.voss@pine.example", "alice@northlake.example"
SAID = "Hello Elena,\n\nPine Capital clears at Halden Prime and at Morrow Securities.\n\nAlice"
LOOKED_FOR = (
    "elena voss",
    "voss, elena",
    "elena.voss@pine.example",
    SECRET,
    "clears at Halden Prime and at",
)
# the record cannot be altered; the sealed texts of model calls are unreadable here and go by their own days
EXEMPT = {"audit", "model_contents"}
# what others wrote or sent is theirs: it is counted, and left
LEFT = {
    "activities.body", "activities.extra", "imports.report", "import_rejections.value", "questionnaires.title", "questionnaires.file",
    "questionnaire_items.options", "questionnaire_items.given",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


def found(desk: Desk) -> dict[str, int]:
    """Every place of the schema that holds what is looked for: {"table.column": rows}."""
    columns = desk.cast.sql(
        "SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'remit'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"
    )
    there = {}
    for table in {one[0] for one in columns} - EXEMPT:
        places = [(name, kind) for of, name, kind in columns if of == table]
        counts = ", ".join(
            f"count(*) FILTER (WHERE lower({f'encode({name}, $$escape$$)' if kind == 'bytea' else f'CAST({name} AS text)'}) LIKE ANY (:looked))"
            for name, kind in places
        )
        [row] = desk.cast.sql(
            f"SELECT {counts} FROM remit.{table}", looked=[f"%{one.lower()}%" for one in LOOKED_FOR]
        )
        there |= {f"{table}.{name}": count for (name, _), count in zip(places, row, strict=True) if count}
    return there


def _drafts(desk: Desk) -> None:
    """One that waits, one whose asking is void by an edit, one that was rejected; one edited by hand."""
    alice, bob = desk.cast.scope("alice"), desk.cast.scope("bob")
    for end in ("waits", "void", "rejected"):
        action = WriteDraft(
            contact_id=desk.contacts["pine"], subject="Your desk", body=SAID, writer="by hand", note=SECRET
        )
        draft_id = UUID(str(perform(alice, action).result["draft_id"]))
        asked = send_draft(alice, draft_id)
        assert isinstance(asked, Waiting)
        if end == "void":
            perform(
                alice,
                EditDraft(
                    draft_id=draft_id,
                    expected_version=_version(desk, draft_id),
                    subject="Re",
                    body=SAID + f"\nPS. {SECRET}",
                ),
            )
        if end == "rejected":
            perform(
                bob,
                RejectSuggestion(suggestion_id=asked.suggestion_id, reason=f"not to Elena Voss: {SECRET}"),
            )


def _version(desk: Desk, draft_id: UUID) -> int:
    return int(desk.cast.sql("SELECT version FROM remit.drafts WHERE id = :id", id=draft_id)[0][0])


def _rows(desk: Desk) -> None:
    """What came from elsewhere: mail and its activity, a CRM's history, a lead, a buyer's list, an import's rejected row."""
    cast, pine = desk.cast, desk.cast.accounts["pine"]
    common: dict[str, Any] = {"account": pine, "access": cast.access["pine"]}
    contact = {"contact": desk.contacts["pine"]}
    cast.sql(
        "UPDATE remit.contacts SET phone = 'a full refund', extra = '{\"note\": \"Elena Voss\"}' WHERE id = :contact",
        **contact,
    )
    for way, sender, reader in (("in", THEIRS, OURS), ("out", OURS, THEIRS)):
        cast.sql(
            """INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, message_id, thread_id, from_address, to_address, subject, body,
            classification, at, detail) VALUES (gen_random_uuid(), :account, :access, :contact, :way, :mid, 't', :sender, :reader, 'Elena Voss', :said,
            'reply', now(), '{"from_the_contact": true}')""",
            way=way, mid=f"<{way}@x>", said=SECRET, sender=sender, reader=reader, **common, **contact,
        )  # fmt: skip
    for name, mid, subject, body in (
        (contact["contact"], None, "Elena Voss", SECRET), (None, "<in@x>", "Re", SECRET), (None, None, "Talk with Oak", "Elena Voss was there, too: dear Ms Voss"),
    ):  # fmt: skip
        cast.sql(
            """INSERT INTO remit.activities (id, at, account_id, access_id, kind, subject, body, contact_id, message_id, source, extra)
            VALUES (gen_random_uuid(), now(), :account, :access, 'email', :subject, :body, :name, :mid, 'crm', '{"who": ["Voss, Elena"]}')""",
            subject=subject, body=body.replace("dear Ms Voss", "thanks"), name=name, mid=mid, **common,
        )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.leads (id, account_id, access_id, first_name, last_name, email) VALUES (gen_random_uuid(), :account, :access, 'Elena', 'Voss',"
        " 'Elena.Voss@pine.example')",
        **common,
    )
    import_id, questionnaire = new_id(), new_id()
    cast.sql(
        "INSERT INTO remit.imports (id, path, by_id, started_at, report) VALUES (:id, 'x', :by, now(), CAST(:report AS jsonb))",
        id=import_id, by=cast.people["olga"], report=json.dumps({"rejected": "Elena Voss"}),
    )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.import_rejections (import_id, file, row_number, column_name, value, reason) VALUES (:id, 'f', 1, 'name', 'Elena Voss', 'twice')",
        id=import_id,
    )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.questionnaires (id, account_id, access_id, title, file_name, form, file, sha256, state, owner_id, added_at, updated_at)"
        " VALUES (:id, :account, :access, 'DDQ for Elena Voss', 'ddq.csv', 'csv', convert_to('Contact,Elena Voss', 'UTF8'), '', 'open', :by, now(), now())",
        id=questionnaire, by=cast.people["alice"], **common,
    )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.questionnaire_items (id, questionnaire_id, account_id, access_id, position, question, kind, options, answer_at, given, state, updated_at)"
        " VALUES (gen_random_uuid(), :id, :account, :access, 1, 'Your contact?', 'text', '{Elena Voss}', 'B1', 'elena.voss@pine.example', 'given', now())",
        id=questionnaire, **common,
    )  # fmt: skip


def test_a_hold_and_one_person_alone_stop_it(desk: Desk) -> None:
    perform(
        desk.cast.scope("alice"),
        LogActivity(
            account_id=desk.cast.accounts["pine"], activity_kind="call", subject="Elena Voss", body=f"Dear Ms Voss, {SECRET}",
            contact_id=desk.contacts["pine"],
        ),
    )  # fmt: skip
    perform(desk.cast.scope("cora"), PlaceHold(account_id=desk.cast.accounts["pine"], reason="counsel asks"))
    asks = ErasePerson(contact_id=desk.contacts["pine"], reason="request 17 of today")
    with pytest.raises(Refused, match="legal hold"):
        perform(desk.cast.scope("cora"), asks)
    # while it stands, a draft that is edited keeps what it said before: that is what was seen
    _drafts(desk)
    assert [one.body for one in list_versions(desk.cast.scope("cora")) if one.kind == "drafts"] == [SAID]
    [hold] = list_holds(desk.cast.scope("cora"))
    lifts = perform(
        desk.cast.scope("cora"), LiftHold(hold_id=hold.id, expected_version=hold.version, reason="settled")
    )
    assert isinstance(lifts, Waiting)
    approve(desk.cast.scope("vera"), lifts.suggestion_id, lifts.payload_hash)
    for name in ("alice", "vera", "adam", "robo"):
        with pytest.raises(Refused):
            perform(desk.cast.scope(name), asks)
    with pytest.raises(Refused, match="without their name"):
        perform(
            desk.cast.scope("cora"),
            ErasePerson(contact_id=desk.contacts["pine"], reason="Ms Voss asks for it"),
        )


def test_afterwards_no_table_holds_them(desk: Desk) -> None:
    _rows(desk)
    before = found(desk)
    for place in ("suggestions.payload", "actions.payload", "drafts.body", "messages.body", "activities.extra", "held_versions.body", "leads.email",
                  "import_rejections.value", "questionnaire_items.options", "contacts.email"):  # fmt: skip
        assert before[place]
    perform(
        desk.cast.scope("charlie"),
        LogActivity(
            account_id=desk.cast.accounts["palm"], activity_kind="note", subject="Refund", body="I promised them a full refund.",
        ),
    )  # fmt: skip
    asked = perform(
        desk.cast.scope("cora"), ErasePerson(contact_id=desk.contacts["pine"], reason="request 17 of today")
    )
    assert isinstance(asked, Waiting)
    with pytest.raises(Refused):
        approve(desk.cast.scope("cora"), asked.suggestion_id, asked.payload_hash)
    foretold = foretell(desk.cast.scope("vera"), desk.contacts["pine"])
    done = approve(desk.cast.scope("vera"), asked.suggestion_id, asked.payload_hash)
    went = done.result["erased"]
    assert foretold is not None and foretold.others == went["texts of others that name them, left"]
    assert dict(foretold.goes) == {
        "messages": went["messages"], "drafts": went["drafts"], "notes, calls, meetings and tasks": went["activities"],
        "facts": went.get("facts", 0), "requests for approval": went["suggestions"], "texts of acts (the acts stay on the record)": went["acts"],
    }  # fmt: skip
    assert set(found(desk)) == LEFT
    assert done.result["erased"]["texts of others that name them, left"] == 1
    # what stood elsewhere is as it was, though it holds what Alice had entered as their number
    [(body,)] = desk.cast.sql("SELECT body FROM remit.activities WHERE subject = 'Refund'")
    assert body == "I promised them a full refund."
    # on the record: how many of which kind, and no word of them
    [(record,)] = desk.cast.sql(
        "SELECT record FROM remit.audit WHERE event = 'retention:erase:person' AND record LIKE '%suggestions%'"
    )
    assert done.result["erased"]["suggestions"] == 3 and done.result["erased"]["drafts"] == 3
    assert not [word for word in LOOKED_FOR if word.lower() in record.lower()]
    with read(identity.for_service("console", via="test")) as session:
        codes = {one["code"] for one in check.verify_database(session.connection)["problems"]}
    assert "act_differs" not in codes
    # a hash of the address stays: nobody writes to them again, whatever brings them back
    with read(desk.cast.scope("charlie")) as session:
        assert session.scalar("SELECT remit.must_not_contact('Elena.Voss@pine.example', NULL)")
        assert must_not_contact(session, "elena.voss+news@pine.example", None)
        assert not session.scalar("SELECT remit.must_not_contact('other@pine.example', NULL)")


def _contact(desk: Desk, account: str, first: str, last: str, **more: str | None) -> UUID:
    contact_id = new_id()
    given = {"email": f"{contact_id.hex}@x.example", "phone": None} | more
    desk.cast.sql(
        "INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, title, email, phone, country)"
        " VALUES (:id, :account, :access, :first, :last, 'COO', :email, :phone, 'US')",
        id=contact_id, account=desk.cast.accounts[account], access=desk.cast.access[account], first=first, last=last, **given,
    )  # fmt: skip
    return contact_id


def test_behind_a_barrier_there_is_nobody(desk: Desk) -> None:
    hidden = _contact(desk, "wall", "Will", "Hartmann", phone="12")
    before = desk.cast.sql("SELECT count(*) FROM remit.suggestions")
    for asked in (hidden, new_id()):
        with pytest.raises(NotFound, match="contact"):
            perform(desk.cast.scope("cora"), ErasePerson(contact_id=asked, reason="asked for by letter"))
    assert desk.cast.sql("SELECT count(*) FROM remit.suggestions") == before
    told = "SELECT count(*) FROM remit.audit WHERE event LIKE 'retention:erase:person%' AND (record LIKE '%Wall%' OR record LIKE :account)"
    assert desk.cast.sql(told, account=f"%{desk.cast.accounts['wall']}%") == [(0,)]


def test_a_reason_names_somebody_by_whole_words_alone() -> None:
    letter = "asked for by letter, filed by the client desk in the lending folder; the hearing took long"
    for first, last in (("Wei", "Li"), ("Jo", "An"), ("Kim", "Ng"), ("May", "Long"), ("", "Long"), ("", ""), (" ", " ")):  # fmt: skip
        assert not names_somebody(letter, first, last, ""), (first, last)
    for said in ("wei  li asks", "Li, Wei asks", "asked by Mr. Li", "a.b@c.example wrote"):
        assert names_somebody(said, "Wei", "Li", "A.B@c.example"), said
    assert not names_somebody("xa.b@c.example", "Wei", "Li", "a.b@c.example")
    assert not names_somebody("a" * 300, "(a+)+" * 100, "(a*)*$", None)


def test_the_program_cannot_erase_by_itself(desk: Desk) -> None:

    with pytest.raises(DBAPIError, match="only the system"), _as(desk.cast, Role.WRITER, "cora") as c:
        c.execute(text("SET TRANSACTION READ WRITE"))
        c.execute(text("SELECT * FROM remit.erase_person(:id, '{}')"), {"id": desk.contacts["oak"]})
