"""The sections of a brief, each from its own records. Pure: a section with no record has no line, and says so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote as in_address
from uuid import UUID

from sqlalchemy import Row

from remit.domains.accounts.rules import segment_name
from remit.domains.briefs import lines
from remit.domains.briefs.gathering import Gathered
from remit.domains.briefs.model import Citation, Line, Section, fitted
from remit.domains.opportunities.rules import stage_name
from remit.evidence.facts import Fact, looks_like_instruction, plain_line, why_secret
from remit.kit.money import stored
from remit.kit.text import by_number

TRIGGER_DAYS: Final = 180
"""News older than half a year is no reason to meet now."""
CONTRACT_DAYS: Final = 365
TRIGGERS: Final = frozenset({"launch", "hire", "office", "need", "holdings_change"})
FILED: Final = ("aum", "holdings_change", "prime_broker", "custodian", "administrator", "headcount")
PAPERS: Final = frozenset({"10-K", "10-Q", "8-K", "13F", "ADV", "call_transcript", "news"})
MOST_PAPERS: Final = 3
_MOST_LOSSES: Final = 2
_TOGETHER: Final = frozenset({"prime_broker", "custodian", "administrator", "strategy", "instrument"})
_ROOM: Final = {"who": 5, "why_now": 6, "changed": 7, "holdings": 8, "promises": 6, "objections": 6}
_KIND_WORDS: Final = {"email": "e-mail", "call": "call", "meeting": "meeting", "note": "note"}


def who(g: Gathered) -> Section:
    """The people: the one whom it is with first, then those we spoke to last."""
    account_id, main = g.account.id, g.main
    found = []
    for one in g.contacts:
        last = g.last.get(one.id)
        told = ", ".join(part for part in (one.name or one.email or "somebody", one.title) if part)
        told += " (main contact)" if one is main else ""
        if last is None:
            cited = lines.contact_citation(account_id, "People", None)
            found.append(((one is not main, 1, 0.0), Line(f"{told}; no contact on record", None, (cited,))))
            continue
        word = _called(last.kind, 1, came_in=last.direction == "in")
        cited = lines.activity_citation(last, account_id, f"last {word}", g.on(last.at))
        found.append(((one is not main, 0, -last.at.timestamp()), Line(told, g.on(last.at), (cited,))))
    ordered = [line for _, line in sorted(found, key=lambda each: each[0])]
    return _section(g, "who", ordered, "Nobody is known at this account.")


def why_now(g: Gathered) -> Section:
    """Trigger facts of the last half year, the end of a contract, and where each open deal stands."""
    recent = g.day - timedelta(days=TRIGGER_DAYS)
    news = [
        lines.fact_line([fact], g.met_on)
        for fact, _ in _repeatable(g)
        if (fact.kind in TRIGGERS and fact.as_of_on >= recent) or (fact.kind == "contract_end" and _ends_soon(g, fact.value))
    ][:4]  # fmt: skip
    return _section(
        g, "why_now", [*(_deal(row, g) for row in g.deals[:2]), *news], "No news of the last half year and no open deal is on record."
    )  # fmt: skip


def _ends_soon(g: Gathered, value: str) -> bool:
    return g.day.isoformat() <= value <= (g.day + timedelta(days=CONTRACT_DAYS)).isoformat()


def _deal(row: Row[Any], g: Gathered) -> Line:
    since = g.on(row.stage_since_at) if row.stage_since_at else None
    parts = [
        f"{lines.deal_name(row, g.account.name)}: {stage_name(row.stage)}{f' since {lines.day(since)}' if since else ''}",
        lines.amount(stored(row.amount_minor, row.amount_currency)),
        f"close expected {lines.day(row.close_on)}" if row.close_on else "no close date",
        f"next: {row.next_step}{f' ({lines.day(row.next_step_on)})' if row.next_step_on else ''}"
        if row.next_step
        else "no next step",
        f"against {row.competitor}" if row.competitor else "",
    ]
    return Line(
        "; ".join(part for part in parts if part),
        since,
        (lines.deal_citation(row, row.id, g.on(row.updated_at)),),
    )


def changed(g: Gathered, shown: Collection[UUID]) -> Section:
    """What is new since the last meeting: stages, talk, people, and the facts that are not `shown` above, marked new."""
    if g.met_on is None:
        return _section(g, "changed", [], "No meeting before this one is on record.")
    fresh = [(fact, why) for fact, why in _repeatable(g) if fact.as_of_on > g.met_on]
    rest = [each for each in fresh if each[0].id not in shown]
    ordered = sorted(rest, key=lambda each: each[0].kind not in TRIGGERS)
    facts = [_with_before(g, group) for group, _ in lines.grouped(ordered, _TOGETHER)]
    people = [
        Line(
            f"New on record: {row.name or 'somebody'}{f', {row.title}' if row.title else ''}", g.on(row.created_at),
            (lines.contact_citation(g.account.id, "People", g.on(row.created_at)),),
        )
        for row in g.new_people
    ]  # fmt: skip
    nothing = (
        "What is new stands in its own section, marked so." if fresh else "Nothing has changed on record."
    )
    found = [*_moves(g), *_spoken(g), *people, *facts]
    return _section(g, "changed", found, nothing)


def _moves(g: Gathered) -> Iterator[Line]:
    """One line a deal: where it was at the last meeting, and where it is now."""
    by_deal: dict[object, list[Row[Any]]] = {}
    for row in g.moves:  # newest first
        by_deal.setdefault(row.opportunity_id, []).append(row)
    for rows in by_deal.values():
        newest, before = rows[0], rows[-1].from_stage
        come = f" from {stage_name(before)}" if before else ", opened since"
        ends = (rows[0],) if len(rows) == 1 else (rows[-1], rows[0])
        cited = tuple(
            lines.deal_citation(row, row.opportunity_id, g.on(row.at), "Stage history") for row in ends
        )
        name = lines.deal_name(newest, g.account.name)
        yield Line(f"{name} moved to {stage_name(newest.to_stage)}{come}", g.on(newest.at), cited)


def _with_before(g: Gathered, group: list[Fact]) -> Line:
    """A fact of a single-valued kind with the value that it replaced, where that is on record."""
    line, first = lines.fact_line(group, g.met_on), group[0]
    older = next(
        (
            fact
            for fact in (*(each for each, _ in g.facts), *g.expired)
            if (fact.kind, fact.subject) == (first.kind, first.subject) and fact.as_of_on < first.as_of_on
        ),
        None,
    )
    if first.kind not in ("aum", "headcount", "stack") or older is None or older.value == first.value:
        return line
    if why_secret(older) or looks_like_instruction(older.value):
        return line
    text = f"{line.text}, before {plain_line(older.value)} ({lines.day(older.as_of_on)})"
    return Line(text, line.as_of, (*line.citations, lines.fact_citation(older)), line.private, line.new)


def _spoken(g: Gathered) -> Iterator[Line]:
    """Calls, e-mails and notes since: the newest of each kind, with how many there were."""
    by_kind: dict[tuple[str, bool], list[Row[Any]]] = {}
    for row in g.since:
        by_kind.setdefault((row.kind, row.direction == "in"), []).append(row)
    for (kind, came_in), rows in by_kind.items():
        word = _called(kind, 1, came_in=came_in)
        count = f"{len(rows)} {_called(kind, len(rows), came_in=came_in)}, the last" if len(rows) > 1 else word.capitalize()  # fmt: skip
        with_whom = f" with {rows[0].contact}" if rows[0].contact and kind != "note" and not came_in else ""
        yield Line(
            lines.short(f"{count}{with_whom}: “{plain_line(rows[0].subject)}”"), g.on(rows[0].at),
            tuple(lines.activity_citation(row, g.account.id, word.capitalize(), g.on(row.at)) for row in rows[:5]),
        )  # fmt: skip


def _called(kind: str, count: int, *, came_in: bool) -> str:
    """A kind of activity in words; a note that came in is a text that one of us pasted, whoever wrote it."""
    if kind == "note" and came_in:
        return f"{by_number(count, 'text')} from outside"
    return by_number(count, _KIND_WORDS.get(kind, kind)) + (" from them" if came_in else "")


def holdings(g: Gathered) -> Section:
    """What filings say: assets, positions, prime brokers, custodians, administrators, people; each the newest."""
    filed = [(fact, why) for fact, why in _repeatable(g) if fact.kind in FILED]
    found: dict[tuple[str, str], Line] = {}
    for group, _ in lines.grouped(filed, _TOGETHER):  # newest first: the older ones of a kind are history
        first = group[0]
        apart = str(first.id) if first.kind == "holdings_change" else first.subject.casefold()
        found.setdefault((first.kind, apart), _with_before(g, group))
    ordered = [found[key] for key in sorted(found, key=lambda key: FILED.index(key[0]))]
    nothing = "No holdings and no filing are on record."
    return _section(g, "holdings", [*_documents(g), *ordered], nothing)


def _documents(g: Gathered) -> list[Line]:
    """The newest filings and calls that are kept whole. A title is text from outside: one that gives orders is not repeated."""
    found = []
    for one in g.documents:
        if one.kind in PAPERS and one.day <= g.day:
            title = "" if looks_like_instruction(one.title) else plain_line(one.title)
            cited = Citation(one.source_name, one.day, f"/documents/{one.id}", one.accession_number or "")
            text = lines.short(f"{one.kind_name}{f': {title}' if title else ''}")
            found.append(Line(text, one.day, (cited,), new=g.met_on is not None and one.day > g.met_on))
    return found[:MOST_PAPERS]


def promises(g: Gathered) -> Section:
    """Open tasks on the account: what we promised and what they did, the oldest date first."""
    found = []
    for row in g.promises:
        whose = (
            f"{row.contact or 'They'} promised"
            if row.direction == "in"
            else f"We promised ({row.owner or 'nobody named'})"
        )
        due = g.on(row.due_at) if row.due_at else None
        late = due is not None and due < g.day
        when = f", {'was due' if late else 'due'} {lines.day(due)}" if due else ", no date"
        cited = lines.activity_citation(row, g.account.id, "Task", g.on(row.at))
        found.append(
            Line(
                lines.short(f"{whose}: {plain_line(row.subject)}{when}"),
                g.on(row.at),
                (cited,),
            )
        )
    return _section(g, "promises", found, "No open task is on record, ours or theirs.")


def objections(g: Gathered) -> Section:
    """Why deals like this one were lost, by our own records: this account's first, then its segment with counts."""
    found = []
    for row in g.own_losses[:2]:
        told = f"{lines.deal_name(row, g.account.name)} was lost: {row.loss_reason or 'no reason given'}{f' ({row.competitor})' if row.competitor else ''}"
        found.append(
            Line(
                told,
                g.on(row.closed_at),
                (lines.deal_citation(row, row.id, g.on(row.closed_at), "Lost deal"),),
            )
        )
    for row in g.deals[:2]:
        if row.competitor:
            href = f"/compare?competitor={row.competitor_id}&account={g.account.id}"
            cited = Citation("Competitive note", g.day, href)
            found.append(
                Line(
                    f"{row.competitor} is in {lines.deal_name(row, g.account.name)}: have the competitive note at hand",
                    g.day,
                    (cited,),
                )
            )
    return _section(
        g,
        "objections",
        [*found, *_losses_like_this(g)],
        "No lost deal of this account or its segment is on record.",
    )


def _losses_like_this(g: Gathered) -> Iterator[Line]:
    """Counts over accounts, by kind and without a word of theirs; not shared, for another reader of this account sees others."""
    total = sum(one.n for one in g.losses)
    place = f"{g.account.territory}, {segment_name(g.account.segment).lower()}"
    for one in g.losses[:_MOST_LOSSES]:
        href = f"/accounts/{g.account.id}/objections?reason={in_address(one.kind)}"
        cited = Citation(f"Deals lost in two years that you may see, {place}", g.on(one.newest_at), href)
        text = f"{one.kind[:1].upper()}{one.kind[1:]}: {one.n} of {total} lost deals like this"
        yield Line(text, g.on(one.newest_at), (cited,), shared=False)


def _repeatable(g: Gathered) -> Sequence[tuple[Fact, str]]:
    """Facts in force that a brief may repeat: none that reads like an order, is replaced, or lies in the future."""
    return [(fact, why) for fact, why in g.facts if why not in ("instruction", "older", "not_yet")]


def _section(g: Gathered, key: str, found: Sequence[Line], nothing: str) -> Section:
    return fitted(key, found, _ROOM.get(key, 6), nothing, g.account.id)
