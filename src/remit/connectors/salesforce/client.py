"""Salesforce over REST: describe, query and the pages after. There is nothing here that writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from remit.connectors.crm.http import ReadOnlyHttp
from remit.connectors.crm.reading import CrmRefused, CrmResting, CrmUnavailable
from remit.connectors.salesforce.config import Salesforce
from remit.connectors.salesforce.tokens import Token
from remit.kit.text import shorten

VERSION: Final = "v62.0"
PAGE: Final = 2_000
REST_SECONDS: Final = 3_600.0
SHARE: Final = 0.9
"""What we use of the day's requests at most: the rest is the firm's."""

_USAGE: Final = re.compile(r"api-usage=(\d+)/(\d+)")
_NEXT: Final = re.compile(r"/services/data/v\d+\.\d/query(?:All)?/[A-Za-z0-9-]+")


class SalesforceClient:
    """Reads one org. `used`: (requests of the day that the org used, its limit), as it said last."""

    def __init__(self, chosen: Salesforce, **options: Any) -> None:
        token = Token(chosen)
        token(False)  # says where the org is
        self.used: tuple[int, int] | None = None
        self.http = ReadOnlyHttp(
            "Salesforce", token.instance, token, told=_told, heard=self._heard, **options
        )

    def describe(self, name: str) -> dict[str, str]:
        """The fields of an object that we may read, each with its type."""
        found = self.http.get(f"/services/data/{VERSION}/sobjects/{name}/describe")
        return {
            str(field["name"]): str(field["type"])
            for field in found["fields"]
            if not field.get("deprecatedAndHidden", False)
        }

    def query(self, soql: str) -> Iterator[list[Mapping[str, Any]]]:
        """The records that a query finds, deleted ones too, a page at a time."""
        params: dict[str, str] | None = {"q": soql}
        path = f"/services/data/{VERSION}/queryAll"
        while True:
            self._spare()
            found = self.http.get(path, params)
            yield found["records"]
            if found.get("done", True):
                return
            path, params = str(found["nextRecordsUrl"]), None
            if not _NEXT.fullmatch(path):
                raise CrmUnavailable("Salesforce names a next page that is none of its own.")

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def _heard(self, headers: Mapping[str, str]) -> None:
        if found := _USAGE.search(headers.get("sforce-limit-info", "")):
            self.used = int(found[1]), int(found[2])

    def _spare(self) -> None:
        if self.used and self.used[0] >= SHARE * self.used[1]:
            raise CrmResting(
                f"The org has used {self.used[0]:,} of its {self.used[1]:,} requests of the day; the rest is left to others.",
                REST_SECONDS,
            )


def _told(status: int, body: Any) -> CrmUnavailable | None:
    """Salesforce tells its errors as a list of {errorCode, message}."""
    first = body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else {}
    code, message = str(first.get("errorCode", "")), shorten(str(first.get("message", "")), 200)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return CrmResting(
            "Salesforce has had all the requests of the day from the firm's apps.", REST_SECONDS
        )
    if code in ("API_DISABLED_FOR_ORG", "INVALID_LOGIN", "INVALID_AUTH_HEADER"):
        return CrmRefused(f"Salesforce does not let us read ({code}): {message}")
    if code and status < 500:
        return CrmUnavailable(f"Salesforce says {code}: {message}")
    return None
