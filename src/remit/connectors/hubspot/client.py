"""HubSpot's CRM interface: lists, searches and batches of reads. There is nothing here that writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from remit.connectors.crm import http
from remit.connectors.crm.http import ReadOnlyHttp
from remit.connectors.crm.reading import CrmForbidden, CrmRefused, CrmResting, CrmUnavailable
from remit.connectors.hubspot.config import HubSpot
from remit.connectors.hubspot.tokens import Token
from remit.kit.text import shorten

LIST_PAGE: Final = 100
HISTORY_PAGE: Final = 50
"""With the history of a property HubSpot gives no more at once."""

SEARCH_PAGE: Final = 100
SEARCH_MOST: Final = 10_000
"""A search goes no further than this, however many it finds."""

REST_SECONDS: Final = 3_600.0


class HubSpotClient:
    """Reads one portal."""

    def __init__(
        self, chosen: HubSpot, refresh_token: str, wait: Callable[[float], object] | None = None
    ) -> None:
        self._wait = wait or http.wait_for
        self._open: dict[str, bool] = {}
        self.http = ReadOnlyHttp(
            "HubSpot", chosen.url, Token(chosen, refresh_token), told=_told, heard=self._heard, wait=wait
        )

    def properties(self, name: str) -> dict[str, str]:
        """The properties of an object, each with its type."""
        return {each["name"]: each["type"] for each in self.http.get(f"/crm/v3/properties/{name}")["results"]}

    def may_read(self, name: str) -> bool:
        """Whether this portal has the object and lets us read it; asked once."""
        if name not in self._open:
            try:
                self.properties(name)
            except CrmForbidden:
                self._open[name] = False
            else:
                self._open[name] = True
        return self._open[name]

    def pages(
        self, path: str, params: Mapping[str, Any], after: str = "", limit: int = LIST_PAGE
    ) -> Iterator[tuple[list[dict[str, Any]], str]]:
        """A list page by page: its records, and where the next begins ("" after the last)."""
        while True:
            asked = {**params, "limit": limit, **({"after": after} if after else {})}
            found = self.http.get(path, asked)
            after = str(found.get("paging", {}).get("next", {}).get("after", ""))
            yield found["results"], after
            if not after:
                return

    def search(self, name: str, body: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """What a search finds, page by page, as far as searches go."""
        after = ""
        while True:
            found = self.http.ask(
                f"/crm/v3/objects/{name}/search",
                {**body, "limit": SEARCH_PAGE, **({"after": after} if after else {})},
            )
            yield found["results"]
            after = str(found.get("paging", {}).get("next", {}).get("after", ""))
            if not after or int(after) + SEARCH_PAGE > SEARCH_MOST:
                return

    def associated(self, name: str, to: str, ids: Sequence[str]) -> dict[str, list[str]]:
        """Which records of `to` each of these is associated with; the one called primary comes first."""
        found: dict[str, list[str]] = {}
        for start in range(0, len(ids), LIST_PAGE):
            asked = [{"id": each} for each in ids[start : start + LIST_PAGE]]
            got = self.http.ask(f"/crm/v4/associations/{name}/{to}/batch/read", {"inputs": asked})
            for each in got["results"]:
                found[str(each["from"]["id"])] = [
                    str(one["toObjectId"]) for one in sorted(each["to"], key=_primary_first)
                ]
        return found

    def with_history(
        self, name: str, property_name: str, ids: Sequence[str]
    ) -> dict[str, list[dict[str, Any]]]:
        """What a property of each of these was, the newest first."""
        found: dict[str, list[dict[str, Any]]] = {}
        for start in range(0, len(ids), HISTORY_PAGE):
            asked = {
                "inputs": [{"id": each} for each in ids[start : start + HISTORY_PAGE]],
                "properties": [],
                "propertiesWithHistory": [property_name],
            }
            for each in self.http.ask(f"/crm/v3/objects/{name}/batch/read", asked)["results"]:
                found[str(each["id"])] = each.get("propertiesWithHistory", {}).get(property_name, [])
        return found

    def stages(self) -> dict[str, tuple[str, str]]:
        """Each stage of deals: its label, and won, lost or open."""
        found = {}
        for pipeline in self.http.get("/crm/v3/pipelines/deals")["results"]:
            for stage in pipeline["stages"]:
                known = stage.get("metadata", {})
                closed = str(known.get("isClosed", "")).lower() == "true"
                won = closed and float(known.get("probability") or 0) == 1.0
                found[str(stage["id"])] = (
                    str(stage["label"]),
                    "won" if won else "lost" if closed else "open",
                )
        return found

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def _heard(self, headers: Mapping[str, str]) -> None:
        """The last request of an interval is followed by a wait for the next one: cheaper than being refused."""
        left, interval = (
            headers.get("x-hubspot-ratelimit-remaining", ""),
            headers.get("x-hubspot-ratelimit-interval-milliseconds", ""),
        )
        if left == "0" and interval.isdigit():
            self._wait(min(int(interval) / 1000, 20.0))


def _primary_first(one: Mapping[str, Any]) -> bool:
    return not any(
        "primary" in str(kind.get("label") or "").lower() for kind in one.get("associationTypes", [])
    )


def _told(status: int, body: Any) -> CrmUnavailable | None:
    """HubSpot tells its errors as {status, message, category, policyName, …}."""
    if not isinstance(body, dict):
        return None
    message = shorten(str(body.get("message", "")), 200)
    if status == 429 and body.get("policyName") == "DAILY":
        return CrmResting("HubSpot has had all our requests of the day.", REST_SECONDS)
    if status == 403:
        return CrmForbidden(
            f"HubSpot does not let us read this; the app lacks a right or the portal the product: {message}"
        )
    if status == 401:
        return CrmRefused("HubSpot does not accept our sign-in any more: connect it again.")
    return CrmUnavailable(f"HubSpot says {status}: {message}") if message and status < 500 else None
