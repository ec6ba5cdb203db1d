"""Lines that can be read without their source, and those that cannot: each pair from a way in which a right number misled."""

from __future__ import annotations

import pytest

from remit.llm.embedded.summary.certain import certain
from remit.llm.embedded.summary.model import Bullet, Citation

SURE = (
    ("Q4 revenue fell 11% to $787 million.", "Overall revenue of $787 million was down 11% year-over-year in the fourth quarter."),
    ("Sees FY adjusted earnings per share $33.35 to $33.40.", "We expect full year adjusted earnings per share to be in the range of $33.35 to $33.40."),
    ("Q1 net sales rose 9% to $229 million.", "First quarter net sales increased 9% to $229 million and exceeded the top end of our guidance."),
    ("Net revenue rose 12% to $4 million.", "Net revenue rose 12% to $4 million."),
)  # fmt: skip
UNSURE = (
    ("Q3 operating profit $448 million.", "In the third quarter, supply chain solutions generated record operating profit of $448 million."),
    ("Q4 revenues fell about 25% to approximately $325 million.", "In this year's fourth quarter, COVID-related revenues were approximately $325 million, down about 25%."),
    ("Sees 2021 earnings per share $8.90 to $9.10.", "We are raising our earnings per share guidance from a range of $8.90 to $9.10, up to a range of $9.15 to $9.30."),
    ("Revenues rose $135 million.", "Our revenues increased $135 million or 12.4% from the 3rd quarter, driven by higher average AUM."),
    ("Sees FY combined ratio 87% to 90%.", "Our Specialty Casualty Group is now expected to produce a combined ratio in the range of 87% to 90%."),
    ("Q2 dividend per share $0.30.", "The Board of Directors has approved the quarterly dividend of $0.30 per share for the third quarter."),
    ("FY revenue $9 billion.", "For the first nine months of the year, revenue was $9 billion with underlying growth of 11%."),
    ("Adjusted operating EPS $1.24.", "Last night, we reported a loss of $1.24 in adjusted operating EPS."),
    ("Sees FY revenue $3.055 billion.", "For the full year, we expect revenue to range from $3.025 billion and $3.055 billion."),
    ("Q1 earnings per share $0.38.", "On an adjusted basis, earnings per share for the quarter was $0.38 per share."),
    ("Q2 operating margin rose 12.5%.", "Operating margin increased to a second quarter record of 12.5% versus 9.4%."),
    ("Q3 diluted earnings per share $0.54.", "We had $0.55 in diluted earnings per share in the third quarter of 2021 compared to $0.74 in Q3 2020 and $0.54 in Q3 2018."),
    ("Sees Q3 bookings $806 million.", "As expected, our third quarter bookings of $806 million was generally in line with second quarter levels."),
    ("Revenue under $25 million.", "We define as businesses those with under $25 million in revenue."),
)  # fmt: skip


def bullet(text: str, quote: str) -> Bullet:
    return Bullet(text, (Citation(0, len(quote), quote),))


@pytest.mark.parametrize(("text", "quote"), SURE)
def test_a_line_that_says_what_its_source_says_is_certain(text: str, quote: str) -> None:
    assert certain(bullet(text, quote))


@pytest.mark.parametrize(("text", "quote"), UNSURE)
def test_a_right_number_of_something_else_is_not(text: str, quote: str) -> None:
    assert not certain(bullet(text, quote))
