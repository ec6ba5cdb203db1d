"""Cursors come back as they went out; nothing else gets in."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from remit.kit import paging

PART = st.one_of(
    st.text(max_size=20).filter(lambda text: "\x00" not in text), st.integers(), st.none(), st.booleans()
)


@given(st.lists(PART, min_size=1, max_size=4))
def test_a_cursor_reads_back(key: list[str | int | None]) -> None:
    assert paging.decode(paging.encode(tuple(key)), len(key)) == tuple(key)


@given(st.text(max_size=200))
def test_anything_else_is_refused_or_harmless(text: str) -> None:
    try:
        assert len(paging.decode(text, 2)) == 2
    except paging.CursorInvalid as refused:
        assert refused.code == "cursor_invalid"


def test_a_page_knows_whether_there_are_more() -> None:
    page = paging.page([1, 2, 3], 2, lambda row: (row,))
    assert page.rows == (1, 2) and page.next is not None and paging.decode(page.next, 1) == (2,)
    assert paging.page([1, 2], 2, lambda row: (row,)).next is None
    assert paging.size(10**9) == paging.MAX_SIZE and paging.size(-1) == 1


def test_the_condition_for_what_comes_after() -> None:
    cursor = paging.encode((paging.as_key(date(2026, 11, 24)), "id-1"))
    condition, given_ = paging.past(cursor, "d.close_on", "date", "d.id")
    assert condition == "(d.close_on, d.id) > (CAST(:after_key AS date), CAST(:after_id AS uuid))"
    assert given_ == {"after_key": "2026-11-24", "after_id": "id-1"}
    assert "(a.n, a.id) <" in paging.past(cursor, "a.n", "bigint", "a.id", descending=True)[0]
