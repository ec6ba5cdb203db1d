"""The reader for a connection, from the settings and its sealed token."""

from __future__ import annotations

from typing import Final

from remit.connectors.crm.reading import CrmRefused, Reader, StreamSpec
from remit.connectors.salesforce import config as salesforce_config
from remit.connectors.salesforce import manifest as salesforce_manifest
from remit.connectors.salesforce.mapping import STREAMS as SALESFORCE_STREAMS
from remit.connectors.salesforce.pull import SalesforceReader
from remit.domains.crm.model import Connection
from remit.scope import Scope
from remit.settings import load

STREAMS: Final[dict[str, tuple[StreamSpec, ...]]] = {"salesforce": SALESFORCE_STREAMS}
MANIFESTS: Final = {"salesforce": salesforce_manifest}


def open_reader(_scope: Scope, connection: Connection) -> Reader:
    """Sign in. Raises CrmRefused, CrmUnavailable."""
    if connection.vendor != "salesforce":
        raise CrmRefused(f"There is no reader for {connection.vendor} in this version.")
    try:
        return SalesforceReader(salesforce_config.read(load()))
    except salesforce_config.SalesforceSettingsInvalid as error:
        raise CrmRefused(str(error)) from error
