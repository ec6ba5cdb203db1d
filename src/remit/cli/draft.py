"""`remit draft KIND`: write a text from facts, with each claim's source and every check."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, noting, offering, output, pasting, proposal
from remit.cli.opening import database
from remit.kit import clock
from remit.kit.text import percent
from remit.knowledge.pasted.model import SOURCES

app = typer.Typer(help="Write a text from facts; each claim carries its source.")


@app.command()
def draft(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="outreach, follow-up, reply or proposal")],
    contact: Annotated[
        str | None, typer.Option(help="Contact to write to: its id or e-mail address.")
    ] = None,
    account: Annotated[str | None, typer.Option(help="Account to write to: its id or name.")] = None,
    message: Annotated[str | None, typer.Option(help="For reply: the message, by id or Message-ID.")] = None,
    note: Annotated[
        str | None,
        typer.Option(help="For follow-up: a call, meeting or note by id, or a file (- for standard input)."),
    ] = None,
    paste: Annotated[
        str | None, typer.Option(help="Text about the prospect: a file, or - for standard input.")
    ] = None,
    source: Annotated[str, typer.Option(help=f"What the pasted text is: {', '.join(SOURCES)}")] = "other",
    named: Annotated[str, typer.Option(help="What the pasted source is called (Hedge Fund Weekly).")] = "",
    dated: Annotated[str | None, typer.Option(help="Day of the text, as 2026-11-23.")] = None,
    keep: Annotated[str, typer.Option(help="Numbers of the finds to keep (1,3); all without a doubt.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what is found in the text, no more.")
    ] = False,
    length: Annotated[
        str, typer.Option(help="short (at most 90 words), medium (140) or long (200)")
    ] = "short",
    tone: Annotated[str, typer.Option(help="direct or warm")] = "direct",
    writer: Annotated[
        str, typer.Option(help="model (the one of the settings, if any) or embedded")
    ] = "model",
    variant: Annotated[int, typer.Option(min=0, max=1000, help="Another reason or wording.")] = 0,
    opportunity: Annotated[str | None, typer.Option(help="For proposal: the deal's id.")] = None,
    product: Annotated[
        list[str] | None, typer.Option(help="For proposal: NAME=QUANTITY (@PERCENT off), once for each product.")
    ] = None,
    term: Annotated[int, typer.Option(min=1, max=120, help="For proposal: months.")] = 12,
    discount: Annotated[float, typer.Option(parser=offering.percent, metavar="PERCENT", help="For proposal: percent off the other lines, 0 to 90.")] = 0,
    expires: Annotated[str | None, typer.Option(help="For proposal: its last day, as 2027-01-31.")] = None,
    payment: Annotated[str, typer.Option(help="For proposal: paid by year, quarter or month.")] = "year",
    starts: Annotated[str | None, typer.Option(help="For proposal: start of the work.")] = None,
    live: Annotated[str | None, typer.Option(help="For proposal: first day of use.")] = None,
    lead: Annotated[str, typer.Option(help="For proposal: who leads it at the account.")] = "",
    ours: Annotated[str, typer.Option(help="For proposal: who leads it on our side.")] = "",
    sites: Annotated[int | None, typer.Option(help="For proposal: sites that use it.")] = 1,
    minutes: Annotated[float, typer.Option(min=0, max=600, help="For proposal: worked on outside of Remit.")] = 0,
) -> None:  # fmt: skip
    """Write a text from facts; each claim carries its source."""
    if kind not in ("outreach", "reply", "follow-up", "proposal"):
        raise output.CommandRefused(
            "kind_unknown", "Remit writes: outreach, follow-up, reply, proposal.", exit_code=output.USAGE
        )
    if kind == "proposal":
        asked_for = offering.Asked(
            opportunity, product or (), contact, term, discount, expires, payment, starts, live, lead, ours, sites, minutes, clock.now()
        )  # fmt: skip
        asked_for.check()
        with database():
            drawn = offering.drafted(asked_for)
        output.show(drawn, lambda: proposal.told(drawn))
        return
    if (kind == "follow-up") != (note is not None):
        raise output.CommandRefused(
            "note_needed",
            "A follow-up, and only a follow-up, needs --note ID or FILE.",
            exit_code=output.USAGE,
        )
    if (kind == "reply") != (message is not None) or (kind == "reply" and (contact or account)):
        raise output.CommandRefused(
            "message_needed", "A reply, and only a reply, needs --message ID.", exit_code=output.USAGE
        )
    if kind == "outreach" and (contact is None) == (account is None) and not (paste and contact is None):
        raise output.CommandRefused(
            "reader_needed",
            "Name one: --contact ID or --account ID, or give --paste FILE alone.",
            exit_code=output.USAGE,
        )
    if paste is not None:
        pasting.check(kind, source)
    if length not in ("short", "medium", "long") or tone not in ("direct", "warm"):
        raise output.CommandRefused(
            "length_unknown",
            "--length is short, medium or long; --tone is direct or warm.",
            exit_code=output.USAGE,
        )
    if writer not in ("model", "embedded"):
        raise output.CommandRefused(
            "writer_unknown", "--writer is model or embedded.", exit_code=output.USAGE
        )
    with database():
        if note is not None:
            noted = noting.Asked(note, contact, dated, keep, dry_run)
            found = noting.drafted(noted, (length, tone), variant, writer)
            output.show(found, lambda: noting.told(found))
            return
        if paste is not None:
            asked = pasting.Asked(paste, source, named, dated, keep, dry_run)
            found = pasting.drafted(asked, contact, account, (length, tone), variant, writer)
            output.show(found, lambda: pasting.told(found))
            return
        document = _drafted(contact, account, message, (length, tone), variant, writer)
    output.show(document, lambda: told(document))


def _drafted(
    contact: str | None, account: str | None, message: str | None, style: Any, variant: int, writer: Any
) -> dict[str, Any]:
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.outreach import queries
    from remit.domains.outreach.writing import draft_outreach, draft_reply

    scope = acting.scope()
    if message is not None:
        return queries.preview(scope, draft_reply(scope, message, variant=variant))
    if contact is not None:
        contact_id = queries.find_contact(scope, contact)
    else:
        contact_id = queries.pick_contact(scope, queries.find_account(scope, str(account)))
    draft_id: UUID = draft_outreach(
        scope, contact_id, length=style[0], tone=style[1], variant=variant, by=writer
    )
    return queries.preview(scope, draft_id)


def told(document: dict[str, Any]) -> str:
    """The draft for a person: the mail, what stands behind it, and what is wrong with it."""
    from remit.domains.outreach.rules import saving_told

    lines = [
        f"To:      {document['contact']} <{document['to']}>",
        f"Subject: {document['subject']}",
        *(f"     or: {one}" for one in document.get("subjects", ()) if one != document["subject"]),
        "",
        document["body"],
        "",
    ]
    if file := document.get("attached"):
        lines.append(
            f"  goes with it {file['name']} ({file['size_bytes']:,} bytes, SHA-256 {file['file_sha256']})"
        )
    for claim in document["claims"]:
        if claim["kind"] == "claim":
            sources = (
                "; ".join(f"{one['source']}, {one['as_of']}" for one in claim["citations"]) or claim["reason"]
            )
            lines.append(f"  {claim['support']:<11} {claim['text']}  [{sources}]")
    lines += [f"  not passed: {check['reason']}" for check in document["checks"] if not check["passed"]]
    lines += [f"  note: {document['note']}"] if document["note"] else []
    state = "can be sent" if document["sendable"] else "cannot be sent"
    lines.append(
        f"Draft {document['draft_id']} {state} · {document['writer']} · personal {percent(document['personalisation'])}"
        + (f" · saves {saving}" if (saving := saving_told(document["minutes_saved"])) else "")
    )
    return "\n".join(lines)
