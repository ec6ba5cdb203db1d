"""Dates as people export them; day and month are never guessed from one value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.kit import dates
from remit.kit.dates import DateUnreadable, order_evidence, parse_date, parse_instant

DAYS = st.dates(date(1970, 1, 1), date(2068, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2017-03-04",
        "2017-03-04T00:00:00Z",
        "2017/03/04",
        "20170304",
        "4-Mar-17",
        "4 March 2017",
        "March 4, 2017",
        "Sat, 4 Mar 2017",
        "4. März 2017",
        "4 de marzo de 2017",
        "42798",
        "1488585600",
        "1488585600000",
    ],
)
def test_one_day_written_in_many_ways(text: str) -> None:
    assert parse_date(text) == date(2017, 3, 4)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2018-02-26 19:58:54", datetime(2018, 2, 26, 19, 58, 54, tzinfo=UTC)),
        ("2018-02-26T19:58:54.250+02:00", datetime(2018, 2, 26, 17, 58, 54, 250000, tzinfo=UTC)),
        ("13/3/2017 4:05 PM", datetime(2017, 3, 13, 16, 5, tzinfo=UTC)),
        ("13/3/2017 12:05 am", datetime(2017, 3, 13, 0, 5, tzinfo=UTC)),
        ("42798.5", datetime(2017, 3, 4, 12, tzinfo=UTC)),
    ],
)
def test_instants(text: str, at: datetime) -> None:
    assert parse_instant(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "31/02/2017",
        "2017-13-01",
        "2017-02-29",
        "0001-01-01",
        "03/04/217",
        "1/2/3/4",
        "2017-03-04 25:00",
    ],
)
def test_what_is_no_date_says_why(text: str) -> None:
    with pytest.raises(DateUnreadable, match=r"\w+"):
        parse_instant(text, "dmy")


def test_both_readings_need_an_order() -> None:
    with pytest.raises(DateUnreadable, match="both"):
        parse_date("03/04/2017")
    assert parse_date("03/04/2017", "dmy") == date(2017, 4, 3)
    assert parse_date("03/04/2017", "mdy") == date(2017, 3, 4)
    assert parse_date("04/04/2017") == date(2017, 4, 4)


def test_a_column_decides_or_does_not() -> None:
    assert order_evidence(["03/04/2017", "13/04/2017"]).order == "dmy"
    assert order_evidence(["03/04/2017", "04/13/2017"]).order == "mdy"
    undecided = order_evidence(["03/04/2017", "05/06/2017"])
    assert undecided.order is None and undecided.needed and undecided.example == "03/04/2017"
    assert not order_evidence(["2017-03-04", "04/04/2017"]).needed


@given(DAYS, st.sampled_from(["dmy", "mdy"]), st.sampled_from("/.-"), st.booleans())
def test_numeric_dates_read_back(day: date, order: dates.Order, mark: str, short: bool) -> None:
    year = f"{day.year % 100:02d}" if short and day.year >= 1969 else str(day.year)
    parts = [f"{day.day:02d}", f"{day.month:02d}"]
    text = mark.join([*(parts if order == "dmy" else reversed(parts)), year])
    assert parse_date(text, order) == day


@given(st.integers(0, 7_000_000_000_000_000))
def test_iso_instants_read_back(microseconds: int) -> None:
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
    assert parse_instant(at.isoformat()) == at
    assert parse_instant(at.isoformat(sep=" ").replace("+00:00", "Z")) == at


@given(st.text(max_size=40))
def test_any_text_reads_or_is_refused(text: str) -> None:
    try:
        assert 1900 <= parse_instant(text).year <= 2200
    except DateUnreadable as refused:
        assert str(refused)
