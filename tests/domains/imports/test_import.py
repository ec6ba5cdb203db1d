"""A firm's export goes in: whole, once, in any file order, with every rejected row explained."""

from __future__ import annotations

import codecs
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Refused, Waiting
from remit.db.location import Location
from remit.domains.imports.errors import DateOrderNeeded, FilesBroken, NoSuchPath, NothingToImport
from remit.domains.imports.mapping import MappingInvalid
from remit.domains.imports.queries import iter_rejections, list_imports
from remit.domains.imports.run import import_path
from remit.kit.paging import CursorInvalid
from tests.support.cast import Cast, make_cast

ACCOUNTS = "Account ID,Account Name,Industry,Employees,Annual Revenue,Account Owner,Territory\n" + "".join(
    f'A{n},Firm {n} Ltd,Funds,{n * 10},"$1,{n}00.50",Rep {n % 2},Region {n % 2}\n' for n in range(1, 6)
)
DEALS = (
    "Deal ID,Deal Name,Account Name,Stage,Amount,Close Date,Owner\n"
    "D1,One,firm 1,Negotiation,12k,2024-05-01,Rep 1\n"
    'D2,Two,"FIRM 2, Limited",Closed Won,"€1.2m",2024-04-02,Rep 0\n'
    "D3,Three,,Closed Lost,0,2024-04-03,Rep 1\n"
    "D4,Four,Firm 99,Discovery,,2024-06-04,Rep 1\n"
    "D5,Five,Firm 5,Discovery,lots,2024-06-31,Rep 1\n"
)
REPS = "Sales Rep,Manager,Regional Office\nRep 0,Boss,Region 0\nRep 1,Boss,Region 1\n"


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a_deals.csv").write_text(DEALS)
    (tmp_path / "b_accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "c_reps.csv").write_text(REPS)
    return tmp_path


@pytest.fixture(autouse=True)
def _clean(cast: Cast) -> Iterator[None]:
    yield
    cast.sql("DELETE FROM remit.deal_team")
    for table in (
        "opportunity_stages",
        "opportunity_snapshots",
        "opportunities",
        "leads",
        "contacts",
        "activities",
        "prices",
        "products",
        "do_not_contact",
    ):
        cast.sql(f"DELETE FROM remit.{table}")
    cast.sql("DELETE FROM remit.accounts WHERE import_id IS NOT NULL")
    cast.sql(
        "DELETE FROM remit.person_territories t USING remit.people p WHERE p.id = t.person_id AND p.import_id IS NOT NULL"
    )
    cast.sql("DELETE FROM remit.people WHERE import_id IS NOT NULL")


def _import(cast: Cast, path: Path, **options: Any) -> dict[str, Any]:
    done = import_path(cast.scope("olga"), path, **options)
    assert not isinstance(done, Waiting)
    return dict(done)


def _file(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in report["files"] if each["file"] == name)


def _counts(report: dict[str, Any]) -> dict[str, tuple[int, int, int, int]]:
    return {
        f["file"]: (f["created"], f["updated"], f["unchanged"], f["rejected_count"]) for f in report["files"]
    }


def test_references_resolve_whatever_the_order_of_files(cast: Cast, folder: Path) -> None:
    report = _import(cast, folder)
    assert _counts(report) == {
        "a_deals.csv": (4, 0, 0, 1),
        "b_accounts.csv": (5, 0, 0, 0),
        "c_reps.csv": (2, 0, 0, 0),
    }
    found = cast.sql(
        """SELECT o.external_id, a.name, p.name, o.amount_minor, o.amount_currency, o.outcome, o.closed_at::date::text, t.name
        FROM remit.opportunities o LEFT JOIN remit.accounts a ON a.id = o.account_id LEFT JOIN remit.people p ON p.id = o.owner_id
        JOIN remit.access_groups g ON g.id = o.access_id JOIN remit.territories t ON t.id = g.territory_id ORDER BY 1"""
    )
    assert found == [
        ("D1", "Firm 1 Ltd", "Rep 1", 1_200_000, "USD", None, None, "Region 1"),
        ("D2", "Firm 2 Ltd", "Rep 0", 120_000_000, "EUR", "won", "2024-04-02", "Region 0"),
        ("D3", None, "Rep 1", 0, "USD", "lost", "2024-04-03", "Region 1"),
        ("D4", None, "Rep 1", None, None, None, None, "Region 1"),
    ]
    deals = _file(report, "a_deals.csv")
    assert [(r["row"], r["column"], r["value"]) for r in deals["rejected"]] == [
        (6, "Amount", "lots"),
        (6, "Close Date", "2024-06-31"),
    ]
    assert any("Firm 99" in note for note in deals["notes"])
    managers = cast.sql(
        "SELECT p.name, m.name FROM remit.people p JOIN remit.people m ON m.id = p.manager_id WHERE p.source = 'crm' ORDER BY 1"
    )
    assert managers == [("Rep 0", "Boss"), ("Rep 1", "Boss")]
    assert cast.sql(
        "SELECT count(*) FROM remit.credentials c JOIN remit.people p ON p.id = c.person_id WHERE p.source = 'crm'"
    ) == [(0,)]


def test_the_second_time_nothing_changes(cast: Cast, folder: Path) -> None:
    _import(cast, folder)
    before = cast.sql("SELECT id, version, updated_at FROM remit.opportunities ORDER BY id")
    report = _import(cast, folder)
    assert _counts(report) == {
        "a_deals.csv": (0, 0, 4, 1),
        "b_accounts.csv": (0, 0, 5, 0),
        "c_reps.csv": (0, 0, 2, 0),
    }
    assert cast.sql("SELECT id, version, updated_at FROM remit.opportunities ORDER BY id") == before
    assert report["made"] == {}


def test_a_changed_row_is_updated_and_its_history_kept(cast: Cast, folder: Path) -> None:
    _import(cast, folder)
    (folder / "a_deals.csv").write_text(DEALS.replace("Negotiation,12k", "Closed Won,15k"))
    assert _counts(_import(cast, folder))["a_deals.csv"] == (0, 1, 3, 1)
    (deal,) = cast.sql(
        "SELECT id, version, stage, amount_minor FROM remit.opportunities WHERE external_id = 'D1'"
    )
    assert deal[1:] == (2, "won", 1_500_000)
    moves = cast.sql(
        "SELECT from_stage, to_stage, by_id FROM remit.opportunity_stages WHERE opportunity_id = :id",
        id=deal[0],
    )
    assert ("negotiation", "won", None) in moves  # the export does not say who moved it
    snapshots = cast.sql(
        "SELECT stage, until_at IS NULL FROM remit.opportunity_snapshots WHERE opportunity_id = :id ORDER BY from_at",
        id=deal[0],
    )
    assert snapshots == [("negotiation", False), ("won", True)]


def test_a_reference_that_comes_later_is_linked_then(cast: Cast, folder: Path) -> None:
    _import(cast, folder)
    (folder / "b_accounts.csv").write_text(ACCOUNTS + "A99,Firm 99,Funds,1,5,Rep 1,Region 1\n")
    report = _import(cast, folder)
    assert _counts(report)["a_deals.csv"] == (0, 1, 3, 1)
    assert cast.sql(
        "SELECT a.name FROM remit.opportunities o JOIN remit.accounts a ON a.id = o.account_id WHERE o.external_id = 'D4'"
    ) == [("Firm 99",)]


def test_deals_alone_make_their_accounts_and_a_later_file_takes_them_over(cast: Cast, folder: Path) -> None:
    report = _import(cast, folder / "a_deals.csv")
    assert report["made"]["accounts"] == 3 and report["made"]["people"] == 2
    _import(cast, folder)
    assert cast.sql("SELECT count(*) FROM remit.accounts WHERE name_key = 'firm 1'") == [(1,)]
    assert cast.sql("SELECT count(*) FROM remit.people WHERE name = 'Rep 1'") == [(1,)]


def test_a_dry_run_tells_the_same_and_keeps_nothing(cast: Cast, folder: Path) -> None:
    dry = _import(cast, folder, dry_run=True)
    assert cast.sql("SELECT count(*) FROM remit.opportunities") == [(0,)]
    assert cast.sql(
        "SELECT count(*) FROM remit.imports WHERE id = CAST(:id AS uuid)", id=dry["import_id"]
    ) == [(0,)]
    assert _counts(dry) == _counts(_import(cast, folder))


def test_rejections_are_kept_and_can_be_read_again(cast: Cast, folder: Path) -> None:
    report = _import(cast, folder)
    rows = list(iter_rejections(cast.scope("olga"), report["import_id"]))
    assert [(row.file, row.row, row.column) for row in rows] == [
        ("a_deals.csv", 6, "Amount"),
        ("a_deals.csv", 6, "Close Date"),
    ]
    latest = list_imports(cast.scope("olga")).rows[0]
    assert (latest.by_name, latest.report["rejected"]) == ("Olga", 1)
    with pytest.raises(CursorInvalid):
        list_imports(cast.scope("olga"), "x")
    with pytest.raises(Refused):
        list(iter_rejections(cast.scope("alice"), report["import_id"]))


def test_a_broken_file_imports_nothing_or_everything_valid(cast: Cast, folder: Path) -> None:
    (folder / "a_deals.csv").write_text(
        DEALS
        + 'D6,"Six"x,Firm 1,Discovery,1,2024-01-01,Rep 1\nD7,Seven,Firm 1,Discovery,1,2024-01-02,Rep 1\n'
    )
    with pytest.raises(Refused) as refused:
        _import(cast, folder)
    assert refused.value.code == "file_broken" and refused.value.details["files"][0]["row"] == 7
    assert cast.sql("SELECT count(*) FROM remit.accounts WHERE import_id IS NOT NULL") == [(0,)]
    report = _import(cast, folder, on_error="keep-valid")
    assert _counts(report)["a_deals.csv"] == (5, 0, 0, 2)
    assert _file(report, "a_deals.csv")["rows"] == 7


def test_strict_takes_all_or_nothing(cast: Cast, folder: Path) -> None:
    with pytest.raises(Refused, match="would be rejected") as refused:
        _import(cast, folder, on_error="strict")
    assert refused.value.details["report"]["rejected"] == 1
    assert cast.sql("SELECT count(*) FROM remit.opportunities") == [(0,)]


def test_day_and_month_are_asked_for_when_the_column_does_not_tell(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Deal ID,Deal Name,Stage,Close Date\nD1,One,New,03/04/2017\nD2,Two,New,05/06/2017\n")
    with pytest.raises(DateOrderNeeded) as needed:
        _import(cast, path)
    assert needed.value.details["columns"] == [
        {
            "file": "deals.csv",
            "column": "Close Date",
            "value": "03/04/2017",
            "dmy": "3 April 2017",
            "mdy": "4 March 2017",
        }
    ]
    _import(cast, path, date_order="dmy")
    assert cast.sql("SELECT close_on::text FROM remit.opportunities WHERE external_id = 'D1'") == [
        ("2017-04-03",)
    ]
    path.write_text(path.read_text() + "D3,Three,New,01/31/2017\n")
    _import(cast, path)
    assert cast.sql("SELECT close_on::text FROM remit.opportunities WHERE external_id = 'D1'") == [
        ("2017-03-04",)
    ]


def test_the_mapping_file_has_the_last_word(cast: Cast, tmp_path: Path) -> None:
    path, mapping = tmp_path / "things.csv", tmp_path / "map.toml"
    path.write_text("k;wer;was;wieviel;wann\n1;Ann;Eins;1.234,50;3.4.2017\n2;Ben;Zwei;12;5.6.2017\n")
    mapping.write_text(
        'entity = "opportunities"\ncurrency = "EUR"\ndate_order = "dmy"\nsource = "alt"\n'
        '[columns]\nk = "external_id"\nwer = "owner"\nwas = "name"\nwieviel = "amount"\nwann = "close_on"\n[defaults]\nstage = "Neu"\n'
    )
    report = _import(cast, path, mapping=mapping)
    assert report["files"][0]["mapping"] == {
        "k": "external_id",
        "wer": "owner",
        "was": "name",
        "wieviel": "amount",
        "wann": "close_on",
    }
    assert cast.sql(
        "SELECT name, amount_minor, amount_currency, close_on::text, stage, source FROM remit.opportunities ORDER BY 1"
    ) == [
        ("Eins", 123_450, "EUR", "2017-04-03", "Neu", "alt"),
        ("Zwei", 1_200, "EUR", "2017-06-05", "Neu", "alt"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "entity = 'dragons'",
        "nonsense",
        "[columns]\na = 'no_such'\n",
        "entity = 'leads'\n[columns]\na = 'amount'",
        "currency = 'XXX'",
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(cast: Cast, folder: Path, text: str) -> None:
    mapping = folder / "map.toml"
    mapping.write_text(
        text if "no_such" not in text else "[files.'a_deals.csv'.columns]\nStage = 'no_such'\n"
    )
    with pytest.raises(MappingInvalid, match=r"\w+"):
        _import(cast, folder, mapping=mapping)


def test_what_is_not_mapped_is_kept(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(
        "Lead ID,Status,Lead Source,Favourite Colour\nL1,New,Web,blue\nL2,Converted,Select,Select\n"
    )
    report = _import(cast, tmp_path)
    assert report["files"][0]["kept"] == ["Favourite Colour"]
    assert cast.sql("SELECT state, channel, extra::text FROM remit.leads ORDER BY external_id") == [
        ("new", "Web", '{"Favourite Colour": "blue"}'),
        ("converted", None, "{}"),
    ]


def test_contacts_bind_their_opt_out(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text(
        "Full Name,Email,Company,Email Opt Out\nAnn Lee,ann@elm.example,Elm,no\nBen Ray,BEN@elm.example,Elm,yes\nNo Firm,x@elm.example,,no\nBad,nomail,Elm,no\n"
    )
    report = _import(cast, tmp_path)
    assert _counts(report)["contacts.csv"] == (2, 0, 0, 2)
    assert cast.sql("SELECT value FROM remit.do_not_contact") == [("ben@elm.example",)]
    assert cast.sql("SELECT first_name, last_name FROM remit.contacts ORDER BY 1") == [
        ("Ann", "Lee"),
        ("Ben", "Ray"),
    ]
    reasons = {r["row"]: r["reason"] for r in report["files"][0]["rejected"]}
    assert "account" in reasons[4] and "e-mail" in reasons[5]


def test_the_same_id_twice_is_told(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(
        "Deal ID,Deal Name,Stage\nD1,One,New\nD1,Uno,New\nD1,One,New\nD2,Two,New\nD3,Three,New\n"
    )
    rejected = _import(cast, tmp_path)["files"][0]["rejected"]
    assert [(r["row"], r["reason"]) for r in rejected] == [
        (3, "has the same id as row 2"),
        (4, "repeats row 2"),
    ]


def test_hostile_cells_are_stored_harmless(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_bytes(
        "Account ID,Account Name,Industry\nA1,Ev\x00il \u202egnp.exe,<script>alert(1)</script>\nA2,\"=cmd|' /C calc'!A0\",'; DROP TABLE x; --\n".encode()
    )
    _import(cast, tmp_path)
    assert cast.sql(
        "SELECT name, sector FROM remit.accounts WHERE import_id IS NOT NULL ORDER BY external_id"
    ) == [
        ("Evil gnp.exe", "<script>alert(1)</script>"),
        ("=cmd|' /C calc'!A0", "'; DROP TABLE x; --"),
    ]


def test_a_cell_of_ten_megabytes_and_ragged_rows(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(
        "Deal ID,Deal Name,Stage\nD1,One,New\nD2,Two\nD3,a,b,c\nD4,"
        + "x" * (10 << 20)
        + ",New\nD5,Five,New\n,,\n"
    )
    report = _import(cast, tmp_path, on_error="keep-valid")
    assert _counts(report)["deals.csv"][0] == 2
    reasons = {r["row"]: r["reason"] for r in report["files"][0]["rejected"]}
    assert "2 cells" in reasons[3] and "4 cells" in reasons[4] and "characters" in reasons[5]


def test_a_name_too_long_for_an_index_is_a_rejected_row_and_no_broken_import(
    cast: Cast, tmp_path: Path
) -> None:
    rng = random.Random(7)  # random marks: a repeated one would be packed and fit
    long, fits = ("".join(chr(rng.randrange(0x20000, 0x2A000)) for _ in range(n)) for n in (1_500, 255))
    spread = "\ufdfa" * 255  # one mark that folds to eighteen
    (tmp_path / "accounts.csv").write_text(f"Account Name\n{long}\n{fits}\n{spread}\n", "utf-8")
    (tmp_path / "contacts.csv").write_text(
        f"First Name,Last Name,Email,Account Name\n{fits},{fits},a@b.example,{fits}\n{long},Ng,b@b.example,{fits}\n",
        "utf-8",
    )
    (tmp_path / "deals.csv").write_text(
        f"Deal Name,Account Name,Stage\n{fits},{fits},Discovery\n{long},{long},Discovery\n", "utf-8"
    )
    report = _import(cast, tmp_path)
    rejected = {
        name: _file(report, name)["rejected_count"] for name in ("accounts.csv", "contacts.csv", "deals.csv")
    }
    assert rejected == {"accounts.csv": 1, "contacts.csv": 1, "deals.csv": 1}
    told = [row.reason for row in iter_rejections(cast.scope("olga"), report["import_id"])]
    assert all("has 1,500 characters; at most 255 are kept" in reason for reason in told) and told


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_names_survive_their_encoding(cast: Cast, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "accounts.csv").write_bytes(
        "Account ID,Account Name,Industry\nA1,Müller & Søn,Fonds\n".encode(encoding)
    )
    _import(cast, tmp_path)
    assert cast.sql("SELECT name FROM remit.accounts WHERE import_id IS NOT NULL") == [("Müller & Søn",)]


def test_what_cannot_be_imported_says_so(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(NothingToImport):
        _import(cast, tmp_path)
    with pytest.raises(NoSuchPath):
        _import(cast, tmp_path / "nowhere")
    (tmp_path / "brochure.pdf").write_bytes(b"%PDF-1.7 " + bytes(range(256)))
    with pytest.raises(NothingToImport, match="no CSV, TSV or spreadsheet"):
        _import(cast, tmp_path)
    with pytest.raises(FilesBroken):
        _import(cast, tmp_path / "brochure.pdf")
    (tmp_path / "a.csv").write_bytes(codecs.BOM_UTF8 + b"%PDF" + bytes(range(256)) * 20)
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(FilesBroken):
        _import(cast, tmp_path)


def test_files_of_which_nothing_is_recognised_are_refused_by_name(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "tides.csv").write_text("moon,tide\nfull,high\nnew,low\n")
    with pytest.raises(NothingToImport, match=r"tides\.csv") as refused:
        _import(cast, tmp_path)
    assert [each["file"] for each in refused.value.details["files"]] == ["tides.csv"]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Account ID,Account Name,Industry\n", "no rows|headers only"),
        ("Account ID,Account Name,Industry\nA1,,Fonds\nA2,,Fonds\n", "All 2 rows would be rejected"),
    ],
)
def test_an_import_that_would_keep_no_row_is_refused(
    cast: Cast, tmp_path: Path, text: str, reason: str, dry_run: bool
) -> None:
    (tmp_path / "accounts.csv").write_text(text)
    with pytest.raises((Refused, NothingToImport), match=reason):
        _import(cast, tmp_path, dry_run=dry_run)
    assert cast.sql("SELECT count(*) FROM remit.imports WHERE path = :path", path=str(tmp_path)) == [(0,)]


def test_reps_may_not_import(cast: Cast, folder: Path) -> None:
    with pytest.raises(Refused):
        import_path(cast.scope("alice"), folder)
    assert cast.sql("SELECT count(*) FROM remit.opportunities") == [(0,)]


def test_a_file_moves_nothing_out_from_behind_a_barrier(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(
        "Account ID,Account Name,Industry,Territory\nW1,Wall Capital,Banks,South\n"
    )
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("Contact ID,Last Name,Email,Account Name\nC1,Brick,brick@wall.example,Wall Capital\n")
    _import(cast, tmp_path)
    contacts.write_text(
        "Contact ID,Last Name,Email,Account Name\nC1,Bricks,brick@wall.example,Palm Capital\n"
    )
    _import(cast, tmp_path)
    assert cast.sql("SELECT access_id, sector FROM remit.accounts WHERE name = 'Wall Capital'") == [
        (103, "Banks")
    ]
    assert cast.sql("SELECT access_id, last_name FROM remit.contacts WHERE email = 'brick@wall.example'") == [
        (103, "Bricks")
    ]
