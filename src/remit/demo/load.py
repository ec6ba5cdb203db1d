"""Putting the demo firm into an empty installation: one action through the door, rows streamed batch by batch."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final

import psycopg
from pydantic import Field
from sqlalchemy import column, insert, table

from remit import identity, settings
from remit.actions import Action, Change, Check, Performed, Refused, Target, handler, perform
from remit.db.bulk import BulkLoader
from remit.db.sessions import ReadSession, WriteSession, read
from remit.demo import (
    attesting,
    campaigns,
    cases,
    grants,
    handling,
    keeping,
    library,
    pilot,
    proposals,
    quotable,
    rfp_open,
    sequences,
    supervision,
)
from remit.demo import parameters as p
from remit.demo.firm import ACCESS, TEAMS, Firm
from remit.demo.generate import Summary, account_count, batches, firm_of
from remit.demo.tables import TABLES
from remit.domains.imports.attended import refresh_where
from remit.kit import clock
from remit.scope import Scope

Progress = Callable[[str], None]
DEFAULT_SEED: Final = 7
PARTITIONED: Final = "activities"


class LoadDemo(Action):
    """Create Northlake Systems as of `as_of` (the day after its history)."""

    event: ClassVar[str] = "installation:demo:load"
    by_api: ClassVar[bool] = False
    scale: float = Field(gt=0, le=1000)
    seed: int = Field(ge=0, le=2**31)
    as_of: date


@dataclass
class _Run:
    """What the caller and the handler share outside the payload: where to say how far it is, and the summary."""

    progress: Progress
    summary: Summary


_run: ContextVar[_Run | None] = ContextVar("remit_demo_run", default=None)


def is_loaded() -> bool:
    """True when the demo firm is in this installation."""
    with read(identity.for_service("first-start", via="demo")) as session:
        return bool(session.scalar("SELECT EXISTS (SELECT FROM remit.people WHERE demo)"))


def load_demo(
    scale: float = 1,
    seed: int = DEFAULT_SEED,
    *,
    as_of: date | None = None,
    progress: Progress | None = None,
    scope: Scope | None = None,
) -> dict[str, Any]:
    """Create the demo firm and write its manifest; returns the manifest.

    `scope`: an admin; without one the system acts (first start). Raises Refused when the installation is not empty.
    """
    day = as_of or clock.today()
    summary = Summary(seed, day, scale)
    token = _run.set(_Run(progress or _silent, summary))
    try:
        act = LoadDemo(scale=scale, seed=seed, as_of=day)
        done = perform(scope or identity.for_service("first-start", via="demo"), act)
    finally:
        _run.reset(token)
    if not isinstance(done, Performed):
        raise Refused("The demo firm waits for an approval.", code="needs_approval")
    manifest = manifest_of(summary)
    write_manifest(manifest, settings.load().home)
    _people_agree(firm_of(seed, day, scale))
    return manifest


def finish() -> None:
    """Complete a load that was cut off when its rows were in: the manifest and the first remits. Safe to call again."""
    with read(identity.for_service("first-start", via="demo")) as session:
        loaded = session.scalar(
            "SELECT result FROM remit.actions WHERE kind = 'LoadDemo' ORDER BY at DESC LIMIT 1"
        )
    scale, seed, day = loaded["scale"], loaded["seed"], date.fromisoformat(loaded["as_of"])
    home = settings.load().home
    if not manifest_path(home).exists():
        write_manifest(dry_run(scale, seed, day), home)
    _people_agree(firm_of(seed, day, scale))


def _people_agree(firm: Firm) -> None:
    """What people decide among themselves. The remits come last: they tell that a load was not cut off."""
    handling.publish_and_acknowledge(firm)
    cases.open_cases(firm)
    attesting.attest_all(firm)
    library.fill_library(firm)
    sequences.fill_sequences(firm)
    supervision.set_up(firm)  # after all texts: compliance approves a category as it stands
    quotable.release_papers(firm)
    rfp_open.open_questionnaire(firm)
    proposals.draw_up(firm)
    keeping.agree(firm)
    grants.grant_remits(firm)
    supervision.work(firm)


def dry_run(scale: float, seed: int, as_of: date | None = None) -> dict[str, Any]:
    """The manifest that `load_demo` would give, without touching a database."""
    summary = Summary(seed, as_of or clock.today(), scale)
    for _ in batches(firm_of(seed, summary.as_of, scale), summary):
        pass
    return manifest_of(summary)


def judged(scale: float, seed: int, as_of: date | None = None) -> dict[str, Any]:
    """As `dry_run`, and beside what the documents hold what Remit finds in them (`checked`)."""
    from remit.demo.judge import judge

    summary = Summary(seed, as_of or clock.today(), scale)
    firm = firm_of(seed, summary.as_of, scale)
    for _ in batches(firm, summary):
        pass
    return {**manifest_of(summary), "checked": judge(firm, summary)}


def manifest_of(summary: Summary) -> dict[str, Any]:
    """What was made: version, digest, rows per table, and every piece of dirt with the truth beside it."""
    firm = firm_of(summary.seed, summary.as_of, summary.scale)
    return {
        "firm": "Northlake Systems", "version": p.VERSION, "seed": summary.seed, "as_of": summary.as_of.isoformat(),
        "scale": summary.scale, "digest": summary.digest, "counts": dict(summary.counts),
        "dirt_counts": dict(sorted(Counter(spot.kind for spot in summary.dirt).items())),
        "dirt": [spot._asdict() for spot in summary.dirt],
        "gates": {"S0-G1": summary.use.expected(firm), "S0-G2": cases.expected(), "S1-G2": attesting.expected(firm, summary.use), "S1-G3": supervision.expected()},
        "proposals": proposals.truth(),
        "handling": handling.truth(firm),
        "expected_counts": dict(sorted(Counter(each.kind for each in summary.expected).items())),
        "expected": [each._asdict() for each in summary.expected],
    }  # fmt: skip


def manifest_path(home: Path) -> Path:
    """Where the manifest lies."""
    return home / "demo" / "manifest.json"


def write_manifest(manifest: dict[str, Any], home: Path) -> Path:
    """Write REMIT_HOME/demo/manifest.json, readable by its owner only: it holds the canaries."""
    path = manifest_path(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    path.chmod(0o600)
    return path


def _installation(_session: ReadSession, _action: LoadDemo) -> Target:
    return Target(type="installation", title="the demo firm")


def _empty(session: ReadSession, _action: LoadDemo, _target: Target) -> list[Check]:
    there = session.scalar(
        "SELECT EXISTS (SELECT FROM remit.accounts) OR EXISTS (SELECT FROM remit.people WHERE demo)"
    )
    reason = (
        "This installation holds records already; the demo firm needs an empty one (another REMIT_HOME)."
        if there
        else "The installation is empty."
    )
    return [Check("empty_installation", not there, reason)]


@handler(LoadDemo, target=_installation, checks=(_empty,), as_system=True)
def create_demo(tx: WriteSession, action: LoadDemo, _target: Target) -> Change:
    """Firm first, then clients batch by batch; counts and digest stand in the audit record."""
    run = _run.get() or _Run(_silent, Summary(action.seed, action.as_of, action.scale))
    firm = firm_of(action.seed, action.as_of, action.scale)
    access = _insert_firm(tx, firm)
    _stream(tx, firm, access, run)
    facts = {
        "scale": action.scale, "seed": action.seed, "as_of": action.as_of.isoformat(), "version": p.VERSION,
        "digest": run.summary.digest, "counts": dict(run.summary.counts),
    }  # fmt: skip
    return Change("installation", None, after=facts, result=facts)


def _silent(_line: str) -> None:
    """No progress wanted."""


def _stream(tx: WriteSession, firm: Firm, access: list[int], run: _Run) -> None:
    bulk = BulkLoader(tx.connection)
    bulk.ensure_months(PARTITIONED, firm.on(0), firm.on(p.HISTORY_DAYS + 92))
    staging = {name: bulk.staging_like(name, kind._fields) for kind, name in TABLES.items()}  # type: ignore[attr-defined]
    number = f"(ARRAY[{', '.join(map(str, access))}])[access_id]"
    total, said = account_count(firm.scale), 0.0
    for batch in _ahead(batches(firm, run.summary)):
        for name, text in batch.items():
            bulk.copy_text(staging[name], [text])
            bulk.insert(name, staging[name], expressions={"access_id": number})
            bulk.empty(staging[name])
        share = min(1.0, run.summary.counts["accounts"] / total)
        if share >= said + 0.1 or share == 1.0 > said:
            said = share
            run.progress(f"demo firm: {share:.0%} of {total:,} accounts")
    bulk.analyze_partitioned()
    # who came to an event is a fact, as with every other load of members
    driver = tx.connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    refresh_where(driver, "m.source = %s", (p.SOURCE,), firm.as_of)


def _ahead(source: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The same batches, each made while the database still works on the one before."""
    with ThreadPoolExecutor(1, "demo") as maker:
        coming = maker.submit(next, source, None)
        while (batch := coming.result()) is not None:
            coming = maker.submit(next, source, None)
            yield batch


def _insert_firm(tx: WriteSession, firm: Firm) -> list[int]:
    """Territories, people, products and the like; returns the access groups' ids in the order of ACCESS."""
    territory = [
        tx.scalar(
            "INSERT INTO remit.territories (name, region) VALUES (:name, :name)"
            " ON CONFLICT (name) DO UPDATE SET region = EXCLUDED.region RETURNING id",
            {"name": name},
        )
        for name in p.TERRITORIES
    ]
    barrier = tx.scalar(
        "INSERT INTO remit.barriers (name, reason) VALUES (:name, :reason) RETURNING id",
        {"name": p.BARRIER, "reason": "The prime brokerage holds restricted information on these firms."},
    )
    access = [
        tx.scalar(
            "INSERT INTO remit.access_groups (territory_id, barrier_id) VALUES (:territory, :barrier) RETURNING id",
            {"territory": territory[group.territory], "barrier": barrier if group.barrier else None},
        )
        for group in ACCESS
    ]
    _insert_people(tx, firm, territory, barrier)
    _insert_catalogue(tx, firm)
    _many(tx, "campaigns", campaigns.campaign_rows(firm))
    for template, version in pilot.versions(firm):
        _many(tx, "templates", [template])
        _many(tx, "template_versions", [version])
    return access


def _insert_people(tx: WriteSession, firm: Firm, territory: list[int], barrier: int) -> None:
    team_ids = {name: firm.ids.at(firm.epoch, f"team/{name}") for name in TEAMS}
    tx.execute(
        "INSERT INTO remit.teams (id, name) VALUES (:id, :name)",
        [{"id": made, "name": name} for name, made in team_ids.items()],
    )
    for person in firm.people:  # owners of agents stand before their agents
        tx.execute(
            "INSERT INTO remit.people (id, kind, name, email, title, reach, manager_id, team_id, owner_id, time_zone, demo,"
            " source, external_id, created_at) VALUES (:id, :kind, :name, :email, :title, :reach, :manager_id, :team, :owner_id,"
            " :time_zone, true, :source, :name, :since)",
            {
                **person._asdict(),
                "team": team_ids[person.team],
                "source": p.SOURCE,
                "since": firm.instant(0).text(),
            },
        )
    _many(tx, "person_roles", [{"person_id": o.id, "role": role} for o in firm.people for role in o.roles])
    _many(
        tx, "person_territories",
        [{"person_id": o.id, "territory_id": territory[place]} for o in firm.people for place in o.territories],
    )  # fmt: skip
    _many(
        tx, "person_barriers", [{"person_id": o.id, "barrier_id": barrier} for o in firm.people if o.admitted]
    )


def _insert_catalogue(tx: WriteSession, firm: Firm) -> None:
    origin = {"source": p.SOURCE}
    _many(tx, "products", [{**each._asdict(), **origin, "external_id": each.name} for each in firm.products])
    _many(tx, "prices", [{**each._asdict(), **origin, "external_id": each.id} for each in firm.prices])
    _many(
        tx,
        "competitors",
        [{**each._asdict(), **origin, "external_id": each.name} for each in firm.competitors],
    )


def _many(tx: WriteSession, name: str, rows: list[dict[str, Any]]) -> None:
    target = table(name, *(column(each) for each in rows[0]), schema="remit")
    tx.execute(insert(target), rows)
