"""The one model of a proposal that Word, PDF and page are made from. Plain values; its JSON is what an approval names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from remit.kit.dates import in_words
from remit.kit.money import Money

BlockKind = Literal["heading", "subheading", "bullet", "number", "text"]
_MARKS: Final = (
    (re.compile(r"^### +"), "subheading"), (re.compile(r"^#{1,2} +"), "heading"), (re.compile(r"^[-*•] +"), "bullet"),
    (re.compile(r"^\d+[.)] +"), "number"),
)  # fmt: skip
FINE: Final = frozenset({"fact", "wording", "given", "plain"})


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a section and what it stands on, as the library's rendering names it; `none`: nothing. `fact_ids`: as text."""

    text: str
    standing: str
    reason: str
    fact_ids: tuple[str, ...] = ()

    @property
    def block(self) -> tuple[BlockKind, str]:
        """How it is laid out, and its text without the marks of layout."""
        for mark, kind in _MARKS:
            if found := mark.match(self.text):
                return kind, self.text[found.end() :]  # type: ignore[return-value]
        return "text", self.text


@dataclass(frozen=True, slots=True)
class Section:
    """A section: from which template version, its lines. `edited`: a person changed the text."""

    key: str
    title: str
    version_id: str
    said: tuple[Said, ...]
    edited: bool = False

    @property
    def body(self) -> str:
        """The text as it is edited: one line a block."""
        return "\n".join(one.text for one in self.said)


@dataclass(frozen=True, slots=True)
class Line:
    """A priced line, with the price-book row that it is from. Amounts in minor units; of a year when `recurs`, else charged once."""

    price_id: str
    product: str
    unit: str
    quantity: str
    price_minor: int
    list_minor: int
    amount_minor: int
    recurs: bool
    discount_bp: int | None = None
    """Of this line; None in documents from before lines had their own: that of the document."""


@dataclass(frozen=True, slots=True)
class Source:
    """A record that claims of the document stand on."""

    fact_id: str
    name: str
    locator: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that the buyer reads. Amounts in minor units of `currency`, dates as ISO text, `discount_bp`: the largest on any line, in hundredths of a percent."""

    number: int
    revision: int
    day: str
    expires_on: str
    title: str
    firm: str
    account: str
    reader: str
    reader_title: str
    seller: str
    seller_title: str
    seller_email: str
    currency: str
    generation: int
    prices_since: str
    term_months: int
    payment: str
    discount_bp: int
    lines: tuple[Line, ...]
    list_year_minor: int
    year_minor: int
    once_minor: int
    list_term_minor: int
    term_minor: int
    sections: tuple[Section, ...]
    left_out: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    month_first: bool = False
    """Whether its reader writes the month first: one way to say a day in the whole document."""

    def say_day(self, iso: str) -> str:
        """A day as its reader writes it."""
        return shown_day(iso, month_first=self.month_first)

    @property
    def reference(self) -> str:
        """What both sides call it."""
        return f"P-{self.number:05d}" + (f" rev. {self.revision}" if self.revision > 1 else "")

    @property
    def words(self) -> int:
        """Words of its sections: what somebody has to read."""
        return sum(len(one.text.split()) for section in self.sections for one in section.said)

    def said(self) -> Iterator[tuple[Section, Said]]:
        """Every line with its section."""
        return ((section, one) for section in self.sections for one in section.said)

    def money(self, minor: int) -> Money:
        """An amount of it."""
        return Money(minor, self.currency)

    def fact_ids(self) -> list[UUID]:
        """Every stored fact behind it, once. A price of the price book is none."""
        return [UUID(one.fact_id) for one in self.sources]

    def rate_of(self, line: Line) -> int:
        """The discount of one of its lines, in hundredths of a percent."""
        return self.discount_bp if line.discount_bp is None else line.discount_bp

    @property
    def rates(self) -> tuple[int, ...]:
        """The discounts of its lines, each once, the smallest first."""
        return tuple(sorted({self.rate_of(one) for one in self.lines}))

    @property
    def discount_told(self) -> str:
        """`7.5 %`, or `0 to 12 %` where lines differ; "" for none."""
        low, high = self.rates[0], self.rates[-1]
        if low == high:
            return shown_rate(high) if high else ""
        return f"{shown_rate(low).removesuffix(' %')} to {shown_rate(high)}"

    def plain(self) -> dict[str, Any]:
        """As JSON values. What an older document does not have is left out, so that its hash stays."""
        found = asdict(self)
        found["lines"] = tuple(
            {name: value for name, value in one.items() if value is not None} for one in found["lines"]
        )
        if not self.month_first:
            del found["month_first"]
        return found

    @property
    def sha256(self) -> str:
        """Hash (hex) of all of it."""
        shown = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()


def of_plain(stored: Mapping[str, Any]) -> Document:
    """The document from its stored JSON."""
    given = dict(stored)
    given["lines"] = tuple(Line(**one) for one in stored["lines"])
    given["sources"] = tuple(Source(**one) for one in stored["sources"])
    given["left_out"] = tuple((one[0], one[1]) for one in stored["left_out"])
    given["sections"] = tuple(
        Section(
            one["key"], one["title"], one["version_id"],
            tuple(Said(each["text"], each["standing"], each["reason"], tuple(each["fact_ids"])) for each in one["said"]), one["edited"],
        )
        for one in stored["sections"]
    )  # fmt: skip
    return Document(**given)


def shown_day(iso: str, *, month_first: bool = False) -> str:
    """`4 March 2027`, or `March 4, 2027` for a reader who writes the month first."""
    return in_words(date.fromisoformat(iso), month_first=month_first)


def shown_quantity(text: str) -> str:
    """A stored quantity with thousands marked: `1,250`, `12.5`."""
    number = Decimal(text)
    whole = number == number.to_integral_value()
    return f"{number:,.0f}" if whole else f"{number.normalize():,f}"


def shown_rate(basis_points: int) -> str:
    """A discount in percent: `7.5 %`."""
    return f"{Decimal(basis_points) / 100:.2f}".rstrip("0").rstrip(".") + " %"


def shown_money(amount: Money) -> str:
    """An amount as the buyer reads it: `USD 129,600`, cents only where there are any."""
    text = str(amount)
    return text.removesuffix(".00")


def listed(names: Sequence[str]) -> str:
    """`A, B and C`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
