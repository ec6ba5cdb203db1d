"""Signing out where one signed on: which provider opened a session, and the address that ends it there, too."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from remit.domains.people import sessions
from remit.domains.people.saml import issuer_of
from remit.scope import Scope
from remit.web import saml, sign_on


def farewell(request: Request, scope: Scope, session_id: UUID) -> str:
    """Where the browser ends the provider's own session; "" when none opened this one, or it offers no such thing."""
    by = sessions.find_signed_on_by(scope, session_id)
    if by is None:
        return ""
    if by.issuer.startswith(issuer_of("")):
        return saml.farewell(request, by.hint)
    return sign_on.farewell(request, by.hint)
