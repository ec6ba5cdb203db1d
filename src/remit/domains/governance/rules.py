"""From which step of the ladder an action kind may run on its own, and what has to hold for it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from remit.ladder.steps import STEPS
from remit.policy.model import RemitLevel
from remit.policy.reserved import reserved_power

MAX_DAILY_CAP_COUNT: Final = 10_000


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("say why")
    return text.strip()


Reason = Annotated[str, Field(max_length=1000), AfterValidator(_said)]
"""Why somebody stops, lifts or grants something; never blank."""

# The step from which `auto` may be granted. It stands on every gate of the steps below it: a step opens only when
# all gates before it are met. Kinds that are missing here can never be auto.
AUTO_FROM_STEP: Final[Mapping[str, int]] = {
    "LogActivity": 3,
    "CompleteTask": 3,
    "RecordFact": 3,
    "WriteDraft": 3,
    "EditDraft": 3,
    "DiscardDraft": 3,
    "ScoreLead": 3,
    "UpdateAccount": 5,
    "UpdateContact": 5,
    "CreateAccount": 6,
    "CreateContact": 6,
    "CreateLead": 6,
    "QualifyLead": 6,
    "ConvertLead": 6,
    "CreateOpportunity": 6,
    "UpdateOpportunity": 6,
    "ChangeStage": 6,
    "SendEmail": 6,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A remit that is asked for."""

    action_kind: str
    level: RemitLevel
    daily_cap_count: int | None


def gates_below(step: int) -> tuple[str, ...]:
    """Ids of all gates that have to be met before `step` opens."""
    return tuple(gate.id for each in STEPS if each.number < step for gate in each.gates)


def gates_under(action_kind: str) -> tuple[str, ...]:
    """Ids of the gates that an `auto` remit for this kind stands on; empty for kinds that can never be auto."""
    step = AUTO_FROM_STEP.get(action_kind)
    return () if step is None else gates_below(step)


def check_grant(grant: Grant, autonomous_kinds: Iterable[str], met_gates: Iterable[str]) -> list[str]:
    """Why this remit cannot be granted, one sentence each; empty when it can."""
    kind = grant.action_kind
    power = reserved_power(kind)
    if power is not None:
        return [f"{kind} is reserved for people ({power.ladder_id}); no remit can open it."]
    if kind not in set(autonomous_kinds):
        return [f"{kind} is not an action that a remit can be about."]
    if grant.level != "auto":
        return []
    problems = []
    cap = grant.daily_cap_count
    if cap is None or not 1 <= cap <= MAX_DAILY_CAP_COUNT:
        problems.append(f"An auto remit needs a daily cap from 1 to {MAX_DAILY_CAP_COUNT}.")
    if kind not in AUTO_FROM_STEP:
        problems.append(f"{kind} names no step from which it may be auto.")
        return problems
    missing = fallen_gates(kind, met_gates)
    if missing:
        problems.append(
            f"{kind} may be auto from step {AUTO_FROM_STEP[kind]}; {len(missing)} gates below it are not met: "
            f"{', '.join(missing)}."
        )
    return problems


def fallen_gates(action_kind: str, met_gates: Iterable[str]) -> list[str]:
    """Gates under an auto remit of this kind that do not hold (now); any of them takes it back."""
    met = set(met_gates)
    return [gate for gate in gates_under(action_kind) if gate not in met]
