"""A price book, live proposal templates and an open deal, all through the door: what a proposal is drawn up from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from remit.actions import Action, Performed, Waiting, approve, perform
from remit.domains.library import queries as library
from remit.domains.library.actions import ApproveTemplates, ReviewTemplates, SubmitTemplates
from remit.domains.library.writing import WriteTemplates
from remit.domains.opportunities.actions import CreateOpportunity
from remit.domains.proposals import queries
from remit.domains.proposals.actions import DraftProposal
from remit.domains.proposals.records import Proposal
from remit.domains.proposals.terms import Asked, Terms
from remit.domains.quoting.actions import ManagePrice, ManageProduct, PriceLine
from remit.kit import clock
from tests.support.cast import Cast
from tests.support.desk import Desk

LIBRARY = Path(__file__).resolve().parents[2] / "library"
NEED = "splits of one order across prime brokers"


def done(answer: Performed | Waiting) -> Performed:
    assert isinstance(answer, Performed), answer
    return answer


def agreed(cast: Cast, maker: str, action: Action, checker: str) -> Performed:
    """What `maker` asks for and `checker` approves."""
    waiting = perform(cast.scope(maker), action)
    assert isinstance(waiting, Waiting), waiting
    return approve(cast.scope(checker), waiting.suggestion_id, waiting.payload_hash)


@dataclass(frozen=True)
class Office:
    """The desk with products and prices (Olga enters, Vera approves), the library's proposal sections, a deal of Alice's at pine."""

    desk: Desk
    products: dict[str, UUID]
    deal_id: UUID

    @property
    def cast(self) -> Cast:
        return self.desk.cast

    def terms(self, **more: Any) -> Terms:
        """Forty seats of the OMS for a year, no discount."""
        given = {
            "lines": (Asked(product_id=self.products["Northlake OMS"], quantity=Decimal(40)),), "sites": 1,
            "expires_on": clock.today() + timedelta(days=30),
        }  # fmt: skip
        return Terms(**given | more)

    def draft(self, who: str = "alice", **more: Any) -> Proposal:
        """A proposal as `who` draws it up."""
        shown = {name: more.pop(name) for name in ("opened_at", "title") if name in more}
        action = DraftProposal(opportunity_id=self.deal_id, terms=self.terms(**more), **shown)
        made = done(perform(self.cast.scope(who), action))
        return queries.get_proposal(self.cast.scope(who), UUID(made.result["proposal_id"]))

    def price(self, product: str, major: int, unit: str = "user and year", day: date | None = None) -> int:
        """A new version of the price book; gives its number."""
        line = PriceLine(
            product_id=self.products[product], unit=unit, price_minor=major * 100, price_currency="USD"
        )
        action = ManagePrice(lines=(line,), valid_from_on=day or clock.today())
        return int(agreed(self.cast, "olga", action, "vera").result["generation"])


def make_office(desk: Desk) -> Office:
    """All of it, once per database."""
    cast = desk.cast
    products = {}
    for name in ("Northlake OMS", "Northlake EMS", "Northlake Onboarding"):
        made = done(perform(cast.scope("olga"), ManageProduct(name=name)))
        products[name] = UUID(made.result["product_id"])
    lines = tuple(
        PriceLine(product_id=products[name], unit=unit, price_minor=minor, price_currency="USD")
        for name, unit, minor in (
            ("Northlake OMS", "user and year", 1_440_000), ("Northlake EMS", "user per month", 150_000), ("Northlake Onboarding", "each", 2_500_000),
        )
    )  # fmt: skip
    agreed(cast, "olga", ManagePrice(lines=lines, valid_from_on=clock.today()), "vera")
    _library(cast)
    desk.fact("pine", "need", NEED, sayable="told_by_them", source_name="Call")
    deal = CreateOpportunity(
        account_id=cast.accounts["pine"], name="OMS for Pine", contact_id=desk.contacts["pine"]
    )
    made = done(perform(cast.scope("alice"), deal))
    return Office(desk, products, UUID(made.result["opportunity_id"]))


def _library(cast: Cast) -> None:
    sources = tuple(path.read_text("utf-8") for path in sorted(LIBRARY.glob("ae-proposal-*.md")))
    written = done(perform(cast.scope("mia"), WriteTemplates(sources=sources))).result["written"]
    ids = tuple(UUID(one["version_id"]) for one in written)
    for who, kind in (("mia", SubmitTemplates), ("vera", ReviewTemplates), ("cora", ApproveTemplates)):
        seen = tuple(library.get_version(cast.scope(who), one).version for one in ids)
        perform(cast.scope(who), kind(version_ids=ids, expected_versions=seen))
