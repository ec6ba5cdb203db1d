"""What the settings say about HubSpot, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from remit.connectors.crm.addresses import is_safe
from remit.settings import Settings

SCOPES: Final = (
    "oauth", "crm.objects.companies.read", "crm.objects.contacts.read", "crm.objects.deals.read", "crm.objects.owners.read",
    "crm.schemas.companies.read", "crm.schemas.contacts.read", "crm.schemas.deals.read", "sales-email-read",
)  # fmt: skip
OPTIONAL_SCOPES: Final = (
    "crm.objects.leads.read", "marketing.campaigns.read", "crm.objects.marketing_events.read",
)  # fmt: skip
"""Rights that read and nothing else; those that a portal may not have are asked for, not needed."""


class HubSpotSettingsInvalid(Exception):
    """HubSpot cannot be asked with these settings; the message says what is missing."""

    code = "hubspot_settings_invalid"


@dataclass(frozen=True, slots=True)
class HubSpot:
    """Where, and which app asks."""

    url: str
    app_url: str
    client_id: str
    secret: str = field(repr=False)

    def consent_url(self, back: str, state: str) -> str:
        """Where a person of the firm lets us in; HubSpot sends them to `back` with a code and `state`."""
        asked = {
            "client_id": self.client_id, "redirect_uri": back, "scope": " ".join(SCOPES), "optional_scope": " ".join(OPTIONAL_SCOPES),
            "state": state,
        }  # fmt: skip
        return f"{self.app_url}/oauth/authorize?{urlencode(asked)}"


def read(settings: Settings) -> HubSpot:
    """The configuration. Raises HubSpotSettingsInvalid."""
    secret = settings.hubspot_client_secret.get_secret_value() if settings.hubspot_client_secret else ""
    found = HubSpot(
        settings.hubspot_url.rstrip("/"),
        settings.hubspot_app_url.rstrip("/"),
        settings.hubspot_client_id.strip(),
        secret,
    )
    if not found.client_id or not found.secret:
        raise HubSpotSettingsInvalid(
            "Set hubspot_client_id and hubspot_client_secret: they stand on the app's page in HubSpot."
        )
    if not is_safe(found.url) or not is_safe(found.app_url):
        raise HubSpotSettingsInvalid("hubspot_url and hubspot_app_url have to be https.")
    return found
