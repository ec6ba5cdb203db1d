"""The action that connects a CRM, once its vendor has let us in: who cannot sign in there is told at once."""

from __future__ import annotations

from remit.connectors.crm.reading import CrmRefused
from remit.connectors.salesforce import config as salesforce
from remit.connectors.salesforce.tokens import Token
from remit.domains.crm.actions import ConnectCrm
from remit.settings import load


def connect_salesforce() -> ConnectCrm:
    """Sign in with what the settings say, and make the action. Raises CrmRefused, CrmUnavailable."""
    try:
        chosen = salesforce.read(load())
    except salesforce.SalesforceSettingsInvalid as error:
        raise CrmRefused(str(error)) from error
    token = Token(chosen)
    token(False)
    return ConnectCrm(vendor="salesforce", address=token.instance)
