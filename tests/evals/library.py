"""The library: every shipped template tries its own tests, then writes for contacts of the demo firm.

Right: a template whose tests all pass and which wrote at least once; of its e-mails every one holds before the door's own
checks of words (claims, subject, form), and no line of any text stands on nothing. Abstained: all pass, but no contact of the
sample had the facts that it needs.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from remit import identity
from remit.actions import Refused
from remit.db.sessions import ReadSession, read
from remit.demo import load
from remit.domains.library import fixtures, queries
from remit.domains.library.model import Template, Variable
from remit.domains.library.queries import Version
from remit.domains.library.using import FIRST, load_used
from remit.domains.outreach.material import examine
from remit.kit import clock
from remit.kit.runs import all_shared
from tests.evals.support import Report, UnknownPart

CONTACTS: Final = 16
SEED: Final = 11
TEXT_CHECKS: Final = ("claims-supported", "subject-supported", "subject-form", "body-form", "no-slots-left")
_SAMPLE: Final = """
SELECT c.id FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.email <> '' ORDER BY c.id
"""


@dataclass
class Tried:
    """One template: its tests, and what came of it on the sample."""

    key: str
    tests: int
    failed: list[str]
    wrote: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)
    scores: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)


def entered(template: Template, competitor: str, product: str) -> dict[str, str]:
    """Something fitting for each variable."""
    return {one.name: _value(one, competitor, product) for one in template.variables}


def _value(one: Variable, competitor: str, product: str) -> str:
    if one.type == "choice":
        return one.choices[0]
    if one.name in ("competitor", "product"):
        return competitor if one.name == "competitor" else product
    return {"date": "2027-02-15", "number": "45", "name": "Marta Ellison"}.get(
        one.type, "allocations at order entry"
    )


def write(s: ReadSession, versions: list[Version], contacts: list[UUID]) -> Iterator[Tried]:
    """Every template on every contact of the sample."""
    for version in versions:
        outcomes = fixtures.outcomes(version.source, clock.today())
        tried = Tried(
            version.key, len(outcomes), [f"{one.name}: {one.why}" for one in outcomes if not one.passed]
        )
        values = entered(version.template, "Veldmark", "Northlake OMS")
        for contact in contacts:
            _once(s, version, contact, values, tried)
        yield tried


def _once(s: ReadSession, version: Version, contact: UUID, values: dict[str, str], tried: Tried) -> None:
    began = perf_counter()
    try:
        used = load_used(s, version, contact, values, 0)
    except Refused as refused:
        tried.refused[refused.code] += 1
        return
    tried.ms.append((perf_counter() - began) * 1000)
    tried.wrote += 1
    tried.words.append(used.rendered.words)
    tried.bodies.append(used.rendered.body)
    if used.specific is not None:
        tried.scores.append(used.specific.score)
    bad = [one.text for one in used.rendered.said if one.standing == "none" or "{" in one.text]
    if version.channel == "email":
        seen = examine(s, used.material, used.rendered.subject, used.rendered.body, clock.now())
        bad += [f"{one.id}: {one.reason}" for one in seen.checks if one.id in TEXT_CHECKS and not one.passed]
    tried.faults += bad[:2]


def run(part: str | None = None) -> Report:
    """Make the demo firm in a server of its own; write as a person who sees everything."""
    from benchmarks.support import durable_server

    if part is not None:
        raise UnknownPart("The library eval has no parts.")
    with durable_server():
        load.load_demo(0.5, 7)
        began = perf_counter()
        person = identity.find_person("Nadia Forsyth")
        if person is None:
            raise RuntimeError("the demo firm has no Nadia Forsyth")
        with read(identity.for_person(person.id, via="eval")) as s:
            everybody = [row.id for row in s.rows(_SAMPLE)]
            contacts = random.Random(SEED).sample(everybody, CONTACTS)
            rows = s.rows(
                "SELECT id FROM remit.template_versions WHERE state = 'live' ORDER BY motion, title"
            )
            versions = [queries.load_version(s, row.id) for row in rows]
            tried = list(write(s, versions, contacts))
        seconds = round(perf_counter() - began, 1)
    return _report(tried, {one.key: one for one in versions}, seconds)


def _report(tried: list[Tried], versions: dict[str, Version], seconds: float) -> Report:
    wrong = [one for one in tried if one.failed or one.faults]
    silent = [one for one in tried if not one.wrote and one not in wrong]
    failures: list[dict[str, Any]] = [
        {"template": one.key, "why": (one.failed + one.faults)[:3]} for one in wrong
    ]
    failures += [
        {"template": one.key, "why": [f"nobody of the sample: {dict(one.refused)}"]} for one in silent
    ]
    ms = sorted(each for one in tried for each in one.ms)
    first = [
        one for one in tried if versions[one.key].motion in FIRST and versions[one.key].channel == "email"
    ]
    scores = sorted(each for one in first for each in one.scores)
    shares = all_shared([one.bodies[0] for one in first if one.bodies])
    more = {
        "tests": sum(one.tests for one in tried), "texts": sum(one.wrote for one in tried), "contacts": CONTACTS,
        "ms_median": round(ms[len(ms) // 2], 1), "ms_p95": round(ms[int(len(ms) * 0.95)], 1),
        "specific_least": scores[0], "specific_median": scores[len(scores) // 2], "overlap_between_templates_median": round(shares[len(shares) // 2], 3),
        "by_motion": _by_motion(tried, versions),
    }  # fmt: skip
    return Report(
        "library",
        len(tried),
        len(tried) - len(wrong) - len(silent),
        len(wrong),
        len(silent),
        seconds,
        failures,
        more,
    )


def _by_motion(tried: list[Tried], versions: dict[str, Version]) -> dict[str, str]:
    found: dict[str, list[Tried]] = {}
    for one in tried:
        found.setdefault(versions[one.key].motion, []).append(one)
    return {
        motion: f"{len(ones)} templates, {sum(o.tests for o in ones)} tests, {sum(len(o.failed) for o in ones)} failed, "
        f"{sum(o.wrote for o in ones)} texts on {CONTACTS * len(ones)} tries, {sum(len(o.faults) for o in ones)} faults"
        for motion, ones in found.items()
    }
