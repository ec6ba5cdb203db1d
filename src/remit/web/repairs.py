"""Where an issue is mended: the page of the record it is about, at the field (browsers open the form around it)."""

from __future__ import annotations

from typing import Final

from remit.domains.quality.queries import Issue

_ON_DEAL: Final = {
    "amount": "field-amount",
    "close_on": "field-close_on",
    "next_step": "field-next_step",
    "stage": "move",
    "activity": "note",
}
_ON_ACCOUNT: Final = {"owner": "field-owner", "segment": "field-segment", "name": "about"}


def address_of(issue: Issue) -> str:
    """The address of the record at the field to be mended; for leads, the page of their group."""
    if issue.object_type == "opportunity":
        return f"/pipeline/{issue.object_id}#{_ON_DEAL.get(issue.field, 'terms')}"
    if issue.object_type == "lead":
        return f"/quality/{issue.id}"
    if issue.account_id is None:
        return ""
    place = {
        "account": _ON_ACCOUNT.get(issue.field, "about"),
        "contact": f"email-{issue.object_id}",
        "fact": f"fact-{issue.object_id}",
    }.get(issue.object_type)
    return f"/accounts/{issue.account_id}#{place}" if place else ""
