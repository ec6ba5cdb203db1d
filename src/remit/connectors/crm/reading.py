"""Streams and batches: what every CRM connector gives, whatever its vendor's interface looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from remit.domains.crm.model import NOTHING_TAKEN, Taken, Vendor

Place = dict[str, Any]
"""Where a stream is: plain JSON, meant for the connector that made it."""


class CrmUnavailable(Exception):
    """The CRM did not give what was asked; the message says why and what mends it. Other streams may still be read."""

    code = "crm_unavailable"
    exit_code = 4

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CrmForbidden(CrmUnavailable):
    """The CRM does not let us read this kind of record."""


class CrmRefused(CrmUnavailable):
    """The CRM does not let us in at all: nothing can be read before somebody mends that."""

    code = "crm_refused"
    exit_code = 1


class CrmResting(CrmUnavailable):
    """The CRM asks for a rest (its limit is reached); nothing is asked before `seconds` have passed."""

    code = "crm_resting"

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Derived:
    """A field of ours that is made from several of theirs. `make` gets a record as they gave it and returns a cell."""

    sources: tuple[str, ...]
    make: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One kind of record there and what it is here. `fields`: our field → theirs, as usual; `derived`: ours made from several.

    `needed`: fields of theirs without which nothing can be taken.
    """

    name: str
    entity: str
    object: str
    fields: Mapping[str, str]
    derived: Mapping[str, Derived] = field(default_factory=dict)
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows for one of our entities: `fields` are the columns, `external_id` the first; cells are text, "" for none."""

    entity: str
    fields: tuple[str, ...]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is taken in one transaction. `place` is where we are after it; `whole`: nothing older is left.

    `groups`: how far the campaigns have been read whose members are in it.
    """

    sheets: tuple[Sheet, ...]
    place: Place
    newest_at: datetime | None = None
    gone: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    groups: Taken = NOTHING_TAKEN


class Reader(Protocol):
    """A connected CRM. All methods raise CrmUnavailable, CrmRefused or CrmResting."""

    vendor: Vendor

    @property
    def streams(self) -> tuple[StreamSpec, ...]:
        """The kinds of record, in an order in which what is named comes before what names it."""
        ...

    @property
    def requests_count(self) -> int:
        """Requests sent so far."""
        ...

    @property
    def now(self) -> datetime:
        """The instant by the CRM's own clock, as of its last answer."""
        ...

    def fields(self, spec: StreamSpec) -> dict[str, str]:
        """The fields of that kind of record there, each with its type."""
        ...

    def batches(
        self,
        spec: StreamSpec,
        chosen: Mapping[str, str],
        known: Mapping[str, str],
        place: Place,
        until: datetime,
    ) -> Iterator[Batch]:
        """Everything that changed since `place` and not after `until`, oldest first. `chosen`: our field → theirs."""
        ...

    def sample(
        self, spec: StreamSpec, chosen: Mapping[str, str], known: Mapping[str, str], count: int
    ) -> tuple[Sheet, ...]:
        """A few records as they would be taken."""
        ...

    def close(self) -> None:
        """Give up the connection."""
        ...


def chosen_fields(spec: StreamSpec, mapping: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Our field → theirs: the usual ones, changed by what somebody chose, without those that are not there."""
    wanted = {**spec.fields, **mapping}
    return {ours: theirs for ours, theirs in wanted.items() if theirs and theirs in known}


def derived_fields(
    spec: StreamSpec, mapping: Mapping[str, str], known: Mapping[str, str]
) -> dict[str, Derived]:
    """The fields made from several, except those that somebody chose a single field for."""
    return {
        ours: made
        for ours, made in spec.derived.items()
        if ours not in mapping and any(source in known for source in made.sources)
    }
