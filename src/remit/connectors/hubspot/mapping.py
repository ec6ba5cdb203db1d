"""HubSpot's objects and what they are here. Which property fills which of our fields may be changed on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from remit.connectors.crm.reading import Derived, StreamSpec
from remit.domains.crm.model import LEAD_PREFIX

COMPANY: Final = "@companies"
CONTACT: Final = "@contacts"
DEAL: Final = "@deals"
LEAD: Final = "@leads"
LABEL: Final = "@stage_label"
OUTCOME: Final = "@stage_outcome"
"""What is put beside the properties of a record before it becomes a row: ids of what it is associated with, words for its stage."""

MERGED: Final = "hs_merged_object_ids"
EVENTS: Final = "marketing_events"
PARTICIPATIONS: Final = "participations"
REACHED: Final = "campaign_contacts"
"""Not objects of its CRM interface: lists of its marketing interface, whose members are read group by group (`members.py`)."""

OBJECTS: Final = frozenset(
    {"companies", "contacts", "deals", "leads", "calls", "emails", "meetings", "notes", "tasks"}
)
OPTIONAL: Final = frozenset({"leads"})
"""What a portal may not have, or not let us read: what is associated with it is read without it."""

ASSOCIATED: Final[dict[str, tuple[str, ...]]] = {
    "deals": ("contacts", "leads"), "leads": ("contacts", "companies", "deals"),
    **dict.fromkeys(("calls", "emails", "meetings", "notes", "tasks"), ("companies", "contacts", "deals")),
}  # fmt: skip
# owners and campaigns have no properties to ask for: this is what they come with
PLAIN: Final[dict[str, dict[str, str]]] = {
    "owners": {"id": "string", "email": "string", "firstName": "string", "lastName": "string", "archived": "bool"},
    "campaigns": {
        "hs_name": "string", "hs_campaign_status": "string", "hs_start_date": "date", "hs_end_date": "date",
        "hs_budget_items_sum_amount": "number", "hs_spend_items_sum_amount": "number", "hs_owner": "string",
    },
    EVENTS: {
        "eventName": "string", "eventType": "string", "eventStatus": "string", "startDateTime": "datetime", "endDateTime": "datetime",
        "eventCancelled": "bool", "eventCompleted": "bool", "registrants": "number", "attendees": "number",
    },
    PARTICIPATIONS: {
        "marketingEventId": "string", "contactId": "string", "attendanceState": "enumeration", "occurredAt": "datetime", "createdAt": "datetime",
    },
    REACHED: {"campaignId": "string", "contactId": "string"},
}  # fmt: skip


def cell(value: Any) -> str:
    """A value of theirs as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else str(value)


def _took(name: str) -> Derived:
    return Derived((name,), lambda record: cell(record.get(name)))


def _minutes(name: str) -> Derived:
    def made(record: Mapping[str, Any]) -> str:
        text = cell(record.get(name)).partition(".")[0]
        return str(round(int(text) / 60_000)) if text.isdigit() else ""

    return Derived((name,), made)


def _meeting_minutes(record: Mapping[str, Any]) -> str:
    from remit.kit.dates import DateUnreadable, parse_instant

    begins, ends = cell(record.get("hs_meeting_start_time")), cell(record.get("hs_meeting_end_time"))
    try:
        seconds = (parse_instant(ends) - parse_instant(begins)).total_seconds()
    except DateUnreadable:
        return ""
    return str(round(seconds / 60)) if seconds >= 0 else ""


def _direction(record: Mapping[str, Any]) -> str:
    return "inbound" if cell(record.get("hs_email_direction")) == "INCOMING_EMAIL" else "outbound"


def _task_done(record: Mapping[str, Any]) -> str:
    return (
        cell(record.get("hs_lastmodifieddate")) if cell(record.get("hs_task_status")) == "COMPLETED" else ""
    )


def _event_state(record: Mapping[str, Any]) -> str:
    if record.get("eventCancelled") in (True, "true"):
        return "cancelled"
    return "completed" if record.get("eventCompleted") in (True, "true") else cell(record.get("eventStatus"))


def _participation(record: Mapping[str, Any]) -> str:
    return cell(record.get("attendanceState")).lower()


def _responded(record: Mapping[str, Any]) -> str:
    """They answered: they put their names down, or came."""
    return "yes" if _participation(record) in ("registered", "attended") else "no"


def _responded_on(record: Mapping[str, Any]) -> str:
    return cell(record.get("occurredAt"))[:10] if _responded(record) == "yes" else ""


def _as_lead(name: str) -> Derived:
    """The lead that a contact without a company is here."""
    return Derived(
        (name,), lambda record: f"{LEAD_PREFIX}{found}" if (found := cell(record.get(name))) else ""
    )


def _active(record: Mapping[str, Any]) -> str:
    return "no" if record.get("archived") in (True, "true") else "yes"


def _kind(word: str) -> Derived:
    return Derived(("hs_timestamp",), lambda _record: word)


_RELATED: Final = {
    "account_id_text": _took(COMPANY), "contact": _took(CONTACT), "opportunity": _took(DEAL), "lead": _as_lead(CONTACT),
}  # fmt: skip
# users choose hs_timestamp, not hs_createdate
_DONE: Final = {"at": "hs_timestamp", "noted_at": "hs_createdate", "owner": "hubspot_owner_id"}
_PERSON: Final = {
    "first_name": "firstname",
    "last_name": "lastname",
    "title": "jobtitle",
    "email": "email",
    "phone": "phone",
    "country": "country",
}

CONTACT_AS_LEAD: Final = StreamSpec(
    "contacts", "leads", "contacts",
    {
        **_PERSON, "firm_name": "company", "channel": "hs_analytics_source", "state": "hs_lead_status", "owner": "hubspot_owner_id",
        "received_at": "createdate", "do_not_email": "hs_email_optout",
    },
)  # fmt: skip
STREAMS: Final = (
    StreamSpec(
        "owners", "people", "owners", {"first_name": "firstName", "last_name": "lastName", "email": "email"},
        {"active": Derived(("archived",), _active)}, needed=("email",),
    ),
    StreamSpec(
        "campaigns", "campaigns", "campaigns",
        {
            "name": "hs_name", "state": "hs_campaign_status", "starts_on": "hs_start_date", "ends_on": "hs_end_date",
            "budget": "hs_budget_items_sum_amount", "cost": "hs_spend_items_sum_amount", "owner": "hs_owner",
        },
        needed=("hs_name",),
    ),
    StreamSpec(
        "events", "campaigns", EVENTS,
        {"name": "eventName", "starts_on": "startDateTime", "ends_on": "endDateTime", "leads_count": "registrants"},
        {
            "kind": Derived(("eventType",), lambda record: cell(record.get("eventType")) or "Event"),
            "state": Derived(("eventCancelled", "eventCompleted", "eventStatus"), _event_state),
        },
        needed=("eventName",),
    ),
    StreamSpec(
        "companies", "accounts", "companies",
        {
            "name": "name", "sector": "industry", "website": "domain", "country": "country", "region": "state", "city": "city",
            "relation": "lifecyclestage", "employees_count": "numberofemployees", "revenue": "annualrevenue", "founded_on": "founded_year",
            "owner": "hubspot_owner_id", "parent": "hs_parent_company_id",
        },
        needed=("name",),
    ),
    StreamSpec(
        "contacts", "contacts", "contacts",
        {**_PERSON, "account_id_text": "associatedcompanyid", "persona": "hs_buying_role", "owner": "hubspot_owner_id", "do_not_email": "hs_email_optout"},
        needed=("lastname", "associatedcompanyid"),
    ),
    StreamSpec(
        "deals", "opportunities", "deals",
        {
            "name": "dealname", "account_id_text": "hs_primary_associated_company", "amount": "amount", "opened_on": "createdate",
            "close_on": "closedate", "forecast_category": "hs_manual_forecast_category", "owner": "hubspot_owner_id",
            "next_step": "hs_next_step", "loss_reason": "closed_lost_reason", "stage_since_at": "hs_v2_date_entered_current_stage",
        },
        {"stage": _took(LABEL), "outcome": _took(OUTCOME), "contact": _took(CONTACT), "lead": _took(LEAD)},
        needed=("dealname", "dealstage"),
    ),
    StreamSpec(
        "leads", "leads", "leads",
        {"last_name": "hs_lead_name", "state": "hs_pipeline_stage_category", "owner": "hubspot_owner_id", "received_at": "hs_createdate"},
        {"converted_account": _took(COMPANY), "converted_contact": _took(CONTACT), "converted_opportunity": _took(DEAL)},
        needed=("hs_lead_name",),
    ),
    StreamSpec(
        "attendances", "members", PARTICIPATIONS, {"campaign": "marketingEventId", "contact": "contactId", "added_at": "createdAt"},
        {
            "lead": _as_lead("contactId"), "state": Derived(("attendanceState",), _participation),
            "responded": Derived(("attendanceState",), _responded), "first_responded_on": Derived(("occurredAt",), _responded_on),
        },
        needed=("marketingEventId", "contactId"),
    ),
    StreamSpec(
        "reached", "members", REACHED, {"campaign": "campaignId", "contact": "contactId"},
        {"lead": _as_lead("contactId"), "state": Derived(("campaignId",), lambda _record: "reached")}, needed=("campaignId", "contactId"),
    ),
    StreamSpec(
        "calls", "activities", "calls",
        {**_DONE, "subject": "hs_call_title", "body": "hs_call_body", "direction": "hs_call_direction"},
        {**_RELATED, "kind": _kind("call"), "minutes_count": _minutes("hs_call_duration")}, needed=("hs_timestamp",),
    ),
    StreamSpec(
        "emails", "activities", "emails", {**_DONE, "subject": "hs_email_subject", "body": "hs_email_text"},
        {**_RELATED, "kind": _kind("email"), "direction": Derived(("hs_email_direction",), _direction)}, needed=("hs_timestamp",),
    ),
    StreamSpec(
        "meetings", "activities", "meetings", {**_DONE, "subject": "hs_meeting_title", "body": "hs_meeting_body", "outcome": "hs_meeting_outcome"},
        {
            **_RELATED, "kind": _kind("meeting"),
            "minutes_count": Derived(("hs_meeting_start_time", "hs_meeting_end_time"), _meeting_minutes),
        },
        needed=("hs_timestamp",),
    ),
    StreamSpec(
        "notes", "activities", "notes", {**_DONE, "body": "hs_note_body"}, {**_RELATED, "kind": _kind("note")}, needed=("hs_timestamp",),
    ),
    StreamSpec(
        "tasks", "activities", "tasks",
        {**_DONE, "subject": "hs_task_subject", "body": "hs_task_body", "due_at": "hs_timestamp", "outcome": "hs_task_status"},
        {**_RELATED, "kind": _kind("task"), "done_at": Derived(("hs_task_status", "hs_lastmodifieddate"), _task_done)},
        needed=("hs_timestamp",),
    ),
)  # fmt: skip


def modified(name: str) -> str:
    """The property that says when a record changed last."""
    return "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"
