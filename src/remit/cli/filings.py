"""`remit filings`: 13F holdings with what changed, Form ADV rows as facts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database

if TYPE_CHECKING:
    from remit.knowledge.filings.changes import Move, Position

app = typer.Typer(help="Filings of managers.", no_args_is_help=True)


@app.command()
def holdings(
    file: Annotated[
        Path,
        typer.Argument(
            help="A 13F: submission, information table, EDGAR page, old text table or JSON; gzipped or not."
        ),
    ],
    previous: Annotated[Path | None, typer.Option(help="The manager's 13F of the quarter before.")] = None,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="How many positions to list.")] = 20,
) -> None:
    """Positions in US dollars, added up by security, and what became of them since the previous report."""
    from remit.knowledge.filings import changes, reports

    report = reports.read(file)
    rows = changes.positions(report.holdings)
    found: dict[str, Any] = {
        "manager": report.cover.manager,
        "cik": report.cover.cik,
        "accession": report.cover.accession,
        "form": report.cover.form,
        "amendment": report.cover.amendment,
        "period": report.cover.period,
        "filed": report.cover.filed,
        "unit": report.unit,
        "other_managers": report.cover.other_managers,
        "total_value": report.total,
        "rows": len(report.holdings),
        "positions": len(rows),
        "top": [_shown(each, report.total) for each in rows[:top]],
    }
    warnings = list(report.warnings)
    if previous is not None:
        before = reports.read(previous)
        moved, doubts = changes.compare(report, before)
        found["changes"] = {
            name: [_moved(each) for each in getattr(moved, name)]
            for name in ("new", "closed", "increased", "decreased")
        }
        found["changes"]["unchanged"] = moved.unchanged
        found["previous"] = {
            "period": before.cover.period,
            "total_value": before.total,
            "positions": len(changes.positions(before.holdings)),
            "warnings": before.warnings,
        }
        said = {one.message for one in warnings}  # a doubt about the comparison may be the warning itself
        warnings += [one for one in doubts if one.message not in said]
    found["warnings"] = warnings
    output.show(found, lambda: _told(found))


@app.command()
def adv(
    file: Annotated[Path, typer.Argument(help="Form ADV Part 1A rows as CSV.")],
    as_of: Annotated[
        datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day that the extract is of.")
    ],
    accession: Annotated[
        str, typer.Option(help="Accession number or name of the extract, for the citation.")
    ] = "",
) -> None:
    """Facts about each adviser: assets, client types, headcount, prime brokers and custodians where given."""
    from remit.knowledge.filings import form_adv

    if not file.is_file():
        raise output.CommandRefused(
            "document_missing", f"There is no file {file.name}.", exit_code=output.NOT_FOUND
        )
    advisers = form_adv.read(file, as_of.date(), accession)
    facts = sum(len(each.facts) for each in advisers)
    output.show(
        {"advisers": advisers, "count": len(advisers), "facts": facts},
        lambda: f"{len(advisers)} advisers, {facts} facts",
    )


@app.command()
def fetch(
    cik: Annotated[str, typer.Argument(metavar="CIK", help="The filer's number at EDGAR.")],
    account: Annotated[str, typer.Option(help="The account that the filings are about: its id or name.")],
    form: Annotated[
        list[str] | None, typer.Option(help="Only this form, such as 13F-HR; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="At most so many, the newest first.")] = 12,
) -> None:
    """Fetch filings that are not on record from EDGAR (setting edgar_identity) as documents of an account."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.connectors.edgar.client import EdgarUnavailable
    from remit.connectors.edgar.config import EdgarSettingsInvalid
    from remit.connectors.edgar.mapping import FORMS
    from remit.domains.documents.sources import cik_of
    from remit.domains.outreach.queries import find_account
    from remit.workflows.gathering import fetch_filings

    number, forms = cik_of(cik), form or list(FORMS)
    if not number or set(forms) - set(FORMS):
        known = ", ".join(FORMS)
        raise output.CommandRefused(
            "filing_unasked",
            f"Give a CIK of up to ten digits, and forms among {known}.",
            exit_code=output.USAGE,
        )
    with database():
        scope = acting.scope()
        try:
            found = fetch_filings(scope, find_account(scope, account), number, forms=forms, limit=limit)
        except EdgarUnavailable as error:
            raise output.CommandRefused(error.code, error.message, exit_code=output.UNAVAILABLE) from error
        except EdgarSettingsInvalid as error:
            raise output.CommandRefused(error.code, str(error)) from error
    output.show(
        {"cik": number, "added": found.added, "known": found.known_count, "reasons": found.reasons},
        lambda: found.sentence,
    )


def _shown(position: Position, total: int) -> dict[str, Any]:
    return {**asdict(position), "share_of_total": round(position.value / total, 6) if total else None}


def _moved(move: Move) -> dict[str, Any]:
    now, before = move.now, move.before
    return {
        "cusip": move.cusip, "issuer": move.issuer, "put_call": move.put_call, "shares": now.shares if now else 0, "shares_before": before.shares if before else 0,
        "value": now.value if now else 0, "value_before": before.value if before else 0, "ratio": None if move.ratio is None else round(move.ratio, 4),
    }  # fmt: skip


def _told(found: dict[str, Any]) -> str:
    head = f"{found['manager'] or '(no manager)'} · {found['period'] or '(no period)'} · {found['positions']:,} positions · ${found['total_value']:,}"
    rows = [
        [each["issuer"], each["put_call"].lower(), f"{each['shares']:,}", f"{each['value']:,}"]
        for each in found["top"]
    ]
    lines = [head, "", output.table(["issuer", "", "shares", "value, $"], rows)]
    for name, moves in found.get("changes", {}).items():
        if isinstance(moves, list):
            lines += [
                "",
                f"{name}: {len(moves)}",
                *(f"  {each['issuer']} {each['put_call'].lower()}".rstrip() for each in moves),
            ]
    lines += [f"! {each.message}" for each in found["warnings"]]
    return "\n".join(lines)
