"""Requests that carry a token of the API instead of a session's cookie."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from remit.actions import perform
from remit.domains.people import rules, tokens
from remit.domains.people.tokens import TokenRow
from remit.kit import clock
from remit.scope import Scope
from remit.web.problems import NotAllowedHere

_SHAPE: Final = re.compile(re.escape(tokens.PREFIX) + r"[A-Za-z0-9_-]{43}")
_PLACES: Final = ("/api/", "/scim/")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def token_of(request: Request) -> str | None:
    """What stands in the header Authorization of a request to the API; None without one. Pages know no tokens."""
    given = request.headers.get("authorization")
    if given is None or not request.url.path.startswith(_PLACES):
        return None
    return given


def find(scope: Scope, given: str) -> TokenRow | None:
    """The token that the header names, while it holds; None for anything else."""
    word, _, token = given.partition(" ")
    if word.lower() != "bearer" or not _SHAPE.fullmatch(token.strip()):
        return None
    return tokens.find_token(scope, rules.token_hash(token.strip()))


def note_use(scope: Scope, found: TokenRow) -> None:
    """Note the use on the token, at most once an hour."""
    if found.last_used_at is None or clock.now() - found.last_used_at > tokens.NOTED_EVERY:
        perform(scope, tokens.NoteTokenUse(token_id=found.id))


def check_reach(request: Request) -> bool:
    """Whether the request is by token; raises NotAllowedHere when it reads and its token does not reach that."""
    if token_of(request) is None:
        return False
    if request.method in _SAFE and not getattr(request.state, "token_reads", True):
        raise NotAllowedHere("This token does not reach reading.", code="token_too_narrow")
    return True
