"""What delivery will put under a message, for whoever approves it: the reader of the mail sees no more and no less."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from remit.connectors.email.message import footer_of
from remit.db.sessions import read
from remit.domains.supervision.profiles import load_disclosures
from remit.scope import Scope
from remit.settings import load

# delivery writes in the name of the draft's author (domains/outreach/send.py), whoever asked for it to be sent
_AUTHOR = "SELECT p.name FROM remit.drafts d JOIN remit.people p ON p.id = d.author_id WHERE d.id = :id"


def footer_for(scope: Scope, kind: str, payload: Mapping[str, Any], writer: str = "") -> str:
    """The footer of the e-mail that this payload lets out, by the settings of now; "" for other kinds and unseen drafts.

    `writer`: in whose name it would be where there is no draft of that number.
    """
    content = payload if kind == "SendEmail" else payload.get("content", {})
    draft_id = content.get("draft_id")
    if kind not in ("SendEmail", "SendRecalled") or not draft_id:
        return ""
    with read(scope) as session:
        name = session.scalar(_AUTHOR, {"id": UUID(str(draft_id))}) or writer
        settings = load()
        if not name:
            return ""
        disclosures = content.get("disclosures")
        if disclosures is None and content.get("contact_id"):
            disclosures = load_disclosures(session, UUID(str(content["contact_id"])))
    return footer_of(str(name), settings.mail_firm_name, settings.mail_postal_address, disclosures or ())
