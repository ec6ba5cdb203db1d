"""What the settings say about EDGAR, checked once."""

from __future__ import annotations

from dataclasses import dataclass

from remit.settings import Settings


class EdgarSettingsInvalid(Exception):
    """EDGAR cannot be asked with these settings; the message says what is missing."""

    code = "edgar_settings_invalid"


@dataclass(frozen=True, slots=True)
class Edgar:
    """Where to ask, as whom, and how patiently. `attempts` are for one request; waits double from `wait_seconds`."""

    identity: str
    url: str
    data_url: str
    attempts: int = 5
    wait_seconds: float = 2.0
    deadline_seconds: float = 600.0


def read(settings: Settings) -> Edgar:
    """The configuration. Raises EdgarSettingsInvalid: the SEC asks every caller for a name and an e-mail address."""
    identity = settings.edgar_identity.strip()
    if "@" not in identity or not identity.isprintable():
        raise EdgarSettingsInvalid(
            "The SEC wants to know who asks: set edgar_identity to a name and an e-mail address, such as "
            "“Northlake Systems research@northlake.example”."
        )
    return Edgar(
        identity,
        settings.edgar_url,
        settings.edgar_data_url,
        settings.edgar_attempts,
        settings.edgar_wait_seconds,
    )
