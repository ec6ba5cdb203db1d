"""10,000 enrolments advance: in batches as the workers do, beside one act a row; their e-mails written and asked for; and killed.

Bound: 60 s for 10,000. The contacts and runs are rows past the door (what is measured is moving them), a fifth of them at each of an
e-mail, a call, a social task, a wait and a branch. REMIT_BENCH_RUNS sets how many there are, REMIT_BENCH_EMAILS how many stand at an e-mail, REMIT_BENCH_KILLS how often a process dies.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from tests.support.sequences import all_due, crowd, kill_many, unsound, ways
from tests.support.worker_zygote import zygote

import remit.wiring  # noqa: F401 - registers the handlers
from benchmarks.support import Row, durable_server, row
from remit import identity, settings
from remit.actions import Performed, perform
from remit.db.location import Location
from remit.demo import load
from remit.domains.library import queries as library
from remit.domains.sequences.advancing import AdvanceEnrolments, run_due
from remit.domains.sequences.asking import ask_due, waking
from remit.kit import clock
from remit.scope import Scope
from remit.workflows.run_sequences import hands_of

KEY: Final = "sequence-cold-trading"
AT: Final = ("opening", "first-call", "look-up", "rest", "came-back")
ENDS: Final = {
    ("look-up", "second-call", "came-back", "answered", "rest"): "look-up",
    ("second-call", "came-back", "answered", "rest"): "second-call",
    ("take-over",): "take-over",
}
ALONE: Final = 200
"""Runs that are advanced one act a row."""
PEOPLE: Final = (
    "Alice Hartwell",
    "Janelle Pritchard",
    "Owen Laidlaw",
    "Nia Abara",
    "Rory Keane",
    "Lucie Delacroix",
)
SEED: Final = 2026


def run() -> list[Row]:
    """Rows for the batch, its e-mails and its kills; raises AssertionError when a step was lost or doubled."""
    count, kills = (
        int(os.environ.get("REMIT_BENCH_RUNS", "10000")),
        int(os.environ.get("REMIT_BENCH_KILLS", "60")),
    )
    with _firm() as (location, home):
        emails = int(os.environ.get("REMIT_BENCH_EMAILS", "10000"))
        return [
            *_emails(location, emails),
            *_batches(location, count),
            _killed(location, home, count, kills, emails // 20),
        ]


@contextmanager
def _firm() -> Iterator[tuple[Location, Path]]:
    with durable_server() as (location, home):
        before = os.environ.get("REMIT_HOME")
        os.environ["REMIT_HOME"] = str(home)
        settings.reload()
        try:
            load.load_demo(0.5)
            yield location, home
        finally:
            os.environ.pop("REMIT_HOME") if before is None else os.environ.__setitem__("REMIT_HOME", before)
            settings.reload()


def _person(name: str) -> Scope:
    found = identity.find_person(name)
    if found is None:
        raise RuntimeError(f"the demo firm has no {name}")
    return identity.for_person(found.id, via="bench")


def _emails(location: Location, count: int) -> Iterator[Row]:
    """E-mails with everything that the door asks, at an hour at which they may be written: in step as the workers do, beside one at a time."""
    hands = hands_of()
    version = library.find_template(_person(PEOPLE[0]), KEY)
    run_due(hands.notes)
    with clock.stopped(waking("US", "", clock.now())):
        ask_due(hands, seconds=60)  # what the demo has begun
        _written_to(location, version.template_id, version.id, ALONE // 2 + count)
        run_due(hands.notes)
        began = time.perf_counter()
        ask_due(hands, limit=1, most=ALONE // 2)
        alone = (time.perf_counter() - began) / (ALONE // 2)
        began = time.perf_counter()
        tally = ask_due(hands, seconds=3600)
        seconds = time.perf_counter() - began
    assert not unsound(location), unsound(location)
    total = tally.total()
    what = ", ".join(f"{n} {name}" for name, n in tally.items())
    yield row(
        "sequences", f"{total:,} e-mails written, checked and asked for, one process ({what})", seconds, alone * total,
        f"one e-mail at a time ({ALONE // 2} measured)", "s", runs=1, n=total,
    )  # fmt: skip


def _written_to(location: Location, template_id: UUID, version_id: UUID, count: int) -> list[UUID]:
    """Heads of trading at firms of which something is known that the first text says, at the first e-mail."""
    now = clock.now()
    return crowd(
        location, template_id, version_id, count, AT[:1], now, title="Head of Trading", fact="prime_broker"
    )


def _batches(location: Location, count: int) -> Iterator[Row]:
    version = library.find_template(_person(PEOPLE[0]), KEY)
    job = identity.for_service("sequencing", via="bench")
    run_due(job)
    crowd(location, version.template_id, version.id, ALONE, AT, clock.now())
    began = time.perf_counter()
    for _ in range(ALONE):
        done = perform(job, AdvanceEnrolments(limit=1))
        assert isinstance(done, Performed) and done.result["taken"] == 1, done
    alone = (time.perf_counter() - began) / ALONE
    crowd(location, version.template_id, version.id, count, AT, clock.now())
    began = time.perf_counter()
    tally = run_due(job)
    seconds = time.perf_counter() - began
    assert not unsound(location), unsound(location)
    assert tally["taken"] == count, tally
    yield row(
        "sequences", f"{count:,} runs swept and advanced", seconds, alone * count, f"one act a row, no sweep ({ALONE} measured)", "s", runs=1, n=count,
    )  # fmt: skip


def _killed(location: Location, home: Path, count: int, kills: int, emails: int) -> Row:
    version = library.find_template(_person(PEOPLE[0]), KEY)
    at: datetime = clock.now()
    at = waking("US", "", at)
    moved = crowd(location, version.template_id, version.id, count, [*ENDS.values()], at)
    with clock.stopped(at):
        asked = _written_to(location, version.template_id, version.id, emails)
    began = time.perf_counter()
    with zygote(home / "workers.log") as nursery:
        done = kill_many(location, nursery, {"home": home}, at, kills=kills, seed=SEED)
    job = identity.for_service("sequencing", via="bench")
    with clock.stopped(at):
        for _ in range(6):
            all_due(location, at)
            run_due(job)
            ask_due(hands_of(), seconds=600)
    first = ways(location, asked)
    assert set(first) == {("opening",)} and sum(first.values()) == emails, first
    found, harm = ways(location, moved), unsound(location)
    wrong = sum(harm.values()) + sum(number for way, number in found.items() if way not in ENDS)
    sys.stderr.write(
        f"{done.kills} kills ({done.at_work} while rows were moved), {time.perf_counter() - began:.0f} s, ways {found}, harm {harm}\n"
    )
    assert not wrong and sum(found.values()) == count
    steps = sum(len(way) * number for way, number in found.items())
    return row(
        "sequences", f"steps lost or doubled in {done.kills} kills -9 ({done.at_work} of them while rows were moved)", wrong, steps, "steps taken", "steps",
        runs=1, n=steps,
    )  # fmt: skip
