"""The reader for a connection, from the settings and its sealed token."""

from __future__ import annotations

from typing import Final

from remit.connectors.crm.reading import CrmRefused, Reader, StreamSpec
from remit.connectors.hubspot import config as hubspot_config
from remit.connectors.hubspot import manifest as hubspot_manifest
from remit.connectors.hubspot import tokens
from remit.connectors.hubspot.mapping import STREAMS as HUBSPOT_STREAMS
from remit.connectors.hubspot.pull import HubSpotReader
from remit.connectors.salesforce import config as salesforce_config
from remit.connectors.salesforce import manifest as salesforce_manifest
from remit.connectors.salesforce.mapping import STREAMS as SALESFORCE_STREAMS
from remit.connectors.salesforce.pull import SalesforceReader
from remit.domains.crm.model import Connection
from remit.domains.crm.queries import get_sealed
from remit.scope import Scope
from remit.settings import load

STREAMS: Final[dict[str, tuple[StreamSpec, ...]]] = {
    "salesforce": SALESFORCE_STREAMS,
    "hubspot": HUBSPOT_STREAMS,
}
MANIFESTS: Final = {"salesforce": salesforce_manifest, "hubspot": hubspot_manifest}


def open_reader(scope: Scope, connection: Connection) -> Reader:
    """Sign in. Raises CrmRefused, CrmUnavailable."""
    settings = load()
    try:
        if connection.vendor == "salesforce":
            return SalesforceReader(salesforce_config.read(settings))
        chosen = hubspot_config.read(settings)
    except (salesforce_config.SalesforceSettingsInvalid, hubspot_config.HubSpotSettingsInvalid) as error:
        raise CrmRefused(str(error)) from error
    return HubSpotReader(
        chosen, tokens.unseal(settings.home, connection.id, get_sealed(scope, connection.id))
    )
