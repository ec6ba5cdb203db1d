"""An account as somebody types it: its id, or a name that is one account's."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit.domains.accounts import queries as accounts
from remit.kit import clock
from remit.scope import Scope

SEVERAL: Final = 10
NOBODY: Final = UUID(int=0)


def account_of(scope: Scope, text: str) -> tuple[UUID | None, list[accounts.AccountRow]]:
    """The account that is meant, None for no text; and those that could be meant where a name is that of several.

    A name that is nobody's is NOBODY: an account that nothing is about.
    """
    if not text.strip():
        return None, []
    try:
        return UUID(text.strip()), []
    except ValueError:
        found = accounts.list_accounts(
            scope, accounts.Filters(text=text.strip()), now=clock.now(), size=SEVERAL
        ).rows
    exact = [one for one in found if one.name.casefold() == text.strip().casefold()]
    if len(found) == 1 or len(exact) == 1:
        return (exact or list(found))[0].id, []
    return NOBODY, list(found)
