"""What the firm knows of the account's segment: what was won there, what firms like it ask for and use, what we may say to that.

Counts over accounts, so without a name of one: a topic or a system is told when THREE firms or more share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.accounts.rules import segment_name
from remit.domains.briefs.model import Citation, Line, Section, fitted
from remit.domains.facts.queries import load_own_facts
from remit.domains.metrics.win_rate import METHOD, WinRate, win_rate
from remit.evidence.facts import Fact, looks_like_instruction, plain_line, usable
from remit.evidence.lexicon import stems
from remit.kit.text import percent

THREE: Final = 3
_MOST: Final = 3
_ROOM: Final = 6
_OF_SEGMENT: Final = "JOIN remit.accounts a ON a.id = x.account_id WHERE a.segment = :segment AND x.access_id = ANY (CAST(:groups AS int[]))"
CLOSED: Final = f"""
SELECT coalesce(p.name, '') AS product, count(*) FILTER (WHERE x.outcome = 'won') AS won, count(*) FILTER (WHERE x.outcome = 'lost') AS lost,
       max(x.closed_at) AS newest_at
FROM remit.opportunities x LEFT JOIN remit.products p ON p.id = x.product_id {_OF_SEGMENT}
  AND x.outcome IN ('won', 'lost') AND x.closed_at > :since AND x.closed_at <= :now GROUP BY 1 ORDER BY count(*) DESC, 1
"""
DEALS: Final = f"""
SELECT x.id, x.name, x.account_id, a.name AS account, x.outcome, x.closed_at, x.amount_minor, x.amount_currency, x.loss_reason AS reason
FROM remit.opportunities x {_OF_SEGMENT} AND x.outcome IN ('won', 'lost') AND x.closed_at > :since AND x.closed_at <= :now
ORDER BY x.closed_at DESC, x.id LIMIT 200
"""
_LIVE: Final = """AND x.kind = :kind AND x.state = 'live' AND x.sensitivity IN ('public', 'internal') AND x.as_of_on > CAST(:since AS date)
  AND x.as_of_on <= CAST(:now AS date) AND (x.valid_until_on IS NULL OR x.valid_until_on >= CAST(:now AS date))"""
_TOLD: Final = f"""
SELECT lower(x.subject) AS subject, CASE WHEN :kind = 'stack' THEN x.value ELSE '' END AS value, count(DISTINCT x.account_id) AS firms,
       max(x.as_of_on) AS newest_on, (SELECT count(DISTINCT x.account_id) FROM remit.facts x {_OF_SEGMENT} {_LIVE}) AS total
FROM remit.facts x {_OF_SEGMENT} {_LIVE} AND x.subject <> ''
GROUP BY 1, 2 HAVING count(DISTINCT x.account_id) >= {THREE} ORDER BY 3 DESC, 1, 2 LIMIT 12
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """A need's topic, or a kind of system with its name, that `firms` of `total` share; the newest word of it is of `newest_on`."""

    subject: str
    value: str
    firms: int
    newest_on: date
    total: int


@dataclass(frozen=True, slots=True)
class Known:
    """The segment's record. `products`: name with its rate, the most deals first. `able`: our own facts that may be said, all kinds of ours."""

    rate: WinRate
    products: tuple[tuple[str, WinRate], ...]
    newest_at: datetime | None
    needs: tuple[Shared, ...]
    systems: tuple[Shared, ...]
    able: tuple[Fact, ...]


def load_known(s: ReadSession, cohort: dict[str, Any]) -> Known:
    """Read it. `cohort`: segment, groups, since, now, as `gathering.cohort` gives them."""
    rows = s.rows(CLOSED, cohort)
    day = cohort["now"].date()
    return Known(
        win_rate(sum(row.won for row in rows), sum(row.lost for row in rows)),
        tuple((row.product, win_rate(row.won, row.lost)) for row in rows if row.product and row.won + row.lost >= THREE),
        max((row.newest_at for row in rows), default=None), _shared(s, cohort, "need"), _shared(s, cohort, "stack"),
        tuple(usable(load_own_facts(s, ("capability",)), None, day)),
    )  # fmt: skip


def _shared(s: ReadSession, cohort: dict[str, Any], kind: str) -> tuple[Shared, ...]:
    rows = s.rows(_TOLD, cohort | {"kind": kind})
    found = (Shared(**row._mapping) for row in rows)
    return tuple(one for one in found if not looks_like_instruction(f"{one.subject} {one.value}"))


def section(known: Known, account_id: UUID, segment: str, territory: str, day: date) -> Section:
    """Its lines. None is kept with the account: another reader of it sees other accounts."""
    place = f"{territory}, {segment_name(segment).lower()}"
    made = list(_lines(known, f"/accounts/{account_id}/segment", place, day))
    nothing = "No closed deal and no need that three firms share is on record of this segment."
    return fitted("segment", made, _ROOM, nothing, account_id)


def _lines(known: Known, href: str, place: str, day: date) -> Iterator[Line]:
    on = known.newest_at.date() if known.newest_at else day
    if known.rate.n:
        text = f"Won {told(known.rate)} of closed deals in two years"
        yield Line(
            text,
            on,
            (Citation(f"Closed deals that you may see, {place}", on, f"{href}#deals", METHOD),),
            shared=False,
        )
    if known.products:
        parts = "; ".join(f"{name} {told(rate)}" for name, rate in known.products[:_MOST])
        yield Line(
            f"By product: {parts}",
            on,
            (Citation(f"Closed deals that you may see, {place}", on, f"{href}#deals", METHOD),),
            shared=False,
        )
    if known.needs:
        first = known.needs[:_MOST]
        parts = ", ".join(f"{plain_line(one.subject)} ({one.firms})" for one in first)
        text = f"Asked for most: {parts}, of {first[0].total} firms that told us a need"
        newest = max(one.newest_on for one in first)
        yield Line(
            text,
            newest,
            (Citation(f"Needs that they told us, {place}", newest, f"{href}#needs"),),
            shared=False,
        )
    for one in known.systems[:2]:
        text = (
            f"In place at {one.firms} of {one.total} firms: {plain_line(one.value)} ({_system(one.subject)})"
        )
        yield Line(
            text,
            one.newest_on,
            (Citation(f"Systems on record, {place}", one.newest_on, f"{href}#systems"),),
            shared=False,
        )
    yield from _answers(known)


def _system(subject: str) -> str:
    """A kind of system as people write it: OMS, risk system."""
    text = plain_line(subject)
    return text.upper() if len(text) <= 4 else text


def _answers(known: Known) -> Iterator[Line]:
    """What of ours answers what the segment asks for most, in the words of the registry."""
    for need in known.needs[:_MOST]:
        wanted = stems(need.subject)
        fact = next((one for one in known.able if wanted & stems(f"{one.value} {one.topic}")), None)
        if fact is not None:
            cited = Citation(
                fact.source_name, fact.as_of_on, "", fact.locator, fact.quote, fact.valid_until_on, fact.id
            )
            text = f"On {plain_line(need.subject)} we may say: {plain_line(fact.subject)} {plain_line(fact.value)}"
            yield Line(text, fact.as_of_on, (cited,), shared=False)


def told(rate: WinRate) -> str:
    """`5 of 9, 56 % (21 to 86 %)`."""
    if rate.value is None:
        return "none"
    return (
        f"{rate.won_count} of {rate.n}, {percent(rate.value)} ({percent(rate.low)} to {percent(rate.high)})"
    )


def load_deals(s: ReadSession, cohort: dict[str, Any]) -> Sequence[Any]:
    """The closed deals behind the counts, the newest first, 200 at most."""
    return s.rows(DEALS, cohort)
