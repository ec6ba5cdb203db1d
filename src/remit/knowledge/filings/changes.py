"""Positions of a report, and what became of them since the report before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remit.knowledge.filings.model import Holding, PutCall, Report, Warned


@dataclass(frozen=True, slots=True)
class Position:
    """All rows of one security in one form (shares, puts, calls) together. `value` in US dollars."""

    cusip: str
    issuer: str
    title: str
    put_call: PutCall
    share_type: str
    shares: int
    value: int
    rows: int


@dataclass(frozen=True, slots=True)
class Move:
    """A position now and before; `before` or `now` None when it is new or closed. `ratio` = shares now ÷ before."""

    cusip: str
    issuer: str
    put_call: PutCall
    now: Position | None
    before: Position | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Moves from one report to the next; `unchanged` counts positions with the same number of shares."""

    new: tuple[Move, ...]
    closed: tuple[Move, ...]
    increased: tuple[Move, ...]
    decreased: tuple[Move, ...]
    unchanged: int


def positions(holdings: Iterable[Holding]) -> list[Position]:
    """Rows added up by CUSIP, put or call, and share type, the largest value first."""
    grouped: dict[tuple[str, PutCall, str], list[Holding]] = {}
    for each in holdings:
        grouped.setdefault(each.key, []).append(each)
    found = [
        Position(
            cusip,
            rows[0].issuer,
            rows[0].title,
            side,
            kind,
            sum(row.shares for row in rows),
            sum(row.value for row in rows),
            len(rows),
        )
        for (cusip, side, kind), rows in grouped.items()
    ]
    return sorted(found, key=lambda each: (-each.value, each.cusip, each.put_call))


def compare(now: Report, before: Report) -> tuple[Changes, list[Warned]]:
    """What changed from `before` to `now`, each list by value moved, and what makes the comparison doubtful."""
    latest = {(each.cusip, each.put_call, each.share_type): each for each in positions(now.holdings)}
    former = {(each.cusip, each.put_call, each.share_type): each for each in positions(before.holdings)}
    moves = [_move(latest.get(key), former.get(key)) for key in dict.fromkeys([*latest, *former])]
    both = [each for each in moves if each.now and each.before]
    changed = Changes(
        _ordered(each for each in moves if each.before is None),
        _ordered(each for each in moves if each.now is None),
        _ordered(each for each in both if each.now and each.before and each.now.shares > each.before.shares),
        _ordered(each for each in both if each.now and each.before and each.now.shares < each.before.shares),
        sum(1 for each in both if each.now and each.before and each.now.shares == each.before.shares),
    )
    return changed, _doubts(now, before)


def _move(now: Position | None, before: Position | None) -> Move:
    known = now or before
    assert known is not None  # a key comes from one of the two
    ratio = now.shares / before.shares if now and before and before.shares else None
    return Move(known.cusip, known.issuer, known.put_call, now, before, ratio)


def _ordered(moves: Iterable[Move]) -> tuple[Move, ...]:
    def size(move: Move) -> int:
        return abs((move.now.value if move.now else 0) - (move.before.value if move.before else 0))

    return tuple(sorted(moves, key=lambda each: (-size(each), each.cusip, each.put_call)))


def _doubts(now: Report, before: Report) -> list[Warned]:
    warned: list[Warned] = []
    if now.cover.cik and before.cover.cik and now.cover.cik.lstrip("0") != before.cover.cik.lstrip("0"):
        warned.append(
            Warned(
                "other_manager",
                f"The two reports are of different managers: {now.cover.manager} and {before.cover.manager}.",
            )
        )
    if now.cover.period and before.cover.period:
        months = (
            (now.cover.period.year - before.cover.period.year) * 12
            + now.cover.period.month
            - before.cover.period.month
        )
        if months <= 0:
            warned.append(
                Warned(
                    "not_previous", "The report given as the previous one is of the same or a later quarter."
                )
            )
        elif months != 3:
            warned.append(Warned("gap", f"{months} months lie between the two reports, not one quarter."))
    for report, which in ((now, "This"), (before, "The previous")):
        if report.cover.amendment == "NEW HOLDINGS":
            warned.append(
                Warned(
                    "partial",
                    f"{which} report only adds holdings; closed and new positions cannot be told from it.",
                )
            )
    return warned
