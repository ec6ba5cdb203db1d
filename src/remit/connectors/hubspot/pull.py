"""Records of HubSpot: all of them once, by lists in the order of their ids; then what changed, by searches in the order of change.

A search begins a few minutes before where the last one ended, and the first one before the lists began. What was deleted
is in the list of the archived; what was merged away stands with the record that stayed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from remit.connectors.crm.reading import Batch, Place, Sheet, StreamSpec
from remit.connectors.hubspot import members
from remit.connectors.hubspot.client import LIST_PAGE, HubSpotClient
from remit.connectors.hubspot.config import HubSpot
from remit.connectors.hubspot.mapping import (
    EVENTS,
    OBJECTS,
    PARTICIPATIONS,
    PLAIN,
    REACHED,
    STREAMS,
    cell,
    modified,
)
from remit.connectors.hubspot.rows import Record, Rows
from remit.domains.crm.model import Vendor
from remit.kit.dates import DateUnreadable, parse_instant

BATCH: Final = 2_000
OVERLAP: Final = timedelta(minutes=5)
"""A search finds a change only once its index has it."""


class HubSpotReader:
    """One portal, read only."""

    vendor: Vendor = "hubspot"
    streams: tuple[StreamSpec, ...] = STREAMS

    def __init__(self, chosen: HubSpot, refresh_token: str, **options: Any) -> None:
        self._client = HubSpotClient(chosen, refresh_token, **options)

    @property
    def requests_count(self) -> int:
        """Requests sent so far."""
        return self._client.http.requests_count

    @property
    def now(self) -> datetime:
        """The instant by HubSpot's own clock, as it said last; asked for when it has said nothing yet."""
        if not self._client.http.requests_count:
            self._client.http.get("/crm/v3/owners", {"limit": 1})
        return self._client.http.their_now

    def fields(self, spec: StreamSpec) -> dict[str, str]:
        """The properties of the object, each with its type."""
        if spec.object in PLAIN:
            return dict(PLAIN[spec.object])
        return self._client.properties(spec.object)

    def batches(
        self,
        spec: StreamSpec,
        chosen: Mapping[str, str],
        known: Mapping[str, str],
        place: Place,
        until: datetime,
    ) -> Iterator[Batch]:
        """What changed since `place`; everything when there was none."""
        rows = Rows(self._client, spec, chosen, known)
        if spec.object in (PARTICIPATIONS, REACHED):
            yield from members.batches(self._client, spec, rows, place, until, BATCH)
            return
        if spec.object not in OBJECTS:
            yield from self._plain(spec, rows, place)
            return
        if place.get("phase") != "since":
            yield from self._all(spec, rows, place, until)
            return
        yield from self._since(spec, rows, place, until)
        yield from self._archived(spec, place, until)

    def sample(
        self, spec: StreamSpec, chosen: Mapping[str, str], known: Mapping[str, str], count: int
    ) -> tuple[Sheet, ...]:
        """A few records."""
        rows = Rows(self._client, spec, chosen, known)
        if spec.object in (PARTICIPATIONS, REACHED):
            return rows.sheets(members.sample(self._client, spec, self.now, count))
        path, params = _listed(spec, rows)
        for found, _ in self._client.pages(path, params, limit=count):
            return rows.sheets(_records(spec, found[:count]))
        return ()

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    # -- everything -----------------------------------------------------------------------------------------

    def _all(self, spec: StreamSpec, rows: Rows, place: Place, until: datetime) -> Iterator[Batch]:
        began = place.get("began") or until.isoformat()
        path, params = _listed(spec, rows)
        records: list[Record] = []
        for found, after in self._client.pages(path, params, str(place.get("after", ""))):
            records += found
            if after and len(records) >= BATCH:
                yield _batch(
                    spec, rows, records, {"phase": "all", "began": began, "after": after}, whole=False
                )
                records = []
        at = (datetime.fromisoformat(began) - OVERLAP).isoformat()
        yield _batch(spec, rows, records, {"phase": "since", "at": at, "archived": at}, whole=True)

    # -- what changed ---------------------------------------------------------------------------------------

    def _since(self, spec: StreamSpec, rows: Rows, place: Place, until: datetime) -> Iterator[Batch]:
        """Searches, each as far as a search goes, the next from where the last one ended."""
        at = datetime.fromisoformat(place["at"])
        whole = dict(place)
        while True:
            records: list[Record] = [
                each
                for page in self._client.search(spec.object, _changed(spec, rows, at, until))
                for each in page
            ]
            if not records:
                return
            for start in range(0, len(records), BATCH):
                part = records[start : start + BATCH]
                last = _changed_at(spec, part[-1])
                whole = {**whole, "at": (last or at).isoformat()}
                ended = start + BATCH >= len(records) and len(records) < _FAR
                if ended:
                    whole["at"] = max(at, until - OVERLAP).isoformat()
                yield _batch(spec, rows, part, whole, whole=True)
            place.update(whole)
            newest = _changed_at(spec, records[-1])
            if len(records) < _FAR:
                return
            if newest is None or newest <= at:
                # more records of one instant than a search gives: only the lists get past them
                place.clear()
                yield from self._all(spec, rows, {}, until)
                return
            at = newest

    def _archived(self, spec: StreamSpec, place: Place, until: datetime) -> Iterator[Batch]:
        """Ids of what was deleted since we looked last; HubSpot lists the deleted by id, so the list is read whole."""
        if place.get("phase") != "since":
            return
        since = datetime.fromisoformat(place.get("archived") or place["at"])
        gone = []
        params = {"archived": "true", "properties": modified(spec.object)}
        for found, _ in self._client.pages(f"/crm/v3/objects/{spec.object}", params):
            for each in found:
                at = _instant(each.get("archivedAt"))
                if at is None or at >= since:
                    gone.append(str(each["id"]))
        for start in range(0, len(gone), BATCH):
            following = {**place, "archived": (until - OVERLAP).isoformat()}
            if start + BATCH < len(gone):
                following["archived"] = since.isoformat()
            yield Batch((), following, None, tuple(gone[start : start + BATCH]), (), True)
            place.update(following)

    # -- owners, campaigns and events -------------------------------------------------------------------------------

    def _plain(self, spec: StreamSpec, rows: Rows, place: Place) -> Iterator[Batch]:
        """Few, and without a way to ask what changed: read whole, taken when anything differs from the last time.

        What is not in the list any more is gone; of owners HubSpot says so itself.
        """
        path, params = _listed(spec, rows)
        found = [each for page, _ in self._client.pages(path, params) for each in page]
        if spec.object == "owners":
            found += [each for page, _ in self._client.pages(path, {"archived": "true"}) for each in page]
        records = _records(spec, found)
        sheets = rows.sheets(records)
        digest = hashlib.sha256(repr(sheets).encode()).hexdigest()
        if place.get("digest") == digest:
            return
        following: dict[str, Any] = {"digest": digest}
        gone: tuple[str, ...] = ()
        if spec.object != "owners":
            following["ids"] = sorted(str(each["id"]) for each in records)
            gone = tuple(sorted(set(place.get("ids", ())) - set(following["ids"])))
        yield Batch(sheets, following, None, gone, (), True)


_FAR: Final = 10_000 - LIST_PAGE
"""So many records and a search may have ended before what it looked for did."""


def _listed(spec: StreamSpec, rows: Rows) -> tuple[str, dict[str, str]]:
    if spec.object == "owners":
        return "/crm/v3/owners", {}
    if spec.object == EVENTS:
        return members.EVENTS_PATH, {}
    wanted = {"properties": ",".join(rows.wanted)}
    return (
        members.CAMPAIGNS_PATH if spec.object == "campaigns" else f"/crm/v3/objects/{spec.object}"
    ), wanted


def _records(spec: StreamSpec, found: list[dict[str, Any]]) -> list[Record]:
    """Owners and events come without properties: what stands beside their id is theirs."""
    if spec.object in ("owners", EVENTS):
        return [
            {"id": each["id" if spec.object == "owners" else "objectId"], "properties": each}
            for each in found
        ]
    return list(found)


def _changed(spec: StreamSpec, rows: Rows, at: datetime, until: datetime) -> dict[str, Any]:
    name = modified(spec.object)
    span = {
        "propertyName": name, "operator": "BETWEEN", "value": str(int(at.timestamp() * 1000)),
        "highValue": str(int(until.timestamp() * 1000)),
    }  # fmt: skip
    return {
        "filterGroups": [{"filters": [span]}], "sorts": [{"propertyName": name, "direction": "ASCENDING"}],
        "properties": list(rows.wanted),
    }  # fmt: skip


def _batch(spec: StreamSpec, rows: Rows, records: list[Record], place: Place, *, whole: bool) -> Batch:
    instants = [at for each in records if (at := _changed_at(spec, each))]
    return Batch(rows.sheets(records), place, max(instants, default=None), (), rows.merged(records), whole)


def _changed_at(spec: StreamSpec, record: Record) -> datetime | None:
    return _instant(record["properties"].get(modified(spec.object)))


def _instant(value: Any) -> datetime | None:
    try:
        return parse_instant(cell(value)) if value else None
    except DateUnreadable:
        return None
