"""Words of a client's document reach no buyer; of our own papers only those that two people let out, as long as they do."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Conflict, Performed, Refused, perform
from remit.db.sessions import read
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.papers import ReleasePaper, WithdrawPaper, load_papers
from remit.domains.questionnaires import drafting, queries
from remit.domains.questionnaires.proposing import Pick, Place, ProposeAnswers
from remit.kit import clock
from tests.support import papers
from tests.support import questionnaires as made
from tests.support.cast import Cast

SECRET = "1.1 Lockout\nPine Capital locks an account after nine failed sign-on attempts in its own systems."
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
    for who, why in (("cora", "You added it"), ("alice", "SEs, enablement and compliance"), ("robo", ".")):
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
