"""What came out of a simulation, in the terms of the field: the figures of docs/demo.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from statistics import median
from typing import NamedTuple

from remit.demo import parameters as p
from remit.demo.generate import Summary, account_count, client_rows, firm_of
from remit.demo.tables import Account, Activity, Lead, Opportunity


class Figure(NamedTuple):
    """One figure: `value` as the page says it, `n` what it rests on."""

    name: str
    value: str
    n: int


def figures(seed: int, as_of: date, scale: float = 1) -> list[Figure]:
    """The figures of one simulation, computed from its rows."""
    firm, summary = firm_of(seed, as_of, scale), Summary(seed, as_of, scale)
    rows = [row for number in range(account_count(scale)) for row in client_rows(firm, number, summary)]
    deals = [row for row in rows if isinstance(row, Opportunity)]
    return [
        *_outcomes(deals),
        *_leads([row for row in rows if isinstance(row, Lead)]),
        *_mails([row for row in rows if isinstance(row, Activity)]),
        *_books([row for row in rows if isinstance(row, Account)], deals, as_of),
    ]


def _outcomes(deals: list[Opportunity]) -> list[Figure]:
    won = [deal for deal in deals if deal.outcome == p.WON]
    lost = [deal for deal in deals if deal.outcome == p.LOST]
    days = [(deal.closed_at - deal.created_at) / 86_400 for deal in won if deal.closed_at is not None]
    amounts = [deal.amount_minor / 100 for deal in won if deal.amount_minor is not None]
    given = [deal.discount_rate for deal in won if deal.discount_rate is not None]
    reasons = Counter(deal.loss_reason for deal in lost)
    closed = len(won) + len(lost)
    return [
        Figure("win rate, won ÷ (won + lost), by count", _share(len(won), closed), closed),
        Figure("median days from opening to signature", f"{median(days):.0f}", len(won)),
        Figure("median yearly amount of won deals", f"${median(amounts):,.0f}", len(amounts)),
        Figure("mean discount of won deals", f"{sum(given) / len(given):.1%}", len(given)),
        Figure("lost to no decision, of lost", _share(reasons["no decision"], len(lost)), len(lost)),
        Figure(
            "lost to a competitor, of lost", _share(reasons["lost to a competitor"], len(lost)), len(lost)
        ),
    ]


def _leads(leads: list[Lead]) -> list[Figure]:
    done = [lead for lead in leads if lead.state in ("converted", "disqualified")]
    found = [Figure("leads that became opportunities, of decided", _converted(done), len(done))]
    for channel in ("referral", "outbound"):
        some = [lead for lead in done if lead.channel == channel]
        found.append(Figure(f"the same, {channel}", _converted(some), len(some)))
    return found


def _converted(leads: list[Lead]) -> str:
    return _share(sum(lead.state == "converted" for lead in leads), len(leads))


def _mails(activities: list[Activity]) -> list[Figure]:
    sent = [each for each in activities if each.kind == "email" and each.direction == "out"]
    cold = [each for each in sent if each.opportunity_id is None]
    warm = [each for each in sent if each.opportunity_id is not None]
    back = [each for each in activities if each.direction == "in" and each.subject.startswith("Re: ")]
    cold_back = sum(each.opportunity_id is None and "/dirt/" not in each.external_id for each in back)
    warm_back = sum(each.opportunity_id is not None for each in back)
    return [
        Figure("replies to e-mails outside deals", _share(cold_back, len(cold)), len(cold)),
        Figure("replies to e-mails in deals", _share(warm_back, len(warm)), len(warm)),
    ]


def _books(accounts: list[Account], deals: list[Opportunity], as_of: date) -> list[Figure]:
    still = [deal for deal in deals if deal.outcome is None]
    late = sum(deal.close_on is not None and deal.close_on < as_of for deal in still)
    customers = sum(account.relation == "customer" for account in accounts)
    return [
        Figure("open opportunities with a close date in the past", _share(late, len(still)), len(still)),
        Figure("accounts that are customers", _share(customers, len(accounts)), len(accounts)),
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def table(found: Iterable[Figure]) -> str:
    """The figures as rows of a Markdown table: name, value, n."""
    return "\n".join(f"| {each.name} | {each.value} | {each.n:,} |" for each in found)
