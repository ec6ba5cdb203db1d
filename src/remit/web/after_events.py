"""What to write with after an event: the template that names it, for the last who came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from remit.domains.library.queries import list_live
from remit.evidence.attended import KIND
from remit.scope import Scope
from remit.web.dossier import Dossier

AFTER_EVENT: Final = timedelta(days=30)


def after_event(scope: Scope, found: Dossier, now: datetime) -> str:
    """Where to write after an event, with the template for it: to the last who came, if that is a month ago at most; "" to nobody."""
    since = now.date() - AFTER_EVENT
    reachable = {one.id for one in found.contacts if one.may_email}
    came = [
        one for one in found.memberships
        if one.on is not None and since <= one.on <= now.date() and one.came and one.contact_id in reachable
    ]  # fmt: skip
    if not came:
        return ""
    live = list_live(scope, "event_follow_up", "email")
    names = next((one for one in live if any(slot.kind == KIND for slot in one.template.facts)), None)
    return f"/library/{names.id}?contact={came[0].contact_id}" if names else ""
