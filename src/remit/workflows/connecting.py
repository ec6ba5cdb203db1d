"""The action that connects a CRM, once its vendor has let us in: who cannot sign in there is told at once."""

from __future__ import annotations

import hashlib

from remit.connectors.crm.reading import CrmRefused
from remit.connectors.hubspot import config as hubspot
from remit.connectors.hubspot import tokens
from remit.connectors.salesforce import config as salesforce
from remit.connectors.salesforce.tokens import Token
from remit.domains.crm.actions import ConnectCrm
from remit.domains.crm.model import connection_id_of
from remit.settings import load

BACK = "/settings/connections/hubspot/back"
"""Where HubSpot sends a person back to; the app there has to know it."""


def connect_salesforce() -> ConnectCrm:
    """Sign in with what the settings say, and make the action. Raises CrmRefused, CrmUnavailable."""
    try:
        chosen = salesforce.read(load())
    except salesforce.SalesforceSettingsInvalid as error:
        raise CrmRefused(str(error)) from error
    token = Token(chosen)
    token(False)
    return ConnectCrm(vendor="salesforce", address=token.instance)


def consent_url(back: str, state: str) -> str:
    """Where a person lets us into HubSpot. Raises CrmRefused."""
    return _hubspot().consent_url(back, state)


def connect_hubspot(code: str, back: str) -> ConnectCrm:
    """Redeem the code that a person came back with, and make the action. Raises CrmRefused, CrmUnavailable."""
    granted = tokens.redeem(_hubspot(), code, back)
    sealed = tokens.seal(load().home, connection_id_of("hubspot"), granted.refresh_token)
    where = f"portal {granted.hub}" if granted.hub else load().hubspot_url
    return ConnectCrm(
        vendor="hubspot", address=where, sealed=sealed, sealed_sha256=hashlib.sha256(sealed).hexdigest()
    )


def own_address(path: str) -> str:
    """`path` at the address by which people reach this installation."""
    chosen = load()
    return (chosen.web_base_url or f"http://localhost:{chosen.port}") + path


def _hubspot() -> hubspot.HubSpot:
    try:
        return hubspot.read(load())
    except hubspot.HubSpotSettingsInvalid as error:
        raise CrmRefused(str(error)) from error
