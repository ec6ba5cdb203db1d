"""Words of a client's document reach no buyer; of our own papers only those that two people let out, as long as they do."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Conflict, Performed, Refused, perform
from remit.db.sessions import read
from remit.domains.documents.actions import AddDocument
from remit.domains.questionnaires import drafting, queries
from remit.domains.questionnaires.deciding import AnswerQuestion
from remit.domains.questionnaires.papers import load_papers
from remit.domains.questionnaires.proposing import Pick, Place, ProposeAnswers
from remit.domains.questionnaires.releasing import ReleasePaper, WithdrawPaper
from remit.kit import clock
from tests.support import papers
from tests.support import questionnaires as made
from tests.support.cast import Cast

SECRET = "1.1 Lockout\nPine Capital locks an account after nine failed sign-on attempts in its own systems."
BOAST = "1.1 Hosting\nWe run in two sites of our own.\n\n2.1 Costs\nNorthlake does not claim to be the best OMS on the market, guaranteed to cut your costs by 70 percent.\n"
WRAPPED = (
    "1.1 Hosting\nNorthlake does not offer\nhosting in a cloud of others. We run\nin two sites of our own.\n\n"
    "2.1 Logs\nThe following is never kept:\n\n- Passwords in clear text.\n- Orders of other clients of ours.\n"
)
ASKED = b"Question,Response\nIs an account locked after failed sign-on attempts?,\n"


def test_a_clients_document_is_no_paper_whatever_stands_in_the_table(cast: Cast) -> None:
    made.engineer(cast)
    later = clock.today() + timedelta(days=90)
    done = perform(
        cast.scope("alice"),
        AddDocument(account_id=cast.accounts["pine"], document_kind="other", title="Pine", source_name="them", text=SECRET),
    )  # fmt: skip
    assert isinstance(done, Performed)
    client = UUID(str(done.result["document_id"]))
    with pytest.raises(Refused, match="Only a document of our own"):
        perform(
            cast.scope("sam"),
            ReleasePaper(document_id=client, owner_id=cast.people["sam"], review_by_on=later),
        )
    cast.sql(
        "INSERT INTO remit.papers (document_id, owner_id, released_by, released_at, review_by_on) VALUES (:d, :p, :p, now(), :on)",
        d=client, p=cast.people["sam"], on=later,
    )  # fmt: skip
    with read(cast.scope("alice")) as s:
        assert load_papers(s) == []
    kept = drafting.add(cast.scope("alice"), ASKED, "oak.csv", cast.accounts["oak"])
    (item,) = queries.list_items(cast.scope("alice"), kept)
    assert (item.state, item.answer) == ("gap", "")
    # nor by naming the place oneself
    pick = Pick(item_id=item.id, quote=Place(document_id=client, start=0, end=40))
    with pytest.raises(Conflict):
        perform(cast.scope("alice"), ProposeAnswers(questionnaire_id=kept, picks=(pick,)))


def test_a_paper_is_released_by_somebody_else_and_ends(cast: Cast) -> None:
    ours = papers.added(cast)
    later = clock.today() + timedelta(days=90)
    release = ReleasePaper(document_id=ours, owner_id=cast.people["sam"], review_by_on=later)
    for who, why in (
        ("cora", "somebody who did not add it"),
        ("alice", "SEs, enablement and compliance"),
        ("robo", "."),
    ):
        with pytest.raises(Refused, match=why):
            perform(cast.scope(who), release)
    with pytest.raises(Refused, match="a day to come"):
        perform(cast.scope("sam"), release.model_copy(update={"review_by_on": clock.today()}))
    papers.release(cast, ours, by="sam")
    with read(cast.scope("charlie")) as s:
        (paper,) = load_papers(s)
    assert (paper.owner, paper.released_by_name, paper.state) == ("Alice", "Sam", "released")
    perform(cast.scope("cora"), WithdrawPaper(document_id=ours, expected_version=1, reason="An error in 1.2"))
    with read(cast.scope("charlie")) as s:
        assert load_papers(s) == []


def test_words_are_never_cut_out_of_a_paper_against_its_sense(cast: Cast) -> None:
    ours = papers.added(cast, WRAPPED, title="Hosting")
    papers.release(cast, ours, by="sam")
    file = b"Question,Response\nDo you offer hosting in a cloud?,\nAre passwords kept in clear text?,\n"
    kept = drafting.add(cast.scope("alice"), file, "oak.csv", cast.accounts["oak"])
    cloud, logs = queries.list_items(cast.scope("alice"), kept)
    assert (
        cloud.answer
        == "Northlake does not offer\nhosting in a cloud of others. We run\nin two sites of our own."
    )
    assert logs.answer == "" or logs.answer.startswith("The following is never kept:")

    def place(words: str) -> Place:
        start = WRAPPED.index(words)
        return Place(document_id=ours, start=start, end=start + len(words))

    for torn in (
        "hosting in a cloud of others.",
        "- Passwords in clear text.",
        cloud.answer[:-1],
        "We run\nin two sites of our own.",
    ):
        for pick in (
            Pick(item_id=cloud.id, quote=place(torn)),
            Pick(item_id=cloud.id, against_quote=place(torn)),
        ):
            with pytest.raises(Refused, match="no whole passage of “Hosting”"):
                perform(cast.scope("alice"), ProposeAnswers(questionnaire_id=kept, picks=(pick,)))
    # nor when the row already holds such words
    at = place("hosting in a cloud of others.")
    cast.sql(
        "UPDATE remit.questionnaire_items SET answer = :words, document_at = :at WHERE id = :id",
        words=WRAPPED[at.start : at.end], at=[at.start, at.end], id=cloud.id,
    )  # fmt: skip
    accept = AnswerQuestion(item_id=cloud.id, expected_version=cloud.version, decision="accept", short="yes")
    with pytest.raises(Refused, match="not a whole passage"):
        perform(cast.scope("alice"), accept)
    perform(cast.scope("cora"), WithdrawPaper(document_id=ours, expected_version=1, reason="Done with"))


def test_what_no_answer_may_say_no_paper_says(cast: Cast) -> None:
    release = ReleasePaper(
        document_id=papers.added(cast, BOAST, title="Costs"), owner_id=cast.people["sam"], review_by_on=clock.today() + timedelta(days=90)
    )  # fmt: skip
    with pytest.raises(Refused, match=r"not passed.*It stands in 2\.1 Costs: “Northlake does not claim"):
        perform(cast.scope("sam"), release)
    names = papers.added(
        cast, "3.1 Clients\nPine Capital has used our products for many years.", title="Clients"
    )
    with pytest.raises(Refused, match=r"names Pine Capital \(3\.1 Clients\)"):
        perform(cast.scope("sam"), release.model_copy(update={"document_id": names}))
    # a rule of today holds for what was released before it
    cast.sql(
        "INSERT INTO remit.papers (document_id, owner_id, released_by, released_at, review_by_on) VALUES (:d, :p, :p, now(), current_date + 9)",
        d=release.document_id, p=cast.people["sam"],
    )  # fmt: skip
    kept = drafting.add(
        cast.scope("alice"),
        b"Question,Response\nDo you claim to be the best OMS on the market?,\n",
        "oak.csv",
        cast.accounts["oak"],
    )
    (item,) = queries.list_items(cast.scope("alice"), kept)
    assert item.state == "quoted" and item.answer in BOAST
    accept = AnswerQuestion(item_id=item.id, expected_version=item.version, decision="accept", short="no")
    with pytest.raises(Refused, match="not passed"):
        perform(cast.scope("alice"), accept)
