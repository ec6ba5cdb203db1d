"""Tokens from a CRM's token endpoint. A token is kept in memory; what is never written is never read by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from remit.connectors.crm.reading import CrmRefused, CrmUnavailable
from remit.kit.text import shorten

TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)


def ask_for_token(title: str, url: str, form: Mapping[str, str]) -> dict[str, Any]:
    """What the token endpoint gives. Raises CrmRefused when it says no, CrmUnavailable when it says nothing."""
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as web:
            got = web.post(url, data=dict(form))
    except httpx.HTTPError as error:
        raise CrmUnavailable(f"{title} cannot be reached: {type(error).__name__}.") from error
    try:
        body = got.json()
    except ValueError:
        body = None
    if got.status_code == 200 and isinstance(body, dict) and isinstance(body.get("access_token"), str):
        return body
    if got.status_code >= 500 or got.status_code == 429:
        raise CrmUnavailable(f"{title} gives no token now ({got.status_code}); it is asked again later.")
    said = ""
    if isinstance(body, dict):
        said = str(body.get("error_description") or body.get("message") or body.get("error") or "")
    raise CrmRefused(
        f"{title} does not let us in ({got.status_code}{': ' + shorten(said, 200) if said else ''}). "
        "Look at the app's id and secret in the settings and at its rights there."
    )
