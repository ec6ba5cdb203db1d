"""Powers that the ladder keeps for people: no remit opens them to an agent, workflow or connector, ever.

`policies/70-reserved.cedar` forbids the same things at decision time; a test holds the two together.
H lines about conversations, relationships and judgement name no action of ours and so have no row: S0-H1 to H3,
S1-H2, S2-H1 to H3, S3-H5, S4-H1, S4-H4, S5-H1, S5-H2, S5-H5, S6-H2, S6-H3, S7-H1, S7-H2, S7-H4, S7-H5.
S1-H1 and S5-H3 need an approval and are rules in `policies/20-outreach.cedar`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReservedPower:
    """One power: the rule that forbids it, its line in the ladder, the action kinds.

    `only_when` names the circumstance for a power that is reserved in part; such a kind may carry a remit, and
    the policy still refuses it where the circumstance holds.
    """

    rule_id: str
    ladder_id: str
    action_kinds: tuple[str, ...]
    only_when: str = ""


RESERVED: tuple[ReservedPower, ...] = (
    ReservedPower("reserved-planning", "S1-H3", ("AssignTerritory", "ReassignAccount")),
    ReservedPower("reserved-pricing", "S1-H4", ("ManagePrice", "ApproveDiscount", "SignContract")),
    ReservedPower(
        "reserved-validation",
        "S2-H4",
        (
            "CorrectFact",
            "WithdrawFact",
            "FixQualityIssue",
            "DismissQualityIssue",
            "SignProductivityCase",
            "ReturnProductivityCase",
        ),
    ),
    ReservedPower(
        "reserved-strategic-qualification",
        "S3-H1",
        ("QualifyLead", "ConvertLead"),
        only_when="the account is a key account",
    ),
    ReservedPower("reserved-closing", "S3-H2", ("CloseOpportunity",)),
    ReservedPower(
        "reserved-closing", "S3-H2", ("ChangeStage",), only_when="the new stage wins or loses the deal"
    ),
    ReservedPower("reserved-proposals", "S3-H3", ("ApproveProposal", "ApproveQuestionnaire")),
    ReservedPower("reserved-lead-scores", "S3-H4", ("OverrideLeadScore",)),
    ReservedPower("reserved-forecast", "S4-H2", ("OverrideForecast",)),
    ReservedPower(
        "reserved-governance",
        "S4-H3",
        ("GrantRemit", "Resume", "ChangePolicy", "PublishHandlingPolicy", "UpdateSettings"),
    ),
    ReservedPower(
        "reserved-suggestions",
        "S5-H4",
        ("ApproveSuggestion", "RejectSuggestion", "ReleaseSuggestion", "ReleaseDraft"),
    ),
    ReservedPower("reserved-targets", "S6-H1", ("SetTargets",)),
    ReservedPower("reserved-exceptions", "S6-H4", ("ResolveParkedEffect",)),
    ReservedPower(
        "reserved-oversight",
        "S6-H5",
        (
            "ManagePeople",
            "MapGroup",
            "SetSamlProvider",
            "RemoveSamlProvider",
            "PlaceHold",
            "LiftHold",
            "SetRetention",
            "ErasePerson",
            "ManageBarrier",
            "RotateAuditKey",
            "ExportAudit",
            "ExportRecords",
            "Restore",
        ),
    ),
    ReservedPower("reserved-offer", "S7-H3", ("ManageProduct",)),
)


def _powers_of(action_kind: str) -> Iterator[ReservedPower]:
    return (power for power in RESERVED if action_kind in power.action_kinds and not power.only_when)


def reserved_power(action_kind: str) -> ReservedPower | None:
    """The power that keeps this action kind for people altogether, or None."""
    return next(_powers_of(action_kind), None)
