"""Amounts of money, and how people write them: 1.234,56 · 1,234.56 · $12k · €1.2m · (1,200) · USD 5,000."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final, Literal

Decimal_mark = Literal[".", ","]

# ISO 4217 currencies whose minor unit is not a hundredth
_EXPONENTS: Final = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),  # noqa: SIM905
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),  # noqa: SIM905
}
CURRENCIES: Final = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
    UGX USD UYI UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()  # noqa: SIM905
)
SYMBOLS: Final = {"US$": "USD", "A$": "AUD", "C$": "CAD", "HK$": "HKD", "S$": "SGD", "R$": "BRL", "NZ$": "NZD"} | {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "zł": "PLN", "Fr.": "CHF",
}  # fmt: skip
_SCALES: Final = {
    "": 1, "k": 10**3, "tsd": 10**3, "thousand": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "mio": 10**6,
    "million": 10**6, "millions": 10**6, "b": 10**9, "bn": 10**9, "mrd": 10**9, "billion": 10**9, "billions": 10**9,
}  # fmt: skip
_SPACES: Final = re.compile(r"[\s\u00a0\u202f\u2009'’]+")
_SHAPE: Final = re.compile(r"(?P<number>\d[\d.,]*|[.,]\d+)(?P<scale>[a-z]*)\.?", re.IGNORECASE)
_LIMIT: Final = 2**63 - 1


class AmountUnreadable(ValueError):
    """The text is no amount; the message says why, in words for the person who wrote it."""


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency. Arithmetic only within one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in CURRENCIES:
            raise ValueError(f"{self.currency!r} is not a currency")

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added without a rate")
        return other

    def __str__(self) -> str:
        return f"{self.currency} {self.major:,.{exponent(self.currency)}f}"


def exponent(currency: str) -> int:
    """Digits after the decimal mark of `currency`."""
    return _EXPONENTS.get(currency, 2)


def stored(minor: int | Decimal | None, currency: str | None) -> Money | None:
    """An amount from its two columns (sums come as Decimal); None when either is null."""
    return None if minor is None or currency is None else Money(int(minor), currency)


def of(major: Decimal | int, currency: str) -> Money:
    """`major` units as Money, rounded half to even to the minor unit. Raises AmountUnreadable beyond 64 bits."""
    minor = int(Decimal(major).scaleb(exponent(currency)).to_integral_value(ROUND_HALF_EVEN))
    if abs(minor) > _LIMIT:
        raise AmountUnreadable("is larger than any amount of money we can hold")
    return Money(minor, currency)


@dataclass(frozen=True)
class Written:
    """An amount as written: its number in units, and the currency named beside it (None when none was)."""

    number: Decimal
    currency: str | None


def split_currency(text: str) -> tuple[str, str | None]:
    """`text` without a currency code or symbol at its start or end, and that currency."""
    text = text.strip()
    if text[:1].isdigit() and text[-1:].isdigit():
        return text, None  # the common case of long files: nothing stands beside the number
    if len(text) > 3:
        if text[:3].upper() in CURRENCIES and not text[3].isalpha():
            return text[3:].strip(), text[:3].upper()
        if text[-3:].upper() in CURRENCIES and not text[-4].isalpha():
            return text[:-3].strip(), text[-3:].upper()
    for symbol, code in SYMBOLS.items():
        if text.startswith(symbol):
            return text[len(symbol) :].strip(), code
        if text.endswith(symbol):
            return text[: -len(symbol)].strip(), code
    return text, None


def parse(text: str, mark: Decimal_mark = ".") -> Written:
    """Read one amount; `mark` is the decimal mark of its column. Raises AmountUnreadable."""
    rest, negative = text.strip(), False
    if rest.startswith("(") and rest.endswith(")"):
        rest, negative = rest[1:-1].strip(), True
    currency: str | None = None
    for _ in range(2):  # -$5, $-5, 5-
        if rest[:1] in "-−–" and rest[:1]:
            rest, negative = rest[1:].strip(), not negative
        elif rest[-1:] == "-":
            rest, negative = rest[:-1].strip(), not negative
        elif rest[:1] == "+":
            rest = rest[1:].strip()
        if currency is None:
            rest, currency = split_currency(rest)
    found = _SHAPE.fullmatch(_SPACES.sub("", rest))
    if found is None:
        raise AmountUnreadable("is not a number")
    scale = _SCALES.get(found["scale"].lower())
    if scale is None:
        raise AmountUnreadable(f"ends in {found['scale']!r}, which is neither a currency nor k, m or bn")
    number = _number(found["number"], mark) * scale
    return Written(-number if negative else number, currency)


def _number(digits: str, mark: Decimal_mark) -> Decimal:
    other = "," if mark == "." else "."
    whole, _, fraction = digits.partition(mark)
    if mark in fraction or other in fraction:
        if mark in fraction and other not in digits and all(len(each) == 3 for each in fraction.split(mark)):
            return Decimal(digits.replace(mark, ""))  # 1.234.567 is unmistakable whatever the column does
        raise AmountUnreadable(f"does not read as a number with the decimal mark {mark!r}")
    groups = whole.split(other)
    if len(groups) > 1 and not (
        1 <= len(groups[0]) <= 3
        and all(len(group) in (2, 3) for group in groups[1:])
        and len(groups[-1]) == 3
    ):
        raise AmountUnreadable(f"has {other!r} where no thousands end (decimal mark {mark!r})")
    try:
        return Decimal("".join(groups) + ("." + fraction if fraction else "") or "0")
    except InvalidOperation:
        raise AmountUnreadable("is not a number") from None


def decimal_mark(values: Iterable[str], lean: Decimal_mark = ".") -> Decimal_mark:
    """The decimal mark of a column: the one its unmistakable values use, `lean` when there are none.

    Both marks in a value: the last one is decimal. One mark once and not before exactly three digits: decimal.
    A mark that repeats is not decimal. `lean` is the evidence from outside (locale, delimiter of the file).
    """
    votes = {".": 0, ",": 0}
    for value in values:
        digits = re.sub(r"[^\d.,]", "", value).strip(".,")
        dots, commas = digits.count("."), digits.count(",")
        if dots and commas:
            votes["." if digits.rfind(".") > digits.rfind(",") else ","] += 1
        elif dots > 1:
            votes[","] += 1
        elif commas > 1:
            votes["."] += 1
        elif dots or commas:
            used: Decimal_mark = "." if dots else ","
            before, _, after = digits.partition(used)
            if len(after) != 3 or len(before) > 3 or before in ("", "0"):
                votes[used] += 1
    if votes["."] == votes[","]:
        return lean
    return "." if votes["."] > votes[","] else ","
