"""`import crm` against a bare COPY of the same rows into an equal table with the same indexes, in the same run.

Ours: the whole command's work, from a CSV on disk (survey, mapping, conversion, references, policies, foreign keys,
history, audit) to commit. Other: COPY of the finished rows (of deals: with their history), already in PostgreSQL's own format, into tables made
LIKE the real ones with their indexes, without security, foreign keys or anything else, to commit.
Run it with a number of rows to measure another size: `python -m benchmarks.import_crm 1000000`.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psycopg

import remit.wiring  # noqa: F401
from benchmarks.support import Row, durable_server, row
from remit import identity
from remit.db.location import Location, Role
from remit.domains.imports.run import import_path

ROWS, RUNS = 200_000, 3
CHANNELS = ("Web", "Partner", "Event", "Paid Search", "Referral", "Cold Call")
STAGES = ("Discovery", "Demo", "Proposal", "Negotiation", "Closed Won", "Closed Lost")


def write_leads(path: Path, rows: int, seed: int) -> None:
    """A lead export of ten columns, two of which no field fits."""
    draw = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "Lead ID,First Name,Last Name,Company,Email,Lead Source,Status,Created Date,Score,Region Code\n"
        )
        for n in range(rows):
            day = f"{draw.randint(2021, 2025)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
            file.write(
                f"L{seed}-{n},First{draw.randint(0, 900)},Last{draw.randint(0, 9000)},Firm {draw.randint(0, 9000)} Ltd,"
                f"p{n}@firm{draw.randint(0, 9000)}.example,{draw.choice(CHANNELS)},New,{day},{draw.randint(0, 99)},R{draw.randint(0, 9)}\n"
            )


def write_deals(folder: Path, rows: int, seed: int) -> None:
    """Deals with their accounts, reps and products, all referred to by name."""
    draw = random.Random(seed)
    (folder / "reps.csv").write_text(
        "Sales Rep,Manager,Regional Office\n"
        + "".join(f"Rep {n},Boss {n % 5},Region {n % 4}\n" for n in range(60))
    )
    (folder / "products.csv").write_text(
        "Product,Series,Sales Price\n" + "".join(f"Model {n},S{n % 3},{n + 10}\n" for n in range(20))
    )
    (folder / "accounts.csv").write_text(
        "Account Name,Industry,Employees,Account Owner\n"
        + "".join(f"Firm {n} Ltd,Funds,{n},Rep {n % 60}\n" for n in range(9001))
    )
    with (folder / "deals.csv").open("w", encoding="utf-8") as file:
        file.write("Deal ID,Deal Name,Account Name,Product,Owner,Stage,Amount,Created Date,Close Date\n")
        for n in range(rows):
            opened = f"{draw.randint(2021, 2024)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
            closing = f"2025-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
            file.write(
                f"D{seed}-{n},Deal {n},Firm {draw.randint(0, 9000)},Model {draw.randint(0, 19)},Rep {draw.randint(0, 59)},"
                f'{draw.choice(STAGES)},"${draw.randint(1, 999)},000.00",{opened},{closing}\n'
            )


def import_rate(path: Path) -> tuple[float, float]:
    """Rows a second and seconds for importing a path."""
    start = time.perf_counter()
    report = import_path(identity.for_service("console", via="bench"), path)
    seconds = time.perf_counter() - start
    assert isinstance(report, dict) and not report["rejected"], report
    return report["rows"] / seconds, seconds


def copy_rate(location: Location, *tables: str) -> float:
    """Rows of the first table a second, when all rows of all `tables` go by bare COPY into equal tables."""
    done = [_copy(location, table) for table in tables]
    return done[0][0] / sum(seconds for _, seconds in done)


def _copy(location: Location, table: str) -> tuple[int, float]:
    with psycopg.connect(**location.conninfo(Role.OWNER), autocommit=True) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, false)", (str(identity.SYSTEM_ID),))
        names = connection.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            f" WHERE attrelid = 'remit.{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        ).fetchall()[0][0]
        with connection.cursor().copy(f"COPY (SELECT {names} FROM remit.{table}) TO STDOUT") as out:
            blocks = [bytes(block) for block in out]
        connection.execute(
            f"CREATE TABLE remit.bare (LIKE remit.{table} INCLUDING DEFAULTS INCLUDING INDEXES)"
        )
        start = time.perf_counter()
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY remit.bare ({names}) FROM STDIN") as into:
                for at in range(0, len(blocks), 500):
                    into.write(b"".join(blocks[at : at + 500]))
            done = cursor.rowcount, time.perf_counter() - start
        connection.execute("DROP TABLE remit.bare")
        return done


def _empty(location: Location, *tables: str) -> None:
    with psycopg.connect(**location.conninfo(Role.OWNER), autocommit=True) as connection:
        connection.execute(f"TRUNCATE {', '.join('remit.' + table for table in tables)} CASCADE")


def run(rows: int = ROWS, runs: int = RUNS) -> list[Row]:
    """Leads (one table) and deals (four files with references), and importing the same leads again."""
    with durable_server() as (location, _), tempfile.TemporaryDirectory() as folder:
        return [*_leads(location, Path(folder), rows, runs), _deals(location, Path(folder), rows, runs)]


def _leads(location: Location, folder: Path, rows: int, runs: int) -> list[Row]:
    ours, again, bare = [], [], []
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = folder / "leads.csv"
    for number in range(runs):
        write_leads(path, rows, number)
        ours.append(import_rate(path)[0])
        again.append(import_rate(path)[0])
        if number == 0:  # before the other side holds all its rows in memory
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
        bare.append(copy_rate(location, "leads"))
        _empty(location, "leads")
    copied, size = median(bare), path.stat().st_size / 2**20
    first, second, growth = (
        "import of one file of leads",
        "the same file again: nothing changes",
        "growth of the process while importing leads",
    )
    return [
        row("import_leads", first, median(ours), copied, "bare COPY", "rows/s", runs=runs, n=rows),
        row("import_again", second, median(again), copied, "bare COPY", "rows/s", runs=runs, n=rows),
        row("import_memory", growth, grown, size, "size of the file", "MB", runs=1, n=rows),
    ]


def _deals(location: Location, folder: Path, rows: int, runs: int) -> Row:
    ours, bare = [], []
    for number in range(runs):
        deals = folder / f"deals{number}"
        deals.mkdir()
        write_deals(deals, rows, number)
        ours.append(import_rate(deals)[0])
        bare.append(copy_rate(location, "opportunities", "opportunity_stages", "opportunity_snapshots"))
        _empty(location, "opportunities", "accounts", "products")
    what = "import of deals with accounts, reps, products; history and snapshots written too"
    return row("import_deals", what, median(ours), median(bare), "bare COPY", "rows/s", runs=runs, n=rows)


if __name__ == "__main__":
    for each in run(
        int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    ):
        print(each)
