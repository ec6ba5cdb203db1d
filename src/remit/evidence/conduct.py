"""A message held against the rules of conduct: each passed or not passed. Pure; it never says that anything is compliant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remit.evidence.conduct_rules import Rule
from remit.evidence.support import Sentence
from remit.kit.countries import EU, code_of

_SATURDAY: Final = 5  # as date.weekday() counts
# the outermost zones of a country: it is quiet when it is quiet in one of them
_ZONES: Final = {
    "US": ("America/New_York", "America/Los_Angeles"), "CA": ("America/Halifax", "America/Vancouver"), "GB": ("Europe/London",),
    "IE": ("Europe/Dublin",), "DE": ("Europe/Berlin",), "FR": ("Europe/Paris",), "CH": ("Europe/Zurich",), "NL": ("Europe/Amsterdam",),
    "LU": ("Europe/Luxembourg",), "ES": ("Europe/Madrid",), "IT": ("Europe/Rome",), "SE": ("Europe/Stockholm",), "DK": ("Europe/Copenhagen",),
    "AT": ("Europe/Vienna",), "PL": ("Europe/Warsaw",), "JP": ("Asia/Tokyo",), "SG": ("Asia/Singapore",), "HK": ("Asia/Hong_Kong",),
    "AU": ("Australia/Sydney", "Australia/Perth"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sending:
    """What a message is besides its text. `at` is an instant; `contacted_at` are all messages to the contact, `written_at`
    all to the account, whoever of us sent them. `time_zone` is the contact's own, '' when it is not on record."""

    subject: str
    at: datetime
    country: str = ""
    time_zone: str = ""
    channel: str = "email"
    reply: bool = False
    listed: bool = False
    sender_name: str = ""
    sender_address: str = ""
    says_how_to_stop: bool = True
    contacted_at: Sequence[datetime] = ()
    written_at: Sequence[datetime] = ()

    @property
    def code(self) -> str:
        """The country as two letters where it is known by name, '' when there is none or it is no country: then every rule counts."""
        return code_of(self.country)


LOOK_AGAIN: Final = "Look again: "
"""How the sentence of a rule begins that was not passed and stops nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule looked at. `why`: the words or the circumstance; '' when it passed."""

    rule: Rule
    passed: bool
    why: str

    @property
    def stops(self) -> bool:
        """True when the message may not leave for it."""
        return not self.passed and self.rule.severity == "stop"

    def sentence(self) -> str:
        """What was found, with the rule's source."""
        source = "a rule of the house" if self.rule.source == "own" else self.rule.source
        if self.passed:
            return f"Rule “{self.rule.id}” passed ({source})."
        word = "" if self.rule.severity == "stop" else LOOK_AGAIN
        return f"{word}{self.rule.says} ({self.why}). Rule “{self.rule.id}” not passed ({source})."


def applies(rule: Rule, profiles: Iterable[str], sending: Sending) -> bool:
    """Whether a rule is for a firm like ours, a reader in that country, and this channel. An unknown country gets every rule."""
    ours = not rule.profiles or bool(rule.profiles & set(profiles))
    code = sending.code
    there = (
        not rule.countries or not code or code in rule.countries or ("EU" in rule.countries and code in EU)
    )
    return ours and there and (not rule.channels or sending.channel in rule.channels)


def judge(
    rules: Iterable[Rule], profiles: Iterable[str], sending: Sending, sentences: Sequence[Sentence]
) -> list[Finding]:
    """Every rule that applies, with what was found, in the order of the file."""
    held = frozenset(profiles)
    found = []
    for rule in rules:
        if applies(rule, held, sending):
            why = _LOOKS[rule.look](rule, sending, sentences)
            found.append(Finding(rule, not why, why))
    return found


def _words(rule: Rule, _sending: Sending, sentences: Sequence[Sentence]) -> str:
    for one in sentences:
        if rule.unless is not None and rule.unless.search(one.text):
            continue
        if rule.supported and one.support.state == "supported":
            continue
        for pattern in rule.patterns:
            if (match := pattern.search(one.text)) is not None:
                return f"“{match.group().strip()}”"
    return ""


def _subject(rule: Rule, sending: Sending, _sentences: Sequence[Sentence]) -> str:
    if sending.reply:
        return ""
    found = next((match for each in rule.patterns if (match := each.search(sending.subject))), None)
    return f"“{found.group().strip()}”" if found else ""


def _identity(_rule: Rule, sending: Sending, _sentences: Sequence[Sentence]) -> str:
    return (
        ""
        if sending.sender_name.strip() and sending.sender_address.strip()
        else "name or address of the sender is missing"
    )


def _opt_out(_rule: Rule, sending: Sending, _sentences: Sequence[Sentence]) -> str:
    return "" if sending.says_how_to_stop else "neither text nor footer says it"


def _listed(_rule: Rule, sending: Sending, _sentences: Sequence[Sentence]) -> str:
    return "the address, domain or account is on the list" if sending.listed else ""


def _zones(sending: Sending) -> list[ZoneInfo]:
    for names in ((sending.time_zone,) if sending.time_zone else (), _ZONES.get(sending.code, ())):
        try:
            if names:
                return [ZoneInfo(name) for name in names]
        except (ZoneInfoNotFoundError, ValueError):
            continue  # a zone that an import brought and nobody knows: the country's count
    return []


def _quiet_hours(rule: Rule, sending: Sending, _sentences: Sequence[Sentence]) -> str:
    first, last = rule.numbers["from_hour"], rule.numbers["until_hour"]
    zones = _zones(sending)
    if not zones:
        return "the reader’s time zone is not known"
    for zone in zones:
        local = sending.at.astimezone(zone)
        if local.hour >= first or local.hour < last:
            return f"{local:%H:%M} in {zone.key}"
    return ""


def _market_holiday(rule: Rule, sending: Sending, _sentences: Sequence[Sentence]) -> str:
    code, calendars = sending.code, rule.numbers["calendars"]
    calendar = calendars.get(code) or (calendars.get("EU") if code in EU else None)
    if calendar is None:
        return ""
    zones = _zones(sending)
    day = sending.at.astimezone(zones[0] if zones else UTC).date()
    weekend = f"{day:%A}" if day.weekday() >= _SATURDAY else ""
    name = _closed(calendar, day.year).get(day.isoformat(), "") or weekend
    return f"{name}, {calendar}" if name else ""


@lru_cache(maxsize=64)
def _closed(calendar: str, year: int) -> dict[str, str]:
    from holidays import financial_holidays  # loaded when a day is asked for

    return {day.isoformat(): name for day, name in financial_holidays(calendar, years=year).items()}


def _caps(rule: Rule, sending: Sending, _sentences: Sequence[Sentence]) -> str:
    for what, times in (("contact", sending.contacted_at), ("account", sending.written_at)):
        most, days = rule.numbers[f"{what}_most"], rule.numbers[f"{what}_days"]
        since = sending.at - timedelta(days=days)
        count = sum(since < each <= sending.at for each in times)
        if count >= most:
            return f"{count} messages to this {what} in {days} days, at most {most}"
    return ""


_LOOKS: Final[dict[str, Callable[[Rule, Sending, Sequence[Sentence]], str]]] = {
    "words": _words, "subject": _subject, "identity": _identity, "opt_out": _opt_out, "listed": _listed, "quiet_hours": _quiet_hours,
    "market_holiday": _market_holiday, "caps": _caps,
}  # fmt: skip
