"""A 13F report as it was filed, and its positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

PutCall = Literal["", "PUT", "CALL"]
Amendment = Literal["", "RESTATEMENT", "NEW HOLDINGS"]


@dataclass(frozen=True, slots=True)
class Holding:
    """One row of an information table. `value` is as filed until `Report.unit` is known, then US dollars.

    `shares` are shares (`share_type` SH) or principal in dollars (PRN). `other_managers` as written: '1,4'.
    """

    issuer: str
    title: str
    cusip: str
    value: int
    shares: int
    share_type: str = "SH"
    put_call: PutCall = ""
    discretion: str = ""
    other_managers: str = ""
    figi: str = ""
    voting: tuple[int, int, int] = (0, 0, 0)

    @property
    def key(self) -> tuple[str, PutCall, str]:
        """Rows with one key are one position: a put, a call and the shares of one issuer are three."""
        return self.cusip, self.put_call, self.share_type


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a reader should know before relying on the figures; `code` is stable."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Cover:
    """What the cover page and the submission's header say. Empty or None where they do not."""

    manager: str = ""
    cik: str = ""
    accession: str = ""
    form: str = ""
    report_type: str = ""
    period: date | None = None
    filed: date | None = None
    amendment: Amendment = ""
    amendment_number: int | None = None
    other_managers: tuple[str, ...] = ()
    stated_rows: int | None = None
    stated_total: int | None = None
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its rows in US dollars. `unit` is what the file itself was written in."""

    cover: Cover
    holdings: tuple[Holding, ...]
    unit: Literal["dollars", "thousands"]
    warnings: tuple[Warned, ...] = ()

    @property
    def total(self) -> int:
        """Sum of all rows, US dollars."""
        return sum(each.value for each in self.holdings)


@dataclass(slots=True)
class Found:
    """What the readers collect before units are known."""

    cover: Cover = field(default_factory=Cover)
    holdings: list[Holding] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    unit_stated: str = ""


class FilingRefused(Exception):
    """The file is no 13F report that can be read. Codes: filing_unknown · filing_broken · filing_too_large."""

    exit_code = 1

    def __init__(self, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = dict(details or {})


def joined(words: str | None) -> str:
    """`words` with runs of blanks as one blank."""
    return " ".join((words or "").split())


def put_call(word: str | None) -> PutCall:
    """PUT or CALL from any way of writing it, else ''."""
    upper = (word or "").strip().upper()
    return "PUT" if upper.startswith("PUT") else "CALL" if upper.startswith("CALL") else ""


def first(values: Sequence[str | None]) -> str:
    """The first that is not empty."""
    return next((value for value in values if value), "")
