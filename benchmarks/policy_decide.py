"""A policy decision with 200 policies, the approval question included: ours by slices, plain cedarpy over all 200.

"First time" rows empty the
memory of answers before each call; "a working day" starts with it empty and asks as a firm of 24 reps does. Both sides answer the same requests in the same run, alternating, and agree on every one. The policies are those
we ship, filled up to 200 with rules of the kind a firm adds: spread over the action kinds, some for all of them.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import cedarpy

from remit.policy import decide as decisions
from remit.policy.decide import decide
from remit.policy.model import (
    CONTEXT_DEFAULTS,
    LEVELS,
    RESOURCE_DEFAULTS,
    ROLES,
    Decision,
    PolicyRequest,
    Principal,
    Resource,
)
from remit.policy.schema import DEFAULT_DIRECTORY, SCHEMA_FILE, PolicyBook, build, load

Row = dict[str, Any]

POLICY_COUNT = 200
ROUNDS = 1_000


def book_of(count: int) -> PolicyBook:
    """The shipped policies and as many further ones as make `count`."""
    shipped = load(DEFAULT_DIRECTORY)
    kinds = shipped.action_kinds
    texts = {path.name: path.read_text("utf-8") for path in sorted(DEFAULT_DIRECTORY.glob("*.cedar"))}
    texts["firm.cedar"] = "\n".join(_firm_rule(i, kinds) for i in range(count - len(shipped.rules)))
    book = build((DEFAULT_DIRECTORY / SCHEMA_FILE).read_text("utf-8"), texts)
    assert len(book.rules) == count
    return book


def _firm_rule(number: int, kinds: tuple[str, ...]) -> str:
    """One in ten stands over all action kinds, the others over one; none of them changes an answer below."""
    kind = kinds[number * 7 % len(kinds)]
    scope = "action" if number % 10 == 0 else f'action == Action::"{kind}"'
    return (
        f'@id("firm-{number}") @owner("compliance") @sentence("segment {number} is closed for now")\n'
        f'forbid(principal, {scope}, resource) when {{ resource.segment == "closed-{number}" && '
        f'principal.roles.containsAny(["sdr", "ae"]) }};'
    )


def requests() -> list[PolicyRequest]:
    """The main paths: a rep's message that waits, an agent's within its remit, plain work, a refusal."""
    ae = Principal("Person", "0198-p1", frozenset({"ae"}))
    agent = Principal(
        "Agent", "0198-a1", on_behalf_of="0198-p1", owner_roles=frozenset({"ae"}), remit_level="auto"
    )
    email = {"channel": "email", "within_cap": True}
    found = []
    for number in range(25):
        buyer = Resource(
            "Contact", f"c{number}", {"key_account": False, "owner": "0198-p1", "segment": "macro"}
        )
        found += [
            PolicyRequest(ae, "SendEmail", buyer, email),
            PolicyRequest(agent, "SendEmail", buyer, email),
            PolicyRequest(ae, "UpdateAccount", buyer),
            PolicyRequest(agent, "CloseOpportunity", buyer),
        ]
    return found


class PlainCedar:
    """What one writes with cedarpy alone: all policies parsed once, entities given with each request."""

    def __init__(self, book: PolicyBook) -> None:
        self.policies = cedarpy.PolicySet.from_str(book.text)
        groups = json.loads(str(cedarpy.Entities.from_json_str("[]", book.schema)))
        self.groups = cedarpy.Entities.from_json_str(json.dumps(groups))

    def outcome(self, request: PolicyRequest) -> str:
        """The same two questions."""
        if self._ask(request, approved=False):
            return "permit"
        return "needs_approval" if self._ask(request, approved=True) else "forbid"

    def _ask(self, request: PolicyRequest, approved: bool) -> bool:
        who, what = request.principal, request.resource
        level = "person" if who.kind == "Person" else who.remit_level
        person = {"person": who.person, "roles": list(who.effective_roles), "remit_level": level}
        record = {"kind": what.kind, **RESOURCE_DEFAULTS, **what.attributes}
        entities = [
            {"uid": {"type": who.kind, "id": who.id}, "attrs": person, "parents": []},
            {"uid": {"type": "Record", "id": what.id}, "attrs": record, "parents": []},
        ]
        context = {
            **CONTEXT_DEFAULTS,
            **request.context,
            "approved": approved,
            "approver_is_maker": not approved,
            "approver_is_subject": not approved,
            "approver_performs": approved,
            "approver_roles": list(ROLES) if approved else [],
        }
        asked = {
            "principal": {"type": who.kind, "id": who.id},
            "action": {"type": "Action", "id": request.action_kind},
            "resource": {"type": "Record", "id": what.id},
            "context": context,
        }
        together = self.groups.with_added_json_str(json.dumps(entities))
        return bool(cedarpy.is_authorized(asked, self.policies, together).allowed)


def _timed(call: Callable[[PolicyRequest], object], request: PolicyRequest) -> float:
    start = time.perf_counter()
    call(request)
    return (time.perf_counter() - start) * 1e6


def run() -> list[Row]:
    """Median microseconds a decision, per kind of request and over all."""
    book = book_of(POLICY_COUNT)
    plain = PlainCedar(book)

    def ours(request: PolicyRequest) -> Decision:
        return decide(request, book)

    asked = requests()
    for request in (*asked, *a_day()):
        if ours(request).outcome != plain.outcome(request):
            raise AssertionError(f"the two sides disagree about {request}")
    rows = [_row("mixed requests", ours, plain.outcome, asked)]
    rows += [
        _row(what, ours, plain.outcome, asked[offset::4])
        for offset, what in enumerate(
            ("a message that waits", "an agent in its remit", "plain work", "a refusal")
        )
    ]
    _forget()
    rows.insert(0, _row("a working day", ours, plain.outcome, a_day(), forget=False))
    return rows


def a_day() -> list[PolicyRequest]:
    """1,000 requests of a firm: 24 reps in four roles and their agents, 420 accounts of 7 segments, a fifth key accounts."""
    chance = random.Random(8)
    kinds = (
        "SendEmail",
        "SendEmail",
        "LogActivity",
        "LogActivity",
        "WriteDraft",
        "UpdateContact",
        "ChangeStage",
    )
    found = []
    for _ in range(ROUNDS):
        rep, account = chance.randrange(24), chance.randrange(420)
        roles = frozenset({("sdr", "ae", "ae", "se")[rep % 4]} | ({"manager"} if rep % 8 == 7 else set()))
        if chance.random() < 0.4:
            level = chance.choice(LEVELS)
            who = Principal("Agent", f"a{rep}", on_behalf_of=f"p{rep}", owner_roles=roles, remit_level=level)
        else:
            who = Principal("Person", f"p{rep}", roles)
        attributes = {
            "owner": f"p{account % 24}",
            "key_account": account % 5 == 0,
            "segment": f"segment-{account % 7}",
        }
        context = {"channel": "email", "within_cap": chance.random() < 0.9, "closes": chance.random() < 0.2}
        found.append(
            PolicyRequest(who, chance.choice(kinds), Resource("Account", f"r{account}", attributes), context)
        )
    return found


def _forget() -> None:
    decisions._cedar.cache_clear()
    decisions._parsed.cache_clear()


def _row(
    what: str,
    ours: Callable[[PolicyRequest], object],
    other: Callable[[PolicyRequest], object],
    asked: list[PolicyRequest],
    forget: bool = True,
) -> Row:
    mine: list[float] = []
    theirs: list[float] = []
    for number in range(ROUNDS):
        request = asked[number % len(asked)]
        if forget:
            _forget()
        mine.append(_timed(ours, request))
        theirs.append(_timed(other, request))
    tail = statistics.quantiles(mine, n=20)[-1]
    left, right = statistics.median(mine), statistics.median(theirs)
    return {
        "name": "policy_decide",
        "what": f"policy decision, {what}{', first time' if forget else ''}: p50 (ours p95 {tail:.0f})",
        "ours": round(left, 1),
        "other": round(right, 1),
        "other_name": "cedarpy over all 200, pre-parsed",
        "ratio": round(left / right, 3),
        "unit": "µs",
        "runs": ROUNDS,
        "n": POLICY_COUNT,
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2, ensure_ascii=False))
