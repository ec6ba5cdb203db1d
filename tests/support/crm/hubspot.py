"""A HubSpot portal in memory: lists with pages, searches that end at 10,000, associations, histories, the archive, merges, limits.

Refused as HubSpot does: unknown objects, a page larger than allowed, a search without its three words, more than 200 properties' worth
of nonsense in an operator, whatever would write.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from remit.kit import clock
from tests.support.crm.faults import Answer, Asked, Counterpart, serving

_NUMBERS = itertools.count(1001)
_STRINGS = {
    "companies": "name domain industry country state city lifecyclestage hubspot_owner_id hs_parent_company_id hs_merged_object_ids tier",
    "contacts": "firstname lastname jobtitle email phone country company associatedcompanyid hs_buying_role hubspot_owner_id hs_analytics_source hs_lead_status hs_merged_object_ids",
    "leads": "hs_lead_name hs_pipeline_stage_category hubspot_owner_id",
    "deals": "dealname dealstage hs_primary_associated_company hs_manual_forecast_category hubspot_owner_id hs_next_step closed_lost_reason hs_merged_object_ids",
    "calls": "hs_call_title hs_call_body hs_call_direction hubspot_owner_id",
    "emails": "hs_email_subject hs_email_text hs_email_direction hubspot_owner_id",
    "meetings": "hs_meeting_title hs_meeting_body hs_meeting_outcome hubspot_owner_id",
    "notes": "hs_note_body hubspot_owner_id",
    "tasks": "hs_task_subject hs_task_body hs_task_status hubspot_owner_id",
}  # fmt: skip
_MORE = {
    "companies": {"numberofemployees": "number", "annualrevenue": "number", "founded_year": "string"},
    "contacts": {"createdate": "datetime", "hs_email_optout": "bool"},
    "leads": {"hs_createdate": "datetime"},
    "deals": {"amount": "number", "createdate": "datetime", "closedate": "datetime", "hs_v2_date_entered_current_stage": "datetime"},
    "calls": {"hs_timestamp": "datetime", "hs_createdate": "datetime", "hs_call_duration": "number"},
    "emails": {"hs_timestamp": "datetime", "hs_createdate": "datetime"}, "meetings": {"hs_timestamp": "datetime", "hs_createdate": "datetime", "hs_meeting_start_time": "datetime", "hs_meeting_end_time": "datetime"},
    "notes": {"hs_timestamp": "datetime", "hs_createdate": "datetime"}, "tasks": {"hs_timestamp": "datetime", "hs_createdate": "datetime"},
}  # fmt: skip
STAGES = [
    ("appt", "Discovery", "false", "0.2"), ("talk", "Negotiation", "false", "0.6"), ("yes", "Closed Won", "true", "1.0"), ("no", "Closed Lost", "true", "0.0"),
]  # fmt: skip


def modified(name: str) -> str:
    """The property with the instant of the last change."""
    return "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"


def stamp(at: datetime) -> str:
    """An instant as HubSpot writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _schema() -> dict[str, dict[str, str]]:
    return {
        name: {**dict.fromkeys(words.split(), "string"), **_MORE[name], modified(name): "datetime"}
        for name, words in _STRINGS.items()
    }


@dataclass
class Portal(Counterpart):
    """`token_uses`: requests that a token is good for. `page_most`: members on a page of a list, however many are asked for.
    `links`: (object, id, object) → ids, the primary first."""

    token_uses: int = 10**9
    page_most: int = 100
    closed: set[str] = field(default_factory=set)
    """Objects that the app may not read."""
    schema: dict[str, dict[str, str]] = field(default_factory=_schema)
    records: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {name: {} for name in _STRINGS}
    )
    owners: list[dict[str, Any]] = field(default_factory=list)
    campaigns: list[dict[str, Any]] = field(default_factory=list)
    reached: dict[str, list[str]] = field(default_factory=dict)
    """Contacts that each campaign influenced, by its id."""
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    attending: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """Participations of each marketing event, by their own ids."""
    links: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    history: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=lambda: {"code-1"})

    def __post_init__(self) -> None:
        self._tokens: dict[str, int] = {}

    # -- what people do there -------------------------------------------------------------------------------

    def add_owner(self, email: str, first: str, last: str) -> str:
        """Somebody who works there."""
        identity = str(next(_NUMBERS))
        self.owners.append(
            {"id": identity, "email": email, "firstName": first, "lastName": last, "archived": False}
        )
        return identity

    def add(self, name: str, /, links: dict[str, list[str]] | None = None, **values: Any) -> str:
        """A new record; gives its id."""
        with self.lock:
            identity = str(next(_NUMBERS))
            self.records[name][identity] = {"id": identity, "archived": False, "properties": {}}
            self.change(name, identity, **values)
            for to, ids in (links or {}).items():
                self.links[name, identity, to] = ids
            return identity

    def add_event(self, name: str, **values: Any) -> str:
        """A marketing event; gives its objectId."""
        identity = str(next(_NUMBERS))
        self.attending[identity] = {}
        self.events[identity] = {
            "objectId": identity,
            "eventName": name,
            "eventType": None,
            "updatedAt": self._tick(),
            **values,
        }
        return identity

    def attend(self, event: str, contact: str, state: str, at: datetime) -> str:
        """Somebody puts their name down, comes, does not come or calls off; once for each contact."""
        with self.lock:
            found = next(
                (each for each in self.attending[event].values() if each["associations"]["contact"]["contactId"] == contact), None
            )  # fmt: skip
            identity = found["id"] if found else str(next(_NUMBERS))
            self.attending[event][identity] = {
                "id": identity, "createdAt": stamp(at), "properties": {"attendanceState": state, "occurredAt": int(at.timestamp() * 1000)},
                "associations": {"contact": {"contactId": contact}, "marketingEvent": {"marketingEventId": event}},
            }  # fmt: skip
            return identity

    def change(self, name: str, identity: str, /, **values: Any) -> None:
        """Change a record."""
        with self.lock:
            at = self._tick()
            if "dealstage" in values:
                self.history.setdefault(identity, []).insert(
                    0, {"value": values["dealstage"], "timestamp": at}
                )
            self.records[name][identity]["properties"] |= {**values, modified(name): at}
            self.records[name][identity]["updatedAt"] = at

    def delete(self, name: str, identity: str) -> None:
        """Into the archive."""
        with self.lock:
            self.records[name][identity] |= {"archived": True, "archivedAt": self._tick()}

    def restore(self, name: str, identity: str) -> None:
        """Out of it."""
        self.records[name][identity]["archived"] = False
        self.change(name, identity)

    def merge(self, name: str, loser: str, winner: str) -> None:
        """One stays; the other is no record any more, its id stands with the one that stayed."""
        with self.lock:
            del self.records[name][loser]
            before = self.records[name][winner]["properties"].get("hs_merged_object_ids")
            self.change(name, winner, hs_merged_object_ids=";".join(filter(None, [before, loser])))
            if name == "companies":
                for identity, each in self.records["contacts"].items():
                    if each["properties"].get("associatedcompanyid") == loser:
                        self.change("contacts", identity, associatedcompanyid=winner)

    def drop_field(self, name: str, field_name: str) -> None:
        """An admin deletes a property."""
        del self.schema[name][field_name]

    def _tick(self) -> str:
        self.now += timedelta(seconds=1)
        return stamp(self.now)

    # -- what it answers ------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        """Tokens, properties, lists, searches, batches."""
        if asked.path == "/oauth/v3/token":
            return self._token(asked)
        key = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(key, 0) < 1:
            return 401, {"status": "error", "message": "The OAuth token used to make this call expired"}, {}
        self._tokens[key] -= 1
        parts = asked.path.strip("/").split("/")
        if asked.method == "GET":
            return self._get(parts, asked.query)
        if asked.method == "POST" and (parts[-1] == "search" or parts[-2:] == ["batch", "read"]):
            return self._ask(parts, json.loads(asked.body))
        self.refused.append(f"{asked.method} {asked.path}")
        return self._error(403, "This app hasn't been granted all required scopes to make this call.")

    def _token(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        code = form.get("grant_type") == "authorization_code" and form.get("code") in self.codes
        refresh = form.get("grant_type") == "refresh_token" and form.get("refresh_token") == "refresh-me"
        if form.get("client_secret") != "sesame" or not (code or refresh):
            return 400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or unknown refresh token"}, {}
        self.codes.discard(form.get("code", ""))  # a code is good once
        token = f"token-{next(_NUMBERS)}"
        self._tokens[token] = self.token_uses
        return (
            200,
            {"access_token": token, "refresh_token": "refresh-me", "expires_in": 1800, "hub_id": 4711},
            {},
        )

    def _get(self, parts: list[str], query: dict[str, list[str]]) -> Answer:
        one = {name: values[0] for name, values in query.items()}
        if parts[3:4] and parts[3] in self.closed:
            return self._error(403, "This app hasn't been granted all required scopes to make this call.")
        if parts[:3] == ["crm", "v3", "properties"] and parts[3] in self.schema:
            return (
                200,
                {"results": [{"name": name, "type": kind} for name, kind in self.schema[parts[3]].items()]},
                {},
            )
        if parts == ["crm", "v3", "owners"]:
            archived = one.get("archived") == "true"
            return self._page([each for each in self.owners if each["archived"] == archived], one, 500)
        if parts == ["marketing", "v3", "campaigns"]:
            return self._page(self.campaigns, one, 100)
        if parts[:2] == ["marketing", "v3"]:
            return self._marketing(parts[2:], one)
        if parts == ["crm", "v3", "pipelines", "deals"]:
            stages = [
                {"id": i, "label": label, "metadata": {"isClosed": closed, "probability": p}}
                for i, label, closed, p in STAGES
            ]
            return 200, {"results": [{"id": "default", "stages": stages}]}, {}
        if parts[:3] == ["crm", "v3", "objects"] and parts[3] in self.records:
            archived = one.get("archived") == "true"
            found = [each for each in self.records[parts[3]].values() if each["archived"] == archived]
            wanted = one.get("properties", "").split(",")
            return self._page([self._shown(each, wanted) for each in found], one, 100)
        return self._error(404, "Unable to infer object type")

    def _marketing(self, parts: list[str], one: dict[str, str]) -> Answer:
        match parts:
            case ["campaigns", identity, "reports", "contacts", "influencedContacts"]:
                one["limit"] = str(min(int(one["limit"]), self.page_most))
                return self._page([{"id": each} for each in self.reached.get(identity, [])], one, 100)
            case ["marketing-events"]:
                return self._page([self._counted(each) for each in self.events], one, 100, key="objectId")
            case ["marketing-events", "participations", identity, "breakdown"] if identity in self.attending:
                one["limit"] = str(min(int(one["limit"]), self.page_most))
                return self._page(list(self.attending[identity].values()), one, 100)
        return self._error(404, "resource not found")

    def _counted(self, identity: str) -> dict[str, Any]:
        """An event with its counts, as it is listed."""
        states = [each["properties"]["attendanceState"] for each in self.attending[identity].values()]
        names = {
            "registrants": "REGISTERED",
            "attendees": "ATTENDED",
            "cancellations": "CANCELLED",
            "noShows": "NO_SHOW",
        }
        return {**self.events[identity], **{name: states.count(state) for name, state in names.items()}}

    def _page(self, found: list[dict[str, Any]], one: dict[str, str], most: int, key: str = "id") -> Answer:
        limit = int(one.get("limit", 10))
        if limit > most:
            return self._error(400, f"The request was invalid: limit must be at most {most}")
        later = sorted(
            (each for each in found if int(each[key]) > int(one.get("after", 0))),
            key=lambda each: int(each[key]),
        )
        body: dict[str, Any] = {"results": later[:limit]}
        if len(later) > limit:
            body["paging"] = {"next": {"after": body["results"][-1][key]}}
        return 200, body, {}

    def _ask(self, parts: list[str], body: dict[str, Any]) -> Answer:
        if parts[:3] == ["crm", "v4", "associations"]:
            return self._associations(parts[3], parts[4], body)
        name = parts[3]
        if name not in self.records:
            return self._error(404, "Unable to infer object type")
        return self._search(name, body) if parts[-1] == "search" else self._histories(name, body)

    def _search(self, name: str, body: dict[str, Any]) -> Answer:
        [group] = body["filterGroups"]
        [span] = group["filters"]
        [order] = body["sorts"]
        limit, after = body.get("limit", 10), int(body.get("after", 0))
        known = self.schema[name]
        if (
            span["operator"] != "BETWEEN"
            or span["propertyName"] not in known
            or order["propertyName"] not in known
            or limit > 200
        ):
            return self._error(400, "There was a problem with the request.")
        if after + limit > 10_000:
            return self._error(400, "The maximum number of results is 10000")
        low, high = (datetime.fromtimestamp(int(span[each]) / 1000, UTC) for each in ("value", "highValue"))
        found = [
            each for each in self.records[name].values()
            if not each["archived"] and low <= datetime.fromisoformat(each["properties"][span["propertyName"]]) <= high
        ]  # fmt: skip
        found.sort(key=lambda each: each["properties"][order["propertyName"]])
        shown = [self._shown(each, body["properties"]) for each in found[after : after + limit]]
        answer: dict[str, Any] = {"total": len(found), "results": shown}
        if after + limit < len(found):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return 200, answer, {}

    def _associations(self, name: str, to: str, body: dict[str, Any]) -> Answer:
        if self.closed & {name, to}:
            return self._error(403, "This app hasn't been granted all required scopes to make this call.")
        results = []
        for each in body["inputs"]:
            found = self.links.get((name, each["id"], to), [])
            kinds = [[{"label": "Primary"}]] + [[{"label": None}]] * len(found)
            to_ids = [
                {"toObjectId": int(one), "associationTypes": kind}
                for one, kind in zip(found, kinds, strict=False)
            ]
            if to_ids:
                results.append({"from": {"id": each["id"]}, "to": to_ids[::-1]})
        return 200, {"status": "COMPLETE", "results": results}, {}

    def _histories(self, name: str, body: dict[str, Any]) -> Answer:
        if len(body["inputs"]) > 50:
            return self._error(400, "inputs: at most 50 with history")
        [wanted] = body["propertiesWithHistory"]
        results = [
            {"id": each["id"], "properties": {}, "propertiesWithHistory": {wanted: self.history.get(each["id"], [])}}
            for each in body["inputs"] if each["id"] in self.records[name]
        ]  # fmt: skip
        return 200, {"status": "COMPLETE", "results": results}, {}

    @staticmethod
    def _shown(record: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
        properties = {name: record["properties"].get(name) for name in wanted if name}
        return {**record, "properties": properties}

    @staticmethod
    def _error(status: int, message: str) -> Answer:
        return status, {"status": "error", "message": message, "category": "VALIDATION_ERROR"}, {}


@contextmanager
def portal(**options: Any) -> Iterator[Portal]:
    """An empty portal, served."""
    made = Portal(**options)
    with serving(made):
        yield made


def fill(made: Portal, records: int) -> None:
    """About so many records, in the proportions of a firm."""
    owners = [made.add_owner(f"rep{n}@northlake.example", "Rep", f"No{n}") for n in range(50)]
    firms = [
        made.add(
            "companies",
            name=f"Firm {n} Capital",
            industry="FINANCIAL_SERVICES",
            hubspot_owner_id=owners[n % 50],
        )
        for n in range(records // 10)
    ]
    people = [
        made.add("contacts", firstname=f"F{n}", lastname=f"L{n}", email=f"c{n}@firm.example", associatedcompanyid=firms[n % len(firms)] if n % 5 else None)
        for n in range(records * 2 // 5)
    ]  # fmt: skip
    for n in range(records // 10):
        made.add(
            "deals",
            {"contacts": [people[n]]},
            dealname=f"Deal {n}",
            dealstage="talk",
            amount=str(500 * n),
            hs_primary_associated_company=firms[n % len(firms)],
        )
    _attendances(made, records // 10, people)
    while sum(map(len, made.records.values())) + records // 10 < records:
        n = len(made.records["calls"])
        made.add(
            "calls",
            {"companies": [firms[n % len(firms)]], "contacts": [people[n % len(people)]]},
            hs_call_title=f"Call {n}",
            hs_call_body="Spoke about clearing. " * 8,
            hs_timestamp="2025-05-01T10:00:00.000Z",
            hs_call_duration="600000",
        )


def _attendances(made: Portal, count: int, people: list[str]) -> None:
    """Who took part in forty events of three weeks ago."""
    at = clock.now() - timedelta(days=21)
    held = [made.add_event(f"Forum {n}", startDateTime=stamp(at)) for n in range(40)]
    for n in range(count):
        identity = str(next(_NUMBERS))
        state = ("ATTENDED", "REGISTERED", "NO_SHOW")[n % 3]
        made.attending[held[n % 40]][identity] = {
            "id": identity, "createdAt": stamp(at), "properties": {"attendanceState": state, "occurredAt": int(at.timestamp() * 1000)},
            "associations": {"contact": {"contactId": people[n % len(people)]}, "marketingEvent": {"marketingEventId": held[n % 40]}},
        }  # fmt: skip


def main() -> None:
    """`python -m tests.support.crm.hubspot ROWS`: serve a filled portal, say where on stdout, until stdin ends."""
    with portal() as made:
        fill(made, int(sys.argv[1]))
        sys.stdout.write(
            json.dumps(
                {
                    "url": made.url,
                    "records": sum(map(len, (*made.records.values(), *made.attending.values()))),
                }
            )
            + "\n"
        )
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
