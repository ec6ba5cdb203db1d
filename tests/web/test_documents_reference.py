"""Real filings and advisers through the pages (skips without the reference data): read, summed up, shown, recorded."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.support import web_cast as cast
from tests.support.reference_data import reference
from tests.web.test_documents import upload
from tests.web.test_selling import As, landed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nvda-10-k-2025-02-26.html.gz", "10-K"), ("ibm-10-k-2025-02-25.html.gz", "10-K"), ("nvda-10-q-2025-08-27.html.gz", "10-Q"),
        ("Oracle.8-K.html.gz", "8-K"),
    ],
)  # fmt: skip
def test_a_filing_is_kept_and_every_cited_place_can_be_opened(as_person: As, name: str, kind: str) -> None:
    alice = as_person(cast.ALICE)
    page = landed(alice, upload(alice, reference(f"sec-filings/{name}").read_bytes(), name, kind))
    places = re.findall(r'hx-get="([^"]+)"', page)
    assert places and 'class="bullets"' in page
    for place in places[:10]:
        part = alice.get(unescape(place)).text
        assert re.search(r'<mark id="here">.+?</mark>', part, re.DOTALL), place


def test_real_advisers_become_facts(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    data = reference("form-adv/advisers.csv").read_bytes()
    page = unescape(landed(alice, upload(alice, data, "advisers.csv", "ADV", published_on="2024-03-28")))
    assert "has no row for Harbour Point Capital" in page
    done = upload(alice, data, "advisers.csv", "ADV", published_on="2024-03-28", adviser="2")
    page = unescape(landed(alice, done))
    assert re.search(r"Kept, with [1-9]\d* facts? of row 2", page) and "Facts read from it" in page
