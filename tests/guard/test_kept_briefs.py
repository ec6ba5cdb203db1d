"""What is kept at an account is read by everybody who sees the account: nothing of another account may stand in it.

Charlie sits on pine's deal team and sees nothing else of North. Alice, who sees pine and oak, keeps a brief and a
comparison at pine. Of oak's deals neither a word nor a count reaches him.
"""

from __future__ import annotations

from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import NotFound, Performed, perform
from remit.domains.accounts.queries import get_account
from remit.domains.briefs.actions import SaveBrief
from remit.domains.briefs.queries import get_brief, get_saved, list_lost_deals
from remit.domains.competition.actions import SaveComparison
from remit.domains.competition.queries import get_comparison
from remit.domains.opportunities.actions import CloseOpportunity, CreateOpportunity
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.cast import Cast

SECRET = "Oak's CIO Jane Roe went to Veldmark for 2 bp"


@pytest.fixture(scope="module")
def rival(cast: Cast) -> dict[str, UUID]:
    """Veldmark in a lost deal of oak and in one of pine, on which Charlie has a seat."""
    found = {"competitor": new_id(), "product": new_id()}
    cast.sql(
        "INSERT INTO remit.competitors (id, name, name_key) VALUES (:id, 'Veldmark', 'veldmark')", id=found["competitor"]
    )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.products (id, name, family) VALUES (:id, 'OMS', 'order management')", id=found["product"]
    )  # fmt: skip
    for account, reason in (("oak", SECRET), ("pine", "missing basket orders")):
        made = CreateOpportunity(
            account_id=cast.accounts[account], name=f"{account} OMS", product_id=found["product"]
        )
        found[account] = UUID(perform(cast.scope("alice"), made).result["opportunity_id"])  # type: ignore[union-attr]
        cast.sql(
            "UPDATE remit.opportunities SET competitor_id = :c WHERE id = :id", c=found["competitor"], id=found[account]
        )  # fmt: skip
        closed = CloseOpportunity(
            opportunity_id=found[account], expected_version=1, outcome="lost", reason=reason
        )
        perform(cast.scope("alice"), closed)
    cast.sql(
        "INSERT INTO remit.deal_team (opportunity_id, person_id, account_id, access_id, role)"
        " VALUES (:deal, :person, :account, :access, 'se')",
        deal=found["pine"], person=cast.people["charlie"], account=cast.accounts["pine"], access=cast.access["pine"],
    )  # fmt: skip
    return found


def _everything_kept(cast: Cast, done: object) -> str:
    """What Charlie reads of it: the copy and the note on the timeline; and the stored JSON."""
    assert isinstance(done, Performed)
    kept = get_saved(cast.scope("charlie"), UUID(done.result["brief_id"]))
    [(note, document)] = cast.sql(
        "SELECT x.body, b.document::text FROM remit.briefs b JOIN remit.activities x ON x.id = b.note_id WHERE b.id = :id",
        id=kept.id,
    )
    return f"{kept.body}\n{note}\n{document}"


def test_charlie_sees_pine_and_not_oak(cast: Cast, rival: dict[str, UUID]) -> None:
    assert get_account(cast.scope("charlie"), cast.accounts["pine"]).name == "Pine Capital"
    with pytest.raises(NotFound):
        get_account(cast.scope("charlie"), cast.accounts["oak"])


def test_a_kept_brief_tells_nothing_of_another_account(cast: Cast, rival: dict[str, UUID]) -> None:
    pine = cast.accounts["pine"]
    seen = get_brief(cast.scope("alice"), "account", pine, now=clock.now())
    shown = "\n".join(line.text for line in seen.lines())
    assert "Missing function: 1 of 2 lost deals like this" in shown and "Jane Roe" not in shown
    save = SaveBrief(about="account", subject_id=pine, sha256=seen.sha256)
    told = _everything_kept(cast, perform(cast.scope("alice"), save))
    assert "missing basket orders" in told  # its own, in words
    for word in ("Jane Roe", "Oak", "lost deals like this", "of 2"):
        assert word not in told, word


def test_the_same_content_is_kept_whoever_saves_it(cast: Cast, rival: dict[str, UUID]) -> None:
    briefs = [
        get_brief(cast.scope(who), "account", cast.accounts["pine"], now=clock.now())
        for who in ("alice", "charlie", "vera")
    ]
    assert len({one.sha256 for one in briefs}) == 1
    assert "1 of 1 lost deals like this" in "\n".join(line.text for line in briefs[1].lines())
    for kind in (None, "a competitor", SECRET):
        rows = list_lost_deals(cast.scope("charlie"), cast.accounts["pine"], kind, now=clock.now())
        assert {one.account for one in rows} <= {"Pine Capital"}, kind


def test_a_kept_comparison_counts_the_account_alone(cast: Cast, rival: dict[str, UUID]) -> None:
    given = (rival["competitor"], rival["product"])
    seen = get_comparison(cast.scope("alice"), *given, account_id=cast.accounts["pine"], now=clock.now())
    assert seen.record.rate.n == 2 and "Jane Roe" not in str(seen.document())
    save = SaveComparison(
        account_id=cast.accounts["pine"], competitor_id=given[0], product_id=given[1], sha256=seen.sha256
    )
    told = _everything_kept(cast, perform(cast.scope("alice"), save))
    assert "Won 0 of 1" in told and "of Pine Capital" in told
    for word in ("Jane Roe", "Oak", "Won 0 of 2", "of North"):
        assert word not in told, word
