"""Who is not in a campaign's list any more, where a CRM only lists members: known once the list was read to its end.

A list longer than a page is taken page by page. Who was in the pages before is kept in `crm_waiting` until the last one is in, so that
a load that is killed and goes on in the middle of a list still knows it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from remit.db.bulk import PREFIX
from remit.domains.crm.model import Taken
from remit.domains.imports.attended import refresh
from remit.domains.imports.statements import Driver, run

STAGED: Final = f"{PREFIX}import_0"
"""The one sheet of a page of members, as it was staged."""

_FORGET: Final = (
    "DELETE FROM remit.crm_waiting WHERE source = %s AND entity = %s AND target_external_id <> %s"
)
_REMEMBER: Final = f"""
INSERT INTO remit.crm_waiting (source, entity, record_id, target_external_id)
SELECT DISTINCT %s, %s, m.id, p.external_id FROM {STAGED} s JOIN remit.campaign_members m ON m.id = s.id
JOIN remit.campaigns p ON p.id = m.campaign_id WHERE p.source = %s AND p.external_id = %s
ON CONFLICT (source, entity, record_id) DO UPDATE SET target_external_id = EXCLUDED.target_external_id
"""
_HIDE: Final = """
UPDATE remit.campaign_members t SET gone_at = %s, updated_at = %s, version = t.version + 1 FROM remit.campaigns c
WHERE c.id = t.campaign_id AND c.source = %s AND c.external_id = ANY(%s) AND t.source = %s AND t.gone_at IS NULL
  AND NOT EXISTS (SELECT FROM remit.crm_waiting w WHERE w.source = %s AND w.entity = %s AND w.record_id = t.id)
"""


def hide_left(driver: Driver, stream: tuple[str, str], groups: Taken, staged: bool, now: datetime) -> int:
    """Hide the members of complete campaigns that no page of them names any more; gives how many.

    `stream`: its source and name; `staged`: whether this page has members at all.
    """
    source, name = stream
    kept = (source, f"listed:{name}")
    # of a list that was begun and never ended nothing is known: it is read from its beginning again
    run(driver, _FORGET, (*kept, groups.continued))
    hidden = _hide(driver, kept, groups.complete, staged, now)
    run(driver, _FORGET, (*kept, groups.unfinished))
    if groups.unfinished and staged:
        run(driver, _REMEMBER, (*kept, source, groups.unfinished))
    return hidden


def _hide(
    driver: Driver, kept: tuple[str, str], campaigns: tuple[str, ...], staged: bool, now: datetime
) -> int:
    if not campaigns:
        return 0
    named = f"AND NOT EXISTS (SELECT FROM {STAGED} s WHERE s.id = t.id)" if staged else ""
    source = kept[0]
    given = (now, now, source, list(campaigns), source, *kept)
    left = run(driver, f"{_HIDE} {named} RETURNING t.id", given).fetchall()
    refresh(driver, [row[0] for row in left])
    return len(left)
