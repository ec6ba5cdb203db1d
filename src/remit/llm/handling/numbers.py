"""Check digits of the numbers of finance: pure arithmetic, no text."""

from __future__ import annotations

import re
from typing import Final

# Length of an IBAN by country (ISO 13616 registry): a wrong length is no IBAN, whatever the check digits say.
IBAN_LENGTH: Final = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27,
    "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_NOT_ALNUM: Final = re.compile(r"[^0-9A-Za-z]")


def bare(written: str) -> str:
    """Letters and digits only, in capitals."""
    return _NOT_ALNUM.sub("", written).upper()


def _as_digits(code: str) -> str:
    return "".join(str(int(mark, 36)) for mark in code)


def is_iban(written: str) -> bool:
    """Whether the country, its length and the check digits (ISO 7064 mod 97-10) fit."""
    code = bare(written)
    if not code.isascii() or len(code) != IBAN_LENGTH.get(code[:2], 0) or not code[2:4].isdigit():
        return False
    return int(_as_digits(code[4:] + code[:4])) % 97 == 1


def is_lei(written: str) -> bool:
    """Whether 20 letters and digits end in fitting check digits (ISO 17442)."""
    code = bare(written)
    return len(code) == 20 and code.isascii() and code[-2:].isdigit() and int(_as_digits(code)) % 97 == 1


def passes_luhn(digits: str) -> bool:
    """The Luhn sum of a run of digits (cards, the inside of an ISIN)."""
    total = 0
    for place, mark in enumerate(reversed(digits)):
        value = int(mark) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0


def is_isin(written: str) -> bool:
    """Whether two letters, nine marks and a check digit fit (ISO 6166)."""
    code = bare(written)
    if len(code) != 12 or not code.isascii() or not code[:2].isalpha() or not code[-1].isdigit():
        return False
    return passes_luhn(_as_digits(code))


def is_cusip(written: str) -> bool:
    """Whether nine marks end in the fitting check digit (ANSI X9.6)."""
    code = written.upper()
    if len(code) != 9 or not code.isascii() or not code[-1].isdigit():
        return False
    total = 0
    for place, mark in enumerate(code[:8]):
        value = {"*": 36, "@": 37, "#": 38}.get(mark, -1)
        value = int(mark, 36) if value < 0 else value
        value *= 2 if place % 2 else 1
        total += value // 10 + value % 10
    return (10 - total % 10) % 10 == int(code[-1])


def is_routing_number(written: str) -> bool:
    """Whether nine digits are a US bank routing number by its check sum."""
    if len(written) != 9 or not written.isdigit():
        return False
    weights = (3, 7, 1) * 3
    return int(written) > 0 and sum(int(d) * w for d, w in zip(written, weights, strict=True)) % 10 == 0
