"""A line without an approved answer is quoted from a paper of ours: confirmed by a person, out of date, contradicted, taken back."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest

from remit.actions import Performed, Refused, perform
from remit.domains.documents.actions import AddDocument
from remit.domains.questionnaires import answers, drafting, exporting, learning, queries
from remit.domains.questionnaires.actions import ApproveQuestionnaire
from remit.domains.questionnaires.deciding import AnswerQuestion
from remit.kit import clock
from tests.support import papers
from tests.support import questionnaires as made
from tests.support.cast import Cast

RPO = ("What is your recovery point objective?", "", "The recovery point objective is 15 minutes.")
ASKED = (
    b"No,Question,Response,Comments\n1,Is an account locked after failed sign-on attempts?,,\n2,How often are backups taken?,,\n"
    b"3,What is your recovery point objective?,,\n4,How often do you do penetration tests?,,\n5,Do you keep bees?,,\n"
)
LOCK = "An account is locked after five failed sign-on attempts."
BACKUP = (
    "Backups are taken every night and kept in a second site. The recovery point objective is 40 minutes."
)


@pytest.fixture(scope="module")
def paper(cast: Cast) -> UUID:
    """The paper of `tests.support.papers`, and one approved answer that it contradicts."""
    made.engineer(cast)
    made.approved(cast, RPO)
    found = papers.added(cast)
    papers.release(cast, found, by="sam")
    return found


@pytest.fixture(scope="module")
def kept(cast: Cast, paper: UUID) -> UUID:
    """A questionnaire of Pine Capital with what is quoted."""
    return drafting.add(cast.scope("alice"), ASKED, "pine.csv", cast.accounts["pine"], title="Pine review")


def items(cast: Cast, kept: UUID) -> list[queries.Item]:
    return queries.list_items(cast.scope("alice"), kept)


def decide(cast: Cast, item: queries.Item, decision: str, who: str = "sam", **more: str) -> None:
    action = AnswerQuestion(item_id=item.id, expected_version=item.version, decision=decision, **more)  # type: ignore[arg-type]
    assert isinstance(perform(cast.scope(who), action), Performed)


def test_words_are_quoted_with_place_owner_and_age(cast: Cast, kept: UUID, paper: UUID) -> None:
    found = items(cast, kept)
    assert [each.state for each in found] == ["quoted", "quoted", "conflict", "quoted", "gap"]
    lock, backup, rpo = found[:3]
    assert (lock.answer, lock.short, lock.document_id, lock.document_place) == (
        LOCK,
        "",
        paper,
        "1.1 Lockout",
    )
    assert papers.TEXT[slice(*lock.document_at)] == LOCK and backup.answer == BACKUP
    assert (lock.source_owner, lock.source_name, lock.source_state) == ("Alice", "Security overview", "live")
    assert lock.as_of_on == clock.today() - timedelta(days=40)
    assert (rpo.answer, rpo.against_text, rpo.against_place) == (RPO[2], BACKUP, "1.2 Backups")
    drafted = drafting.draft(cast.scope("alice"), ASKED, "x.csv")
    assert b"locked" not in drafted.data.split(b"\n")[1].split(b",", 2)[2]  # not before a person confirmed it


def test_a_person_says_what_the_words_amount_to(cast: Cast, kept: UUID) -> None:
    lock, backup, rpo, pentest, bees = items(cast, kept)
    with pytest.raises(Refused, match="say which the document's words amount to"):
        decide(cast, lock, "accept")
    decide(cast, lock, "accept", short="yes")
    decide(cast, backup, "accept")
    decide(cast, rpo, "accept")
    decide(cast, pentest, "accept")
    decide(cast, bees, "blank", reason="Not ours")
    whole = queries.get_questionnaire(cast.scope("bob"), kept)
    seen = queries.hash_of(items(cast, kept))
    approve = ApproveQuestionnaire(questionnaire_id=kept, expected_version=whole.version, answers_sha256=seen)
    assert isinstance(perform(cast.scope("bob"), approve), Performed)
    rows = list(csv.reader(io.StringIO(exporting.export(cast.scope("bob"), kept).data.decode())))
    assert rows[1][2:] == ["Yes", LOCK] and rows[2][2] == BACKUP


def test_confirmed_words_may_become_an_approved_answer(cast: Cast, kept: UUID) -> None:
    lock = items(cast, kept)[0]
    made_id = learning.keep_line(
        cast.scope("sam"),
        lock.id,
        product="",
        as_of_on=clock.today(),
        review_by_on=clock.today() + timedelta(days=365),
    )
    assert made_id is not None
    found = answers.get_answer(cast.scope("cora"), made_id)
    assert (found.state, found.short, found.answer, found.source_name) == (
        "draft",
        "yes",
        LOCK,
        "Security overview, 1.1 Lockout",
    )
    assert (found.as_of_on, found.review_by_on) == (lock.as_of_on, lock.review_by_on)


def test_what_is_out_of_date_withdrawn_or_superseded_does_not_leave(
    cast: Cast, kept: UUID, paper: UUID
) -> None:
    for change, back in (
        ("state = 'withdrawn'", "state = 'released'"), ("review_by_on = current_date - 1", "review_by_on = current_date + 90"),
    ):  # fmt: skip
        cast.sql(f"UPDATE remit.papers SET {change} WHERE document_id = :id", id=paper)
        with pytest.raises(Refused, match="source of 3 accepted answers is not approved or current"):
            exporting.export(cast.scope("bob"), kept)
        again = drafting.draft(cast.scope("alice"), ASKED, "x.csv").lines[0]
        assert again.state == ("stale" if "review" in change else "gap")
        cast.sql(f"UPDATE remit.papers SET {back} WHERE document_id = :id", id=paper)
    newer = AddDocument(
        document_kind="other", title="Security overview", source_name="ours", text=papers.TEXT.replace("five", "six"), supersedes_id=paper
    )  # fmt: skip
    assert isinstance(perform(cast.scope("cora"), newer), Performed)
    assert drafting.draft(cast.scope("alice"), ASKED, "x.csv").lines[0].state == "gap"


def test_the_file_is_kept_once_and_the_record_names_it(cast: Cast, kept: UUID) -> None:
    ((payload, sha256, size),) = cast.sql(
        "SELECT a.payload, q.sha256, length(q.file) FROM remit.actions a JOIN remit.questionnaires q ON q.id = :id"
        " WHERE a.kind = 'AddQuestionnaire' AND a.result ->> 'questionnaire_id' = CAST(:id AS text)",
        id=kept,
    )
    assert "file" not in payload and payload["file_sha256"] == sha256 and size == len(ASKED)
    cast.sql("UPDATE remit.questionnaires SET file = 'other'::bytea WHERE id = :id", id=kept)
    cast.sql("UPDATE remit.papers SET state = 'released' WHERE true")
    cast.sql("UPDATE remit.documents SET state = 'live' WHERE account_id IS NULL")
    with pytest.raises(Refused, match="another hash"):
        exporting.export(cast.scope("bob"), kept)


def test_particulars_come_from_our_own_record(cast: Cast) -> None:
    file = b"Question,Response\nSolution Provider Contact Name,\nSolution Provider Contact Email,\nAccessibility Contact Name,\nVendor name,\n"
    kept = drafting.add(cast.scope("alice"), file, "form.csv", cast.accounts["oak"])
    name, email, other, firm = items(cast, kept)
    assert (name.state, name.answer, name.document_place) == (
        "proposed",
        "Alice",
        "our own record: who added the questionnaire",
    )
    assert email.answer == "alice@northlake.example" and (other.state, firm.state) == (
        "gap",
        "gap",
    )  # no name is on record here
    decide(cast, name, "accept")
    assert items(cast, kept)[0].state == "accepted"
