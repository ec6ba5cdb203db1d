"""Answers that Salesforce once gave (reference data, not part of the project), read by our client.

HubSpot's recordings are of interfaces before v3, which we do not use: nothing of them can be replayed.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator

import pytest

from remit.connectors.crm.reading import CrmUnavailable
from remit.connectors.salesforce.client import SalesforceClient
from remit.connectors.salesforce.config import Salesforce
from tests.support.crm.salesforce import Org, org
from tests.support.reference_data import reference


@pytest.fixture
def crm() -> Iterator[Org]:
    with org() as made:
        yield made


@pytest.fixture(scope="module")
def recorded() -> dict[str, bytes]:
    path = reference("crm-api") / "salesforce_restforce_fixtures.tar.gz"
    with tarfile.open(path) as archive:
        return {
            each.name.rsplit("/", 1)[1]: archive.extractfile(each).read()
            for each in archive
            if each.name.endswith(".json")
        }  # type: ignore[union-attr]


def test_describe_query_pages_and_errors_as_they_were_recorded(crm: Org, recorded: dict[str, bytes]) -> None:
    client = SalesforceClient(Salesforce(crm.url, "app", "sesame"))
    crm.faults += [(200, recorded["sobject_describe_success_response.json"], {})]
    told = json.loads(recorded["sobject_describe_success_response.json"])["fields"]
    assert client.describe("Whizbang") == {each["name"]: each["type"] for each in told}
    crm.faults += [
        (200, recorded[f"query_paginated_{page}_page_response.json"], {}) for page in ("first", "last")
    ]
    pages = list(client.query("SELECT Text_Label FROM Whizbang"))
    assert [page[0]["Text_Label"] for page in pages] == ["First Page", "Last Page"]
    crm.faults += [(200, recorded["query_empty_response.json"], {})]
    assert list(client.query("SELECT Id FROM Whizbang")) == [[]]
    crm.faults += [(400, recorded["query_error_response.json"], {})]
    with pytest.raises(CrmUnavailable, match="INVALID_FIELD"):
        list(client.query("SELECT Wings FROM Whizbang"))
