"""From a template and plain values to a page. Everything is escaped; times are in the reader's zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import remit
from remit.evidence.outside import warnings_shown
from remit.kit import clock
from remit.kit.text import INVISIBLE, by_number, counted, in_words
from remit.kit.text import percent as percent_of
from remit.policy.model import ROLES, role_name
from remit.web.nav import current_entry
from remit.web.tokens import masked_token
from remit.web.told import sending

if TYPE_CHECKING:
    from remit.web.errors import Problem

TEMPLATES = Path(__file__).parent / "templates"
SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "CHF": "CHF ",
    "HKD": "HK$",
    "SGD": "S$",
    "AUD": "A$",
}
NO_MINOR = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The template environment of this process: autoescaping, undefined names are errors."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_as_it_reads,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=200,
    )
    filters: dict[str, Callable[..., Any]] = {
        "money": money,
        "short_money": short_money,
        "number": number,
        "percent": percent,
        "day": day,
        "dated": dated,
        "age": age,
        "words": in_words,
        "counted": counted,
        "by_number": by_number,
        "sending": sending,
        "instant": datetime.fromisoformat,
        "roles": roles,
        "event_words": event_words,
        "when": when,
        "outside_warnings": warnings_shown,
    }
    found.filters.update(filters)
    return found


def _as_it_reads(value: Any) -> Any:
    """A value without the characters that turn the text around them: whatever came in before `clean`, or by another way."""
    return value.translate(INVISIBLE) if isinstance(value, str) and not value.isascii() else value


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from `template` (a path under templates/). The template sees `viewer`, `menu`, `asset` and `values`."""
    from remit.web import feedback

    response = HTMLResponse(text(request, template, **values), status_code=status)
    if getattr(request.state, "said", None):
        feedback.forget(response)
    return response


def text(request: Request, template: str, **values: Any) -> str:
    """The text of `template`, for a fragment that htmx swaps in."""
    from remit.web import feedback

    viewer = getattr(request.state, "viewer", None)
    entries = request.app.state.menu.for_roles(viewer.roles) if viewer else []
    shared = {
        "request": request,
        "viewer": viewer,
        "zone": viewer.zone if viewer else ZoneInfo("UTC"),
        "menu": entries,
        "here": current_entry(entries, request.url.path),
        "asset": request.app.state.assets.address,
        "csrf": masked_token(viewer.csrf_secret) if viewer else "",
        "theme": request.cookies.get("remit_theme")
        if request.cookies.get("remit_theme") in ("light", "dark")
        else "",
        "version": remit.__version__,
        "now": clock.now(),
        "said": feedback.read(request),
    }
    return environment().get_template(template).render({**shared, **values})


def problem_page(request: Request, problem: Problem, title: str, headers: Mapping[str, str]) -> Response:
    """The page that tells of a problem. Never fails itself: the frame needs no database."""
    fragment = bool(request.headers.get("hx-request"))
    template = "errors/fragment.html" if fragment else "errors/problem.html"
    if not hasattr(request.state, "viewer"):
        request.state.viewer = None
    shown = text(request, template, problem=problem, title=title)
    return HTMLResponse(shown, status_code=problem.status, headers=dict(headers))


def _parts(amount: Any, currency: str | None) -> tuple[int, str] | None:
    if amount is None:
        return None
    minor = getattr(amount, "minor", amount)
    return int(minor), str(getattr(amount, "currency", currency) or "").strip()


def money(amount: Any, currency: str | None = None) -> str:
    """`Money`, or minor units and a currency code, in full: $1,250,000 (cents only where there are some)."""
    parts = _parts(amount, currency)
    if parts is None:
        return ""
    minor, code = parts
    units = 1 if code in NO_MINOR else 100
    whole, rest = divmod(abs(minor), units)
    tail = f".{rest:02d}" if rest else ""
    return f"{'−' if minor < 0 else ''}{SYMBOLS.get(code, code + ' ')}{whole:,}{tail}"


def short_money(amount: Any, currency: str | None = None) -> str:
    """As `money`, rounded for tables: $1.25m, $840k, $4.2bn."""
    parts = _parts(amount, currency)
    if parts is None:
        return ""
    minor, code = parts
    whole = Decimal(abs(minor)) / (1 if code in NO_MINOR else 100)
    for size, suffix in ((10**9, "bn"), (10**6, "m"), (10**3, "k")):
        if whole >= size:
            scaled = whole / size
            digits = 2 if scaled < 10 else 1 if scaled < 100 else 0
            shown = f"{scaled:,.{digits}f}"
            shown = shown.rstrip("0").rstrip(".") if digits else shown
            return f"{'−' if minor < 0 else ''}{SYMBOLS.get(code, code + ' ')}{shown}{suffix}"
    return f"{'−' if minor < 0 else ''}{SYMBOLS.get(code, code + ' ')}{whole:.0f}"


def number(value: Any, digits: int = 0) -> str:
    """A number with thousands separated; nothing for None."""
    return "" if value is None else f"{value:,.{digits}f}"


def percent(rate: Any, digits: int = 0) -> str:
    """A rate of 0 to 1 as per cent."""
    return "" if rate is None else percent_of(float(rate), digits)


@jinja2.pass_context
def day(context: jinja2.runtime.Context, value: date | datetime | None) -> str:
    """A date: 4 Mar 2026; of an instant, the day that it is in the reader's zone."""
    if isinstance(value, datetime):
        value = value.astimezone(context.get("zone") or UTC)
    return "" if value is None else f"{value.day} {value:%b %Y}"


_DAY: Final = re.compile(r"(“[^”]*”)|\b(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}) UTC)?(?![\w-])")


@jinja2.pass_context
def dated(context: jinja2.runtime.Context, sentence: str) -> str:
    """A sentence of ours with its days as the reader writes them, instants in the reader's zone; what it quotes stays as it is.

    Records keep days as 2026-03-04, whoever reads them.
    """

    def said(found: re.Match[str]) -> str:
        quoted, on, at = found.groups()
        if quoted:
            return str(quoted)
        try:
            moment = datetime.fromisoformat(f"{on}T{at}+00:00") if at else date.fromisoformat(on)
        except ValueError:  # reads as a day and is none
            return found.group()
        return str(when(context, moment) if isinstance(moment, datetime) else day(context, moment))

    return _DAY.sub(said, sentence)


@jinja2.pass_context
def when(context: jinja2.runtime.Context, at: datetime | None) -> str:
    """An instant in the reader's zone: 14:05 today, else 4 Mar 14:05, with the year when it is another."""
    if at is None:
        return ""
    zone = context.get("zone") or UTC
    local, today = at.astimezone(zone), clock.now().astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M} today"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


def age(at: datetime | date | None) -> str:
    """How long ago (or until): 3 min, 5 h, 12 d, 4 mo, 2 y."""
    if at is None:
        return ""
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, tzinfo=UTC)
    seconds = abs((clock.now() - at).total_seconds())
    for size, unit in ((31_557_600, "y"), (2_629_800, "mo"), (86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "now"


def roles(codes: Iterable[str]) -> str:
    """Roles by the names that people know them by, in the order of the list of roles: SDR, Sales manager."""
    held = set(codes)
    known = [role for role in ROLES if role in held]
    return ", ".join(map(role_name, [*known, *sorted(held - set(known))]))


def event_words(event: str) -> str:
    """An event's name as a sentence: opportunity:stage:change → Opportunity: stage, change."""
    first, _, rest = event.partition(":")
    return f"{first[:1].upper()}{first[1:]}: {rest.replace(':', ', ').replace('-', ' ')}"
