"""The documents of the demo firm say what is true, hold what the manifest lists, and do not grow with the scale."""

from __future__ import annotations

from datetime import date

import pytest

from remit.demo import judge, load
from remit.demo.generate import Summary, batches, client_rows, firm_of
from remit.demo.papers import CAP
from remit.domains.documents import holdings, rules

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def summary() -> Summary:
    found = Summary(7, DAY, 1)
    for _ in batches(firm_of(7, DAY, 1), found):
        pass
    return found


def test_every_kind_is_there_and_fit_to_be_kept(summary: Summary) -> None:
    kinds = {each.kind for each in summary.papers}
    assert kinds >= {
        "10-K",
        "13F",
        "ADV",
        "call_transcript",
        "news",
        "call_note",
        "meeting_note",
        "battle_card",
        "pasted",
        "other",
    }
    assert 400 <= len(summary.papers) <= 600
    ids = {each.id for each in summary.papers}
    assert len(ids) == len(summary.papers)
    assert len({(each.account_id, each.sha256) for each in summary.papers}) == len(summary.papers)
    for each in summary.papers:
        checks = [*rules.check_document(each.title, each.source_name, each.text, each.accession_number, ()),
                  *rules.check_dates(each.published_on, each.period_end_on, DAY)]  # fmt: skip
        assert all(check.passed for check in checks), (each.title, checks)
        assert each.sha256 == rules.fingerprint(each.text)
        assert each.replaced_by is None or each.replaced_by in ids


def test_what_is_expected_stands_where_it_says(summary: Summary) -> None:
    written = {each.id: each for each in summary.papers}
    assert {each.kind for each in summary.expected} == {
        "figure",
        "commitment",
        "confidential",
        "order",
        "false_capability",
        "superseded",
    }
    ways = {each.outcome["how"] for each in summary.expected if each.kind == "order"}
    assert ways == {
        "visible",
        "passage",
        "comment",
        "base64",
        "hexadecimal",
        "zero-width",
        "look-alikes",
        "set apart",
        "split",
        "file name",
    }
    for each in summary.expected:
        document = written[each.document_id]
        assert each.account_id == document.account_id
        if each.start < 0:
            assert each.text == document.title
        else:
            assert document.text[each.start :].startswith(each.text)


def test_holdings_are_read_back_as_they_were_made(summary: Summary) -> None:
    reports = [each for each in summary.papers if each.kind == "13F"]
    assert len(reports) >= 40
    for each in reports:
        found = holdings.from_text(each.text)
        assert found.cover.accession == each.accession_number and found.holdings
        assert len(found.holdings) == each.text.count(" | COM | ")


def test_documents_change_no_other_row_and_do_not_grow_with_the_scale() -> None:
    big = Summary(7, DAY, 100)
    firm = firm_of(7, DAY, 100)
    client_rows(firm, CAP, big)
    client_rows(firm, CAP + 1234, big)
    assert big.papers == [] and big.expected == []


def test_what_remit_finds_in_them(summary: Summary) -> None:
    """Floors under the figures of docs/demo.md; what is missed is listed by `remit demo generate --check`."""
    found = judge.judge(firm_of(7, DAY, 1), summary)
    assert found["order"]["found"] == found["order"]["of"] >= 20
    assert found["false_order_alarms"]["found"] == 0
    assert found["confidential"]["found"] == found["confidential"]["of"] >= 10
    assert found["false_capability"]["found"] == found["false_capability"]["of"]
    assert found["superseded"]["found"] == found["superseded"]["of"]
    assert found["commitment"]["found"] >= 0.7 * found["commitment"]["of"]
    assert found["figure"]["found"] >= 0.6 * found["figure"]["of"]


def test_the_manifest_lists_them() -> None:
    manifest = load.dry_run(0.05, 9, DAY)
    assert manifest["counts"]["documents"] and len(manifest["expected"]) == sum(
        manifest["expected_counts"].values()
    )
