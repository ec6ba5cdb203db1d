"""Salesforce's standard objects and what they are here. Which field fills which of ours may be changed on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from remit.connectors.crm.reading import Derived, StreamSpec

MERGING: Final = frozenset({"Account", "Contact", "Lead"})
"""Objects whose merged-away records name the one that stayed (MasterRecordId)."""

DELETABLE: Final = frozenset(
    {
        "Account",
        "Contact",
        "Lead",
        "Opportunity",
        "OpportunityHistory",
        "Task",
        "Event",
        "Campaign",
        "CampaignMember",
    }
)
"""Objects with IsDeleted: users are never deleted, only switched off."""


def cell(value: Any) -> str:
    """A value of theirs as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else str(value)


def _outcome(record: Mapping[str, Any]) -> str:
    if record.get("IsWon"):
        return "won"
    return "lost" if record.get("IsClosed") else "open"


def _state(record: Mapping[str, Any]) -> str:
    return "converted" if record.get("IsConverted") else cell(record.get("Status"))


def _of(field: str, prefix: str) -> Derived:
    """An id that may name several kinds of record, when it is of this kind: its first three letters say so."""
    return Derived(
        (field,), lambda record: found if (found := cell(record.get(field))).startswith(prefix) else ""
    )


def _task_at(record: Mapping[str, Any]) -> str:
    return cell(record.get("CompletedDateTime") or record.get("ActivityDate") or record.get("CreatedDate"))


def _task_kind(record: Mapping[str, Any]) -> str:
    return {"Email": "email", "Call": "call", "ListEmail": "email"}.get(
        cell(record.get("TaskSubtype")), "task"
    )


def _task_minutes(record: Mapping[str, Any]) -> str:
    seconds = cell(record.get("CallDurationInSeconds"))
    return str(round(int(seconds) / 60)) if seconds.isdigit() else ""


def _task_done(record: Mapping[str, Any]) -> str:
    return cell(record.get("CompletedDateTime")) if record.get("IsClosed") else ""


_RELATED: Final = {
    "contact": _of("WhoId", "003"), "lead": _of("WhoId", "00Q"), "opportunity": _of("WhatId", "006"),
}  # fmt: skip
_PERSON: Final = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "title": "Title",
    "email": "Email",
    "phone": "Phone",
}

STREAMS: Final = (
    StreamSpec(
        "users", "people", "User",
        {
            "name": "Name", "email": "Email", "title": "Title", "manager": "ManagerId", "team": "Department",
            "time_zone": "TimeZoneSidKey", "active": "IsActive",
        },
        needed=("Name",),
    ),
    StreamSpec(
        "campaigns", "campaigns", "Campaign",
        {
            "name": "Name", "kind": "Type", "state": "Status", "starts_on": "StartDate", "ends_on": "EndDate", "budget": "BudgetedCost",
            "cost": "ActualCost", "leads_count": "NumberOfLeads", "active": "IsActive", "owner": "OwnerId",
        },
        needed=("Name",),
    ),
    StreamSpec(
        "accounts", "accounts", "Account",
        {
            "name": "Name", "segment": "Type", "sector": "Industry", "website": "Website", "country": "BillingCountry",
            "region": "BillingState", "city": "BillingCity", "employees_count": "NumberOfEmployees", "revenue": "AnnualRevenue",
            "owner": "OwnerId", "parent": "ParentId",
        },
        needed=("Name",),
    ),
    StreamSpec(
        "contacts", "contacts", "Contact",
        {**_PERSON, "account": "AccountId", "country": "MailingCountry", "owner": "OwnerId", "do_not_email": "HasOptedOutOfEmail"},
        needed=("LastName", "AccountId"),
    ),
    StreamSpec(
        "opportunities", "opportunities", "Opportunity",
        {
            "name": "Name", "account": "AccountId", "stage": "StageName", "forecast_category": "ForecastCategoryName",
            "amount": "Amount", "opened_on": "CreatedDate", "close_on": "CloseDate", "stage_since_at": "LastStageChangeDate",
            "contact": "ContactId", "owner": "OwnerId", "next_step": "NextStep",
        },
        {"outcome": Derived(("IsWon", "IsClosed"), _outcome)},
        needed=("Name", "StageName"),
    ),
    StreamSpec(
        "stages", "stages", "OpportunityHistory",
        {"opportunity": "OpportunityId", "to_stage": "StageName", "at": "CreatedDate", "by": "CreatedById", "amount": "Amount"},
        needed=("OpportunityId", "StageName", "CreatedDate"),
    ),
    StreamSpec(
        "leads", "leads", "Lead",
        {
            **_PERSON, "firm_name": "Company", "country": "Country", "channel": "LeadSource", "owner": "OwnerId",
            "received_at": "CreatedDate", "converted_at": "ConvertedDate", "do_not_email": "HasOptedOutOfEmail",
            "converted_account": "ConvertedAccountId", "converted_contact": "ConvertedContactId", "converted_opportunity": "ConvertedOpportunityId",
        },
        {"state": Derived(("IsConverted", "Status"), _state)},
        needed=("LastName",),
    ),
    StreamSpec(
        "members", "members", "CampaignMember",
        {
            "campaign": "CampaignId", "contact": "ContactId", "lead": "LeadId", "state": "Status", "responded": "HasResponded",
            "first_responded_on": "FirstRespondedDate", "added_at": "CreatedDate",
        },
        needed=("CampaignId",),
    ),
    StreamSpec(
        "tasks", "activities", "Task",
        {"subject": "Subject", "body": "Description", "account": "AccountId", "owner": "OwnerId", "outcome": "Status", "due_at": "ActivityDate", "noted_at": "CreatedDate"},
        {
            **_RELATED,
            "at": Derived(("CompletedDateTime", "ActivityDate", "CreatedDate"), _task_at),
            "kind": Derived(("TaskSubtype",), _task_kind),
            "minutes_count": Derived(("CallDurationInSeconds",), _task_minutes),
            "done_at": Derived(("IsClosed", "CompletedDateTime"), _task_done),
        },
        needed=("CreatedDate",),
    ),
    StreamSpec(
        "events", "activities", "Event",
        {
            "subject": "Subject", "body": "Description", "account": "AccountId", "owner": "OwnerId", "at": "StartDateTime",
            "minutes_count": "DurationInMinutes", "noted_at": "CreatedDate",
        },
        {**_RELATED, "kind": Derived(("StartDateTime",), lambda _record: "meeting")},
        needed=("StartDateTime",),
    ),
)  # fmt: skip
