"""Who takes part: participations in marketing events, and the contacts that a campaign has reached.

Neither can be searched by what changed. An event is read again when its counts or its own instant are other than the last time; one
that is long over is read once. Whom campaigns have reached is HubSpot's own attribution, reckoned anew by it: read once a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from remit.connectors.crm.reading import Batch, Place, StreamSpec
from remit.connectors.hubspot.client import HubSpotClient
from remit.connectors.hubspot.mapping import REACHED, cell
from remit.connectors.hubspot.rows import Record, Rows
from remit.domains.crm.model import Taken
from remit.kit.dates import DateUnreadable, parse_instant

EVENTS_PATH: Final = "/marketing/v3/marketing-events"
CAMPAIGNS_PATH: Final = "/marketing/v3/campaigns"
LOOKED_AT: Final = timedelta(days=180)
"""So long after its end an event is still looked at."""

_COUNTS: Final = ("registrants", "attendees", "cancellations", "noShows", "updatedAt")


@dataclass(frozen=True, slots=True)
class _Group:
    """One event or campaign: where its members are listed, what changes when they may have changed, whether it is long over."""

    id: str
    path: str
    mark: str
    over: bool


def batches(
    client: HubSpotClient, spec: StreamSpec, rows: Rows, place: Place, until: datetime, size: int
) -> Iterator[Batch]:
    """Members of each group that may have changed since `place`; a load that was killed goes on at its group and page."""
    seen: dict[str, str] = dict(place.get("seen", {}))
    whole = bool(place.get("whole"))
    going = str(place.get("group", "")) if "mark" in place else ""
    groups = list(_groups(client, spec, until))
    records: list[Record] = []
    complete: list[str] = []
    for group in groups:
        if seen.get(group.id) == group.mark or (group.over and whole):
            continue
        begins, mark = "", group.mark
        if going == group.id:
            # what its first members were read under: one that has changed since is read again, the next time
            begins, mark = str(place["after"]), str(place["mark"])
        for found, after in client.pages(group.path, {}, begins):
            records += [_record(group.id, each) for each in found]
            if not after:
                seen[group.id] = mark
                complete.append(group.id)
            if len(records) >= size:
                unfinished = group.id if after else ""
                where = {"group": group.id, "after": after, "mark": mark} if after else {}
                following = {"seen": dict(seen), "whole": whole, **where}
                taken = Taken(complete=tuple(complete), continued=going, unfinished=unfinished)
                yield Batch(rows.sheets(records), following, groups=taken)
                records, complete, going = [], [], unfinished
    if records or complete or not whole:
        kept = {group.id: seen[group.id] for group in groups if group.id in seen and not group.over}
        yield Batch(
            rows.sheets(records),
            {"seen": kept, "whole": True},
            whole=True,
            groups=Taken(complete=tuple(complete), continued=going),
        )


def sample(client: HubSpotClient, spec: StreamSpec, until: datetime, count: int) -> list[Record]:
    """A few members, of the first groups that have any."""
    made: list[Record] = []
    for group in _groups(client, spec, until):
        for found, _ in client.pages(group.path, {}, limit=count):
            made += [_record(group.id, each) for each in found]
            break
        if len(made) >= count:
            break
    return made[:count]


def _groups(client: HubSpotClient, spec: StreamSpec, until: datetime) -> Iterator[_Group]:
    reached = spec.object == REACHED
    for found, _ in client.pages(CAMPAIGNS_PATH if reached else EVENTS_PATH, {}):
        for each in found:
            if reached:
                path = f"{CAMPAIGNS_PATH}/{each['id']}/reports/contacts/influencedContacts"
                yield _Group(str(each["id"]), path, until.date().isoformat(), over=False)
            else:
                path = f"{EVENTS_PATH}/participations/{each['objectId']}/breakdown"
                said = "|".join(cell(each.get(name)) for name in _COUNTS)
                mark = hashlib.sha256(said.encode()).hexdigest()[:10]
                yield _Group(str(each["objectId"]), path, mark, _is_over(each, until))


def _is_over(event: Record, until: datetime) -> bool:
    """Whether nobody looks at it any more; one that names no day is looked at."""
    for name in ("endDateTime", "startDateTime"):
        try:
            return parse_instant(cell(event.get(name))) < until - LOOKED_AT
        except DateUnreadable:
            continue
    return False


def _record(group_id: str, each: dict[str, Any]) -> Record:
    """A member as a record with properties; of whom a campaign reached HubSpot gives the contact's id and no more."""
    if "properties" not in each:
        properties = {"campaignId": group_id, "contactId": cell(each["id"])}
        return {"id": f"{group_id}:{each['id']}", "properties": properties}
    contact = each.get("associations", {}).get("contact", {})
    at = cell(each["properties"].get("occurredAt"))
    instant = datetime.fromtimestamp(int(at) / 1000, UTC).isoformat() if at.isdigit() else ""
    properties = {
        "marketingEventId": group_id, "contactId": cell(contact.get("contactId")), "createdAt": cell(each.get("createdAt")),
        "attendanceState": cell(each["properties"].get("attendanceState")), "occurredAt": instant,
    }  # fmt: skip
    return {"id": str(each["id"]), "properties": properties}
