"""What sign-in and people must obey. Pure: no database, no clock, no randomness."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import available_timezones

IDLE: Final = timedelta(hours=2)
"""A session ends when its browser has not been seen for so long …"""
ABSOLUTE: Final = timedelta(hours=12)
"""… and in any case so long after sign-in."""
SETUP_VALID: Final = timedelta(hours=24)
FREE_FAILURES: Final = 5
"""Wrong passwords in a row before an account waits."""
LOCK_FIRST: Final = timedelta(minutes=1)
LOCK_LONGEST: Final = timedelta(minutes=30)
PASSWORD_SHORTEST: Final = 12
PASSWORD_LONGEST: Final = 256
COMMON: Final = frozenset(
    [
        "password1234",
        "123456789012",
        "1234567890123",
        "passwordpassword",
        "qwertyuiop12",
        "qwertyuiopas",
        "letmeinletmein",
        "administrator",
        "administrator1",
        "welcome12345",
        "iloveyou1234",
        "changeme1234",
        "trustno1trustno1",
        "abc123abc123",
        "111111111111",
        "000000000000",
        "aaaaaaaaaaaa",
        "qwerty123456",
        "monkey123456",
        "football1234",
    ]
)
_EMAIL = re.compile(
    r"[^\s@<>\"'(),;:\x00-\x1f\x7f]{1,64}@[^\s@<>\"'(),;:\x00-\x1f\x7f]{1,190}\.[^\s@.]{2,63}"
)


@dataclass(frozen=True, slots=True)
class PasswordRefused(Exception):
    """The password may not be chosen; `message` says what would do."""

    message: str
    code: str = "password_refused"

    def __str__(self) -> str:
        return self.message


def check_password(password: str, *, name: str = "", email: str = "") -> None:
    """Raise PasswordRefused unless the password is long, not a common one and not made of the name."""
    if len(password) < PASSWORD_SHORTEST:
        raise PasswordRefused(
            f"A password has at least {PASSWORD_SHORTEST} characters. A short sentence is good."
        )
    if len(password) > PASSWORD_LONGEST:
        raise PasswordRefused(f"A password has at most {PASSWORD_LONGEST} characters.")
    folded = password.casefold()
    if folded in COMMON or len(set(folded)) < 5:
        raise PasswordRefused("This password is one of those tried first. Choose another.")
    parts = [part for part in re.split(r"[\W_]+", f"{name} {email}".casefold()) if len(part) >= 4]
    if any(part in folded and len(folded) - len(part) < 8 for part in parts):
        raise PasswordRefused("This password is mostly your name or address. Choose another.")


def check_email(address: str) -> str:
    """The address in lower case. Raises ValueError when it is not an e-mail address."""
    folded = address.strip().lower()
    if len(folded) > 254 or not _EMAIL.fullmatch(folded):
        raise ValueError(f"{address[:80]!r} is not an e-mail address")
    return folded


def check_time_zone(zone: str) -> str:
    """The zone's name as given. Raises ValueError for one that the time-zone database does not know."""
    if zone not in available_timezones():
        raise ValueError(f"{zone[:60]!r} is not a time zone; write one such as Europe/London")
    return zone


def lock_after(failed_count: int) -> timedelta | None:
    """How long an account waits after so many wrong passwords in a row; None while it may go on."""
    beyond = failed_count - FREE_FAILURES
    if beyond < 0:
        return None
    return min(LOCK_FIRST * (1 << min(beyond, 10)), LOCK_LONGEST)


def address_wait_seconds(failed_count: int) -> float:
    """How long one network address waits after so many failures within the last quarter of an hour."""
    return 0.0 if failed_count < 20 else min(2.0 ** min(failed_count - 20, 9), 300.0)


def token_hash(token: str) -> bytes:
    """What is stored of a session's or set-up link's token: its SHA-256, never itself."""
    return hashlib.sha256(token.encode()).digest()


def is_live(*, now: datetime, expires_at: datetime, revoked_at: datetime | None, seen_at: datetime) -> bool:
    """Whether a session still holds: not revoked, not past its end, seen recently enough (and not in the future)."""
    return revoked_at is None and now < expires_at and seen_at - timedelta(minutes=5) <= now < seen_at + IDLE
