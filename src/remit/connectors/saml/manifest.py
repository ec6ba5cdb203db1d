"""What this connector is, for pages and checks."""

from __future__ import annotations

from typing import Final

NAME: Final = "saml"
TITLE: Final = "Single sign-on (SAML 2.0)"
DELIVERS: Final = ()
BRINGS_IN: Final = ("AdmitPerson", "LinkSignOn", "ApplyGroups", "EndSessions")
PROVEN_AGAINST: Final = (
    "a test provider of our own that gives wrong answers on request",
    "samlp 8 (npm), on this machine",
)
NOT_PROVEN: Final = "not yet proven against Entra ID, Okta, Google or Keycloak; no encrypted assertions"
