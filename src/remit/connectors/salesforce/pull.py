"""Records of Salesforce in the order in which they changed, a batch at a time; first all of them, then what is new.

Both are the same question: what changed after this place? So there is no second way that could differ, and a first load that was
killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from remit.connectors.crm.reading import (
    Batch,
    CrmUnavailable,
    Derived,
    Place,
    Sheet,
    StreamSpec,
    chosen_fields,
    derived_fields,
)  # fmt: skip
from remit.connectors.salesforce import soql
from remit.connectors.salesforce.client import SalesforceClient
from remit.connectors.salesforce.config import Salesforce
from remit.connectors.salesforce.mapping import DELETABLE, MERGING, STREAMS, cell
from remit.domains.crm.model import Vendor
from remit.kit.dates import parse_instant

BATCH: Final = 4_000
"""Records taken in one transaction, about."""

OVERLAP: Final = timedelta(seconds=120)
"""A change that was under way when we looked may carry an earlier instant: so much is looked at again."""


class SalesforceReader:
    """One org, read only. Raises CrmRefused, CrmUnavailable when it is made."""

    vendor: Vendor = "salesforce"
    streams: tuple[StreamSpec, ...] = STREAMS

    def __init__(self, chosen: Salesforce, **options: Any) -> None:
        self._client = SalesforceClient(chosen, **options)

    @property
    def requests_count(self) -> int:
        """Requests sent so far."""
        return self._client.http.requests_count

    @property
    def now(self) -> datetime:
        """The instant by Salesforce's own clock, as it said last."""
        return self._client.http.their_now

    def fields(self, spec: StreamSpec) -> dict[str, str]:
        """The fields of the object, each with its type."""
        return self._client.describe(spec.object)

    def batches(
        self,
        spec: StreamSpec,
        chosen: Mapping[str, str],
        known: Mapping[str, str],
        place: Place,
        until: datetime,
    ) -> Iterator[Batch]:
        """What changed since `place`; the last batch says that nothing older is left."""
        asked = _Asked(spec, chosen, known)
        at = datetime.fromisoformat(place["at"]) if place.get("at") else None
        after_id = str(place.get("id", ""))
        records: list[Mapping[str, Any]] = []
        whole = bool(place.get("whole"))
        for page in self._client.query(soql.changed_since(spec.object, asked.wanted, at, after_id, until)):
            records += page
            if len(records) >= BATCH:
                yield asked.batch(records, place, whole=whole)
                records = []
        if records or not whole:
            yield _up_to(asked.batch(records, place, whole=True), until - OVERLAP)

    def sample(
        self, spec: StreamSpec, chosen: Mapping[str, str], known: Mapping[str, str], count: int
    ) -> tuple[Sheet, ...]:
        """The records that changed last."""
        asked = _Asked(spec, chosen, known)
        found = [
            each
            for page in self._client.query(soql.newest(spec.object, asked.wanted, count))
            for each in page
        ]
        return asked.batch(found, {}, whole=False).sheets

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()


def _up_to(last: Batch, at: datetime) -> Batch:
    """The last batch leaves us a little before now, so that what was still under way there is looked at once more."""
    return replace(last, place={"at": at.isoformat(), "id": "", "whole": True})


class _Asked:
    """What is asked of one object, and how its records become rows."""

    def __init__(self, spec: StreamSpec, mapping: Mapping[str, str], known: Mapping[str, str]) -> None:
        missing = [name for name in spec.needed if name not in known]
        if missing:
            raise CrmUnavailable(
                f"{spec.object} has no field {', '.join(missing)} any more, or we may not read it."
            )
        self._spec = spec
        self._chosen = chosen_fields(spec, mapping, known)
        self._derived: dict[str, Derived] = derived_fields(spec, mapping, known)
        self._currency = "CurrencyIsoCode" in known
        own = ["Id", "SystemModstamp"]
        own += ["IsDeleted"] if spec.object in DELETABLE else []
        own += ["MasterRecordId"] if spec.object in MERGING else []
        own += ["CurrencyIsoCode"] if self._currency else []
        sources = [name for made in self._derived.values() for name in made.sources if name in known]
        self.wanted = tuple(dict.fromkeys([*own, *self._chosen.values(), *sources]))
        self.columns = ("external_id", *self._chosen, *self._derived)
        self._money = {name for name in self._chosen if known[self._chosen[name]] == "currency"}

    def batch(self, records: Sequence[Mapping[str, Any]], place: Place, *, whole: bool) -> Batch:
        """Rows of the living, ids of the dead, and the place after the last of them."""
        rows, gone, merged = [], [], []
        for record in records:
            identity = str(record["Id"])
            if not record.get("IsDeleted"):
                rows.append(self._row(record))
            elif record.get("MasterRecordId"):
                merged.append((identity, str(record["MasterRecordId"])))
            else:
                gone.append(identity)
        newest = parse_instant(str(records[-1]["SystemModstamp"])) if records else None
        following = {**place, "whole": True} if whole else dict(place)
        if newest:
            following |= {"at": newest.isoformat(), "id": str(records[-1]["Id"])}
        sheets = (Sheet(self._spec.entity, self.columns, rows),) if rows else ()
        return Batch(sheets, following, newest, tuple(gone), tuple(merged), whole)

    def _row(self, record: Mapping[str, Any]) -> list[str]:
        row = [str(record["Id"])]
        for ours, theirs in self._chosen.items():
            value = cell(record.get(theirs))
            if value and self._currency and ours in self._money and record.get("CurrencyIsoCode"):
                value = f"{record['CurrencyIsoCode']} {value}"
            row.append(value)
        return row + [made.make(record) for made in self._derived.values()]
