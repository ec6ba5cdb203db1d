"""What the settings say about Salesforce, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from remit.connectors.crm.addresses import is_safe
from remit.settings import Settings


class SalesforceSettingsInvalid(Exception):
    """Salesforce cannot be asked with these settings; the message says what is missing."""

    code = "salesforce_settings_invalid"


@dataclass(frozen=True, slots=True)
class Salesforce:
    """Where, and by which of the two flows: a secret, or a user with a key file."""

    url: str
    client_id: str
    secret: str = field(default="", repr=False)
    user: str = ""
    key_file: Path | None = None


def read(settings: Settings) -> Salesforce:
    """The configuration. Raises SalesforceSettingsInvalid."""
    secret = settings.salesforce_client_secret
    found = Salesforce(
        settings.salesforce_url.rstrip("/"), settings.salesforce_client_id.strip(), secret.get_secret_value() if secret else "",
        settings.salesforce_user.strip(), settings.salesforce_key_file,
    )  # fmt: skip
    if not found.url or not found.client_id:
        raise SalesforceSettingsInvalid(
            "Set salesforce_url (your My Domain address) and salesforce_client_id."
        )
    if not is_safe(found.url):
        raise SalesforceSettingsInvalid("salesforce_url is plain http to another machine: use https.")
    if not found.secret and not (found.user and found.key_file):
        raise SalesforceSettingsInvalid(
            "Set salesforce_client_secret (client credentials flow), or salesforce_user and salesforce_key_file (JWT bearer flow)."
        )
    return found
