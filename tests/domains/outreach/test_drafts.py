"""Drafts: written from facts, edited, discarded; each write checked again."""

from __future__ import annotations

from uuid import UUID

import pytest

from remit.actions import Conflict, NotFound, Performed, Refused, Waiting, approve, perform
from remit.cli.draft import told
from remit.domains.facts.actions import WithdrawFact
from remit.domains.outreach.actions import DiscardDraft, EditDraft, WriteDraft
from remit.domains.outreach.queries import get_draft, list_drafts, pick_contact, preview
from remit.domains.outreach.rules import saving_told
from remit.domains.outreach.writing import draft_outreach, send_draft
from tests.support.desk import Desk


def edit(desk: Desk, draft_id: UUID, body: str, version: int = 1, by: str = "alice") -> Performed:
    subject = get_draft(desk.cast.scope(by), draft_id).subject
    done = perform(
        desk.cast.scope(by),
        EditDraft(draft_id=draft_id, expected_version=version, subject=subject, body=body),
    )
    assert isinstance(done, Performed)
    return done


def test_a_draft_is_about_its_reader_and_every_claim_cites_its_source(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    found = preview(scope, draft_outreach(scope, desk.contacts["pine"]))
    assert found["sendable"], found["checks"]
    assert found["body"].splitlines()[0].endswith("Elena,")
    assert "Halden Prime and Morrow Securities" in found["body"]
    assert found["body"].rstrip().endswith("Northlake Systems")
    claims = [one for one in found["claims"] if one["kind"] == "claim"]
    assert claims
    for one in claims:
        assert one["support"] == "supported"
        assert found["body"][one["start"] : one["end"]] == one["text"]
        assert {"source", "locator", "quote", "as_of", "valid_until"} <= set(one["citations"][0])
    assert 0 < found["personalisation"] <= 1
    assert found["minutes_saved"] > 0
    assert "Karat" in found["minutes_saved_basis"]
    assert {one["id"] for one in found["checks"] if not one["id"].startswith("conduct-")} == {
        "claims-supported", "subject-supported", "subject-form", "body-form", "no-slots-left", "recipient-address",
        "do-not-contact", "consent", "sender-identity", "contact-cap", "personal-facts", "specific-enough",
    }  # fmt: skip


def test_who_may_not_see_the_account_can_neither_write_nor_read(desk: Desk) -> None:
    draft = draft_outreach(desk.cast.scope("alice"), desk.contacts["pine"])
    with pytest.raises(NotFound):
        draft_outreach(desk.cast.scope("charlie"), desk.contacts["pine"])
    with pytest.raises(NotFound):
        preview(desk.cast.scope("charlie"), draft)
    with pytest.raises(NotFound):
        draft_outreach(desk.cast.scope("alice"), desk.contacts["wall"])


def test_facts_of_one_account_never_reach_a_draft_to_another(desk: Desk) -> None:
    secret = desk.fact("wall", "launch", "a Nordic power fund", "bob")
    found = preview(desk.cast.scope("bob"), draft_outreach(desk.cast.scope("bob"), desk.contacts["pine"]))
    assert "Nordic" not in found["body"]
    edited = edit(
        desk, UUID(found["draft_id"]), "Hi Elena,\n\nPine Capital is launching a Nordic power fund.", by="bob"
    )
    assert edited.result["sendable"] is False
    assert str(secret) not in str(preview(desk.cast.scope("bob"), UUID(found["draft_id"]))["claims"])


def test_an_edit_that_invents_something_cannot_be_sent_and_says_what_is_missing(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    draft = draft_outreach(scope, desk.contacts["pine"])
    body = get_draft(scope, draft).body.replace("\n\n", "\n\nOur OMS cuts trading costs by 40%.\n\n", 1)
    assert edit(desk, draft, body).result["sendable"] is False
    [bad] = [one for one in preview(scope, draft)["claims"] if one["support"] == "unsupported"]
    assert bad["text"] == "Our OMS cuts trading costs by 40%."
    assert "40%" in bad["missing"]
    with pytest.raises(Refused) as refused:
        send_draft(scope, draft)
    assert refused.value.code == "check_failed"
    assert "40%" in refused.value.message


def test_a_harmless_edit_can_still_be_sent(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    draft = draft_outreach(scope, desk.contacts["pine"])
    body = get_draft(scope, draft).body.replace("\n\n", "\n\nThank you for your time last week.\n\n", 1)
    assert edit(desk, draft, body).result["sendable"] is True
    assert get_draft(scope, draft).edited


def test_an_edit_on_an_old_version_is_a_conflict_with_both_texts(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    draft = draft_outreach(scope, desk.contacts["pine"])
    edit(desk, draft, "Hi Elena,\n\nWould 20 minutes be worth it?")
    with pytest.raises(Conflict) as conflict:
        edit(desk, draft, "another text", version=1)
    assert (conflict.value.details["expected"], conflict.value.details["found"]) == (1, 2)
    assert conflict.value.details["theirs"]["body"].startswith("Hi Elena")


def test_editing_voids_what_waited_for_approval(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    draft = draft_outreach(scope, desk.contacts["pine"])
    waiting = send_draft(scope, draft)
    assert isinstance(waiting, Waiting)
    assert get_draft(scope, draft).state == "waiting"
    body = get_draft(scope, draft).body + "\n"
    assert edit(desk, draft, body).result["voided"] == 1
    assert get_draft(scope, draft).state == "draft"
    assert desk.cast.sql("SELECT state FROM remit.suggestions WHERE id = :id", id=waiting.suggestion_id) == [
        ("void",)
    ]


def test_a_withdrawn_fact_takes_its_sentence_with_it(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    fact = desk.fact("pine", "launch", "a Japan equity fund", source_name="Press release")
    # which of the account's facts the writer takes up depends on the account's id and the variant
    drafts = (draft_outreach(scope, desk.contacts["pine"], variant=variant) for variant in range(40))
    draft = next(one for one in drafts if "Japan" in get_draft(scope, one).body)
    perform(scope, WithdrawFact(fact_id=fact, expected_version=1, reason="the launch was called off"))
    found = preview(scope, draft)
    assert found["sendable"] is False
    assert any("withdrawn" in one["reason"] for one in found["claims"])
    assert "Japan" not in get_draft(scope, draft_outreach(scope, desk.contacts["pine"])).body


def test_without_a_sayable_fact_nothing_is_written(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        draft_outreach(desk.cast.scope("alice"), bare_contact(desk))
    assert refused.value.code == "no_sayable_fact"


def bare_contact(desk: Desk) -> UUID:
    from remit.kit.ids import new_id

    account, contact = new_id(), new_id()
    desk.cast.sql(
        "INSERT INTO remit.accounts (id, access_id, name, name_key) VALUES (:id, 101, 'Bare Capital', 'bare capital')",
        id=account,
    )
    desk.cast.sql(
        """INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, email)
        VALUES (:id, :account, 101, 'Ben', 'Bare', 'ben@bare.example')""",
        id=contact, account=account,
    )  # fmt: skip
    return contact


def test_drafts_are_listed_last_changed_first_and_page_by_page(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    made = [draft_outreach(scope, desk.contacts["oak"], variant=number) for number in range(3)]
    first = list_drafts(scope, account_id=desk.cast.accounts["oak"], limit=2)
    assert [one.id for one in first.rows] == made[:0:-1]
    second = list_drafts(scope, account_id=desk.cast.accounts["oak"], limit=2, after=first.next)
    assert [one.id for one in second.rows] == made[:1]
    perform(scope, DiscardDraft(draft_id=made[2], expected_version=1))
    assert made[2] not in [one.id for one in list_drafts(scope, account_id=desk.cast.accounts["oak"]).rows]
    assert list_drafts(desk.cast.scope("charlie"), account_id=desk.cast.accounts["oak"]).rows == ()
    with pytest.raises(Refused, match="discarded"):
        edit(desk, made[2], "Hi", version=2)


def test_the_contact_of_an_account_is_one_that_may_be_written_to(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    assert pick_contact(scope, desk.cast.accounts["pine"]) == desk.contacts["pine"]
    with pytest.raises(NotFound):
        pick_contact(desk.cast.scope("charlie"), desk.cast.accounts["pine"])


def test_only_the_writers_words_that_were_kept_save_time(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    draft = draft_outreach(scope, desk.contacts["pine"])
    first = preview(scope, draft)
    typed = "I typed all of this myself last night on the train home. " * 40
    longer = preview(scope, draft, first["subject"], first["body"] + "\n\n" + typed)
    assert longer["minutes_saved"] == first["minutes_saved"], "his own words saved him nothing"
    assert preview(scope, draft, first["subject"], typed)["minutes_saved"] == 0.0
    edit(desk, draft, f"Hi Elena,\n\n{typed}")
    assert get_draft(scope, draft).minutes_saved == 0.0 and get_draft(scope, draft).written == first["body"]
    by_hand = WriteDraft(
        contact_id=desk.contacts["pine"], subject="Hello", body=first["body"], writer="by hand"
    )
    done = perform(scope, by_hand)
    assert isinstance(done, Performed)
    document = preview(scope, UUID(done.result["draft_id"]))
    assert document["minutes_saved"] == 0.0 and "saves" not in told(document)
    assert "saves about" in told(first)


@pytest.mark.parametrize(
    ("minutes", "said"), [(0.0, ""), (0.4, ""), (0.5, "about 1 minute"), (1.6, "about 2 minutes")]
)
def test_a_saving_of_less_than_half_a_minute_is_not_told(minutes: float, said: str) -> None:
    assert saving_told(minutes) == said


def test_a_draft_that_was_sent_shows_its_checks_as_they_were_then(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    draft = draft_outreach(scope, desk.contacts["pine"])
    waiting = send_draft(scope, draft)
    assert isinstance(waiting, Waiting)
    approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    sent = preview(scope, draft)
    assert sent["state"] == "sent" and sent["sendable"], [one for one in sent["checks"] if not one["passed"]]
    fact = next(claim["fact_ids"][0] for claim in sent["claims"] if claim["fact_ids"] and not claim["ours"])
    perform(scope, WithdrawFact(fact_id=UUID(fact), expected_version=1, reason="wrong"))
    assert preview(scope, draft)["claims"] == sent["claims"], "what fell since was true when it was sent"
    another = preview(scope, draft_outreach(scope, desk.contacts["pine"]))
    assert not {one["id"]: one["passed"] for one in another["checks"]}["contact-cap"], "the next one waits"


def test_text_with_places_to_fill_or_control_characters_is_refused_by_its_checks(desk: Desk) -> None:
    scope = desk.cast.scope("alice")
    for subject, body, check in (
        ("Hello {first_name}", "Hi Elena,", "no-slots-left"),
        ("Hello", "Hi [NAME],", "no-slots-left"),
        ("Hello\r\nBcc: all@pine.example", "Hi Elena,", "subject-form"),
        ("Hello", "Hi Elena,\u200b", "body-form"),
        ("", "Hi Elena,", "subject-form"),
    ):
        action = WriteDraft(contact_id=desk.contacts["pine"], subject=subject, body=body, writer="by hand")
        done = perform(scope, action)
        assert isinstance(done, Performed)
        checks = {one["id"]: one["passed"] for one in preview(scope, UUID(done.result["draft_id"]))["checks"]}
        assert checks[check] is False, (subject, body)
