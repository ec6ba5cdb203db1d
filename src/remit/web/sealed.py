"""A value that a page carries to its next request and nobody can change on the way: sealed for one session, with a key of ours.

The session's secret alone would not do: its own person can read it off any form's token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any, Final

from remit import settings
from remit.db.secrets import read_or_make
from remit.web.problems import BadRequest

KEY_FILE: Final = "forms.key"


def _mac(secret: str, purpose: str, body: str) -> str:
    key = f"{read_or_make(settings.load().home, KEY_FILE)}\x00{secret}"
    return hmac.new(key.encode(), f"{purpose}\x00{body}".encode(), hashlib.sha256).hexdigest()


def seal(secret: str, purpose: str, value: Any) -> str:
    """`value` (plain JSON) as text for a hidden field; `purpose` names the one form that it is for."""
    body = base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
    return f"{body}.{_mac(secret, purpose, body)}"


def unseal(secret: str, purpose: str, text: str) -> Any:
    """The value again. Raises BadRequest for one that was changed, or sealed in another session or for another form."""
    body, _, mac = text.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(secret, purpose, body).encode()):
        raise BadRequest("This form is from an earlier session. Open the page again and repeat the change.")
    return json.loads(base64.urlsafe_b64decode(body))
