"""Numbers that name an account, a security or a legal entity; confirmed by check digits or by the word before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.llm.handling import numbers
from remit.llm.handling.spans import Found

_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_ISIN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[A-Z0-9]{9}\d(?![A-Za-z0-9])")
_LEI: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{18}\d{2}(?![A-Za-z0-9])")
_CUSIP: Final = re.compile(r"(?<![A-Za-z0-9])[0-9A-Z]{3}[0-9A-Z*@#]{5}\d(?![A-Za-z0-9])")
_CUSIP_NEAR: Final = re.compile(r"\b(?:cusips?|securit|bond|borrow|stock|share|basket|restricted list)", re.I)
_CARD: Final = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-]|\.\d)")
_CARD_NEAR: Final = re.compile(r"\b(?:card|cc|visa|mastercard|amex|credit|debit)\b", re.I)
_SWIFT: Final = re.compile(
    r"\b(?:BIC|SWIFT)(?:[ /-]?(?:code|BIC))?(?:\s*(?:is|[:#=]))*\s*([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b"
)
_ACCOUNT_WORD: Final = (
    r"(?:(?:sub-?|client |custody |margin |cash |bank |brokerage |participant |prime |trading )*(?:account|acct|a/c)s?"
    r"|routing|aba|sort code|iban|dtc)"
)
_ACCOUNT: Final = re.compile(
    rf"\b{_ACCOUNT_WORD}\b\.?(?:\s*(?:number|numbers|no\.?|nr\.?|num|code|id|ref|is|of|,|and|participant|[:#=-]))*\s*"
    r"((?=[A-Z0-9-]*\d)[A-Z]{0,5}-?[0-9][0-9-]{2,17}[0-9]\b|(?=[A-Z0-9-]*\d{3})[A-Z0-9]{1,5}-?\d[A-Z0-9-]{3,16}\b)",
    re.I,
)
_SSN: Final = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_SSN_NEAR: Final = re.compile(r"\b(?:ssn|social security)(?:\s+(?:number|no\.?|is|[:#]))*\s*(\d{9})\b", re.I)
_LICENCE: Final = re.compile(
    r"\b(?:driv(?:er|ing)(?:['’]?s)?\s+licen[cs]e|passport)(?:\s*(?:number|no\.?|nr\.?|is|[:#]))*\s*([A-Z]{0,2}\d[\d-]{4,14}\d)\b",
    re.I,
)
_ZIP: Final = re.compile(
    r"\b(?:zip|postal|post)(?:\s?code)?\b(?:\s*(?:is|[:#]))*\s*(\d{3,7}(?:-\d{3,4})?)\b", re.I
)


def find(text: str) -> Iterator[Found]:
    """Accounts, cards, security and entity identifiers, and the numbers of personal papers."""
    if not any(mark.isdigit() for mark in text) and "SWIFT" not in text and "BIC" not in text:
        return
    yield from _checked(text)
    yield from _cards(text)
    for match in _ACCOUNT.finditer(text):
        yield Found(*match.span(1), "ACCOUNT_NUMBER")
    for match in _SWIFT.finditer(text):
        yield Found(*match.span(1), "BIC")
    for match in _SSN.finditer(text):
        yield Found(*match.span(), "US_SSN")
    for match in _SSN_NEAR.finditer(text):
        yield Found(*match.span(1), "US_SSN")
    for match in _ZIP.finditer(text):
        yield Found(*match.span(1), "ADDRESS")
    for match in _LICENCE.finditer(text):
        yield Found(*match.span(1), "PASSPORT" if match[0][:4].lower() == "pass" else "US_DRIVER_LICENSE")


def _checked(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        if end := _iban_end(match):
            yield Found(match.start(), end, "IBAN_CODE")
    for match in _ISIN.finditer(text):
        if numbers.is_isin(match[0]):
            yield Found(*match.span(), "ISIN")
    for match in _LEI.finditer(text):
        if numbers.is_lei(match[0]):
            yield Found(*match.span(), "LEI")
    for match in _CUSIP.finditer(text):
        # one in ten of all nine-mark codes has a fitting check digit: a code of digits alone needs a word near it too
        if numbers.is_cusip(match[0]) and (not match[0].isdigit() or _CUSIP_NEAR.search(text)):
            yield Found(*match.span(), "CUSIP")


def _iban_end(match: re.Match[str]) -> int | None:
    """Where the IBAN ends: the pattern may have run on into the words behind it. None when none is in there."""
    wanted = numbers.IBAN_LENGTH.get(match[0][:2].upper(), 0)
    held = 0
    for place, mark in enumerate(match[0]):
        held += mark.isalnum()
        if wanted and held == wanted:
            following = match[0][place + 1 : place + 2]
            whole = not following.isalnum()
            return match.start() + place + 1 if whole and numbers.is_iban(match[0][: place + 1]) else None
    return None


def _cards(text: str) -> Iterator[Found]:
    near = bool(_CARD_NEAR.search(text))
    for match in _CARD.finditer(text):
        digits = numbers.bare(match[0])
        if (
            12 <= len(digits) <= 19
            and (near or digits[0] in "23456")
            and (near or (len(digits) >= 13 and numbers.passes_luhn(digits)))
        ):
            yield Found(*match.span(), "CREDIT_CARD")
