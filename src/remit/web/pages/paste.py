"""Write → Paste: text about a prospect becomes facts that the rep confirms in one view, then a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from remit.actions import Performed, Refused, perform
from remit.domains.accounts import queries as accounts
from remit.domains.accounts.actions import CreateAccount
from remit.domains.contacts.actions import CreateContact
from remit.domains.contacts.queries import get_contact, list_contacts
from remit.domains.outreach.writing import draft_outreach
from remit.domains.pasted import rules
from remit.domains.pasted.reading import Reading, find_named, look
from remit.domains.pasted.taking import Confirmed, take_up, why_not
from remit.kit import clock
from remit.kit.text import counted
from remit.knowledge.pasted.model import SOURCES, Pasted, PasteRefused
from remit.knowledge.pasted.taken import take
from remit.web import feedback, forms, render
from remit.web.problems import BadRequest
from remit.web.sessions import CurrentViewer, Viewer

router = APIRouter()
PATH: Final = "/write/paste"
_MOST_FOUND: Final = 6
_WITH_ARTICLE: Final = {
    source: name if source == "other" else f"{'an' if name[:1] in 'aeiou' else 'a'} {name}" for source, name in SOURCES.items()
}  # fmt: skip
Text = Annotated[str, Form(max_length=2_000_000)]
Short = Annotated[str, Form(max_length=300)]
Many = Annotated[list[str], Form()]


@router.get(PATH)
def paste(request: Request, _viewer: CurrentViewer, account: str = "") -> Response:
    """Where to paste."""
    return _blank(request, forms.found_id(account))


@router.post(PATH)
def found(
    request: Request, viewer: CurrentViewer, text: Text = "", source: Short = "", named: Short = "", dated: Short = "",
    account: Short = "",
) -> Response:  # fmt: skip
    """What is in the text, to be confirmed. Stores nothing."""
    account_id = forms.found_id(account)
    day = forms.day(dated)
    if not source:
        return _blank(
            request,
            account_id,
            "Say what it is: that decides how it may be used.",
            text if len(text) <= 100_000 else "",
            "",
            named,
        )
    try:
        reading = look(viewer.scope, text, _source(source), dated=day)
    except PasteRefused as refused:
        return _blank(request, account_id, str(refused), text if len(text) <= 100_000 else "", source, named)
    chosen = [account_id] if account_id else [found_id for found_id, _ in reading.accounts]
    person = reading.people[0] if reading.people else None
    first, _, last = person.value.partition(" ") if person else ("", "", "")
    return render.page(
        request, "paste/found.html", reading=reading, raw=text, source=source, named=named, dated=dated, kinds=rules.FACT_KINDS, choices=rules.CHOICES,
        pieces=_pieces(reading), who=_who(viewer, chosen, reading), q=reading.firm, account=account, first=first, last=last,
        title=person.subject if person else "", found_in=_WITH_ARTICLE[source],
    )  # fmt: skip


@router.get(f"{PATH}/who")
def who(request: Request, viewer: CurrentViewer, q: str = "") -> Response:
    """Accounts of a name with their people, to choose from: a part of the page."""
    rows = accounts.list_accounts(
        viewer.scope, accounts.Filters(text=q.strip() or None), now=clock.now(), size=_MOST_FOUND
    ).rows
    return render.page(request, "paste/who.html", who=_who(viewer, [row.id for row in rows]), q=q)


@router.post(f"{PATH}/confirm")
def confirm(
    request: Request, viewer: CurrentViewer, text: Text, source: Short = "website", named: Short = "", about: Short = "",
    account_name: Short = "", first_name: Short = "", last_name: Short = "", title: Short = "", email: Short = "",
    country: Short = "", then: Short = "", keep: Many | None = None, number: Many | None = None, start: Many | None = None,
    end: Many | None = None, kind: Many | None = None, subject: Many | None = None, value: Many | None = None,
    as_of: Many | None = None, sensitivity: Many | None = None, sayable: Many | None = None,
    expectability: Many | None = None,
) -> Response:  # fmt: skip
    """Record what was kept about whom the rep chose; with `then=draft` go on to a first message."""
    columns = [
        each or []
        for each in (number, start, end, kind, subject, value, as_of, sensitivity, sayable, expectability)
    ]
    kept = _confirmed(columns, frozenset(keep or ()))
    try:
        pasted = take(text)
        if not kept:
            raise PasteRefused("Keep at least one fact, or leave the page.")
        if wrong := [f"“{one.value[:60]}”: {reason}" for one in kept if (reason := why_not(one))]:
            raise PasteRefused(" ".join(wrong))
        account_id, contact_id = _whom(
            viewer, about, account_name, (first_name, last_name, title, email, country)
        )
        facts = _recorded(viewer, pasted, _source(source), account_id, contact_id, kept, named)
    except PasteRefused as refused:
        raise BadRequest(str(refused)) from refused
    said = f"{counted(len(facts), 'fact')} recorded, with you as their source."
    if then == "draft" and contact_id is not None:
        try:
            return feedback.go(
                request, f"/write/{draft_outreach(viewer.scope, contact_id, about=facts)}", said
            )
        except Refused as refused:
            return feedback.go(
                request, f"/accounts/{account_id}", f"{said} No draft: {refused.message}", "refused"
            )
    return feedback.go(request, f"/accounts/{account_id}", said)


def _recorded(
    viewer: Viewer, pasted: Pasted, source: str, account_id: UUID, contact_id: UUID | None, kept: Sequence[Confirmed], named: str
) -> list[UUID]:  # fmt: skip
    return take_up(viewer.scope, pasted, source, account_id, contact_id, kept, named=named)


def _source(name: str) -> str:
    if name not in SOURCES:
        raise BadRequest("This is not one of the sources offered.")
    return name


def _blank(
    request: Request, account_id: UUID | None, problem: str = "", text: str = "", source: str = "", named: str = ""
) -> Response:  # fmt: skip
    return render.page(
        request,
        "paste/paste.html",
        sources=SOURCES,
        account=str(account_id or ""),
        problem=problem,
        text=text,
        source=source,
        named=named,
    )


def _who(viewer: Viewer, account_ids: Sequence[UUID], reading: Reading | None = None) -> list[dict[str, Any]]:
    """Accounts with their people; the person of that name in the text is marked, nobody is chosen."""
    shown = []
    for account_id in account_ids:
        one = accounts.get_account(viewer.scope, account_id)
        named = find_named(viewer.scope, account_id, reading.people) if reading else None
        shown.append(
            {"account": one, "contacts": list_contacts(viewer.scope, account_id)[:12], "named": named}
        )
    return shown


def _pieces(reading: Reading) -> list[tuple[str, int]]:
    """The text cut at the values found: (text, number of its fact or 0)."""
    text, at = reading.pasted.text, 0
    cut: list[tuple[str, int]] = []
    for start, end, number in reading.marks:
        cut += [(text[at:start], 0), (text[start:end], number)]
        at = end
    return [*cut, (text[at:], 0)]


def _confirmed(columns: list[list[str]], keep: frozenset[str]) -> list[Confirmed]:
    if len({len(column) for column in columns}) != 1:
        raise BadRequest("The form is incomplete: paste the text again.")
    kept = []
    for number, start, end, kind, subject, value, as_of, sensitivity, sayable, expectability in zip(*columns, strict=True):  # fmt: skip
        if number not in keep:
            continue
        chosen = {"sensitivity": sensitivity, "sayable": sayable, "expectability": expectability}
        if kind not in rules.FACT_KINDS or any(chosen[name] not in rules.CHOICES[name] for name in chosen):
            raise BadRequest("This is not one of the choices offered.")
        day: date | None = forms.day(as_of)
        if day is None or not value.strip():
            raise BadRequest(f"Fact {number} needs what it says and the day on which it was so.")
        kept.append(
            Confirmed(
                forms.whole(start) or 0, forms.whole(end) or 0, kind, value, subject, day,
                sensitivity, sayable, expectability,
            )
        )  # fmt: skip
    return kept


def _whom(
    viewer: Viewer, about: str, account_name: str, person: tuple[str, str, str, str, str]
) -> tuple[UUID, UUID | None]:
    """(account, contact) that the rep chose or made. What the text says decides neither."""
    what, _, which = about.partition(":")
    if what == "contact" and (contact_id := forms.found_id(which)) is not None:
        return _account_of(viewer, contact_id), contact_id
    account_id = forms.found_id(which) if what == "account" else None
    if what == "new" and account_name.strip():
        made = _done(perform(viewer.scope, CreateAccount(name=account_name, relation="target")))
        account_id = UUID(str(made.result["account_id"]))
    if account_id is None:
        raise PasteRefused("Say whom it is about: choose a person or an account, or name a new account.")
    first, last, title, email, country = person
    if not last.strip():
        return account_id, None
    contact = CreateContact(
        account_id=account_id, first_name=first, last_name=last, title=title or None, email=email.strip() or None,
        country=country.strip() or None,
    )  # fmt: skip
    return account_id, UUID(str(_done(perform(viewer.scope, contact)).result["contact_id"]))


def _account_of(viewer: Viewer, contact_id: UUID) -> UUID:
    return get_contact(viewer.scope, contact_id).account_id


def _done(answer: object) -> Performed:
    if not isinstance(answer, Performed):
        raise PasteRefused("Making it needs an approval first; choose one that is there.")
    return answer
