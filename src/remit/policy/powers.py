"""Who may do what about supervision, as the policy in force says it: its own rules and sentences, nothing worked out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from remit.policy import schema

POWERS: Final = (
    ("SetRuleProfile", "Change a rule profile"),
    ("ApproveCategory", "Approve a category"),
    ("WithdrawCategory", "Take an approval back"),
    ("DrawSamples", "Draw for review at once"),
    ("SeedDrafts", "Mix in seeded drafts at once"),
    ("ReviewItem", "Review what was drawn"),
    ("OpenRemediation", "Set a remediation"),
    ("CompleteRemediation", "Say that a remediation is done"),
    ("VerifyRemediation", "Verify a remediation"),
    ("RestoreApprover", "Give approving power back"),
    ("PlaceHold", "Place a legal hold"),
    ("LiftHold", "Lift a legal hold"),
    ("SetRetention", "Say how long texts are kept"),
    ("ErasePerson", "Erase a person at their request"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One rule of the policy: whether it allows or stops, in its own words, and who owns it."""

    id: str
    effect: str
    sentence: str
    owner: str


@dataclass(frozen=True, slots=True)
class Power:
    """One thing that somebody may do, with the rules that name it, those that allow at the top."""

    kind: str
    title: str
    rules: Sequence[Said]


def list_powers() -> list[Power]:
    """Each power with the rules of the policy in force that name it."""
    book = schema.current()
    return [
        Power(kind, title, sorted((_said(rule) for rule in book.rules.values() if _names(rule, kind, frozenset(book.action_groups[kind]))), key=lambda one: one.effect != "permit"))
        for kind, title in POWERS
        if kind in book.action_groups
    ]  # fmt: skip


def _said(rule: schema.Rule) -> Said:
    return Said(rule.id, rule.effect, rule.sentence, rule.owner)


def _names(rule: schema.Rule, kind: str, groups: frozenset[str]) -> bool:
    """Whether a rule is about this action, by name or by a group of it; rules for everything stand with the policy itself."""
    scope = rule.estimate["action"]
    named = {one["id"] for one in scope.get("entities", [scope.get("entity")]) if one}
    return kind in named or not groups.isdisjoint(named)
