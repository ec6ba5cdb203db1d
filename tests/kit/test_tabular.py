"""Tables from files: encodings, dialects, damage and bombs."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from remit.kit import tabular
from remit.kit.encodings import FileBroken
from remit.kit.tabular import delimiter_of, looks_headerless, open_tables


def _rows(path: Path) -> list[list[str]]:
    (table,) = open_tables(path)
    return [cells for _, cells in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "a.csv"
    lines = [["name", "city"], ["Müller & Söhne", "Zürich"], ['say "hi"' + mark, "Genève"], ["Café", "Malmö"]]
    text = "\r\n".join(mark.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    path.write_bytes(text.encode(encoding))
    assert _rows(path) == lines


def test_foreign_letters_late_in_a_long_file_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,x\n" + b"plain,1\n" * 200_000 + "Zürich,2\n".encode("cp1252"))
    (table,) = open_tables(path)
    assert table.encoding == "cp1252"
    assert list(table.rows())[-1] == (200_002, ["Zürich", "2"])


def test_gzip_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert _rows(path) == [["a", "b"], ["1", "2"]]


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"two\nlines",1\n\n,\nx,2\n')
    (table,) = open_tables(path)
    assert list(table.rows()) == [(1, ["a", "b"]), (2, ["two\nlines", "1"]), (4, ["", ""]), (5, ["x", "2"])]


def test_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"], sheet["C3"] = "name", "on"
    sheet["B4"], sheet["C4"] = 12.0, date(2017, 3, 4)
    sheet["B6"], sheet["C6"] = 1.5, True
    book.create_sheet("empty")
    book.save(path)
    (table,) = open_tables(path)
    assert table.name == "a.xlsx#Sheet"
    found = [(number, [cell for cell in cells if cell]) for number, cells in table.rows()]
    assert found == [(3, ["name", "on"]), (4, ["12", "2017-03-04"]), (6, ["1.5", "true"])]


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/worksheets/sheet1.xml", b"\0" * (64 << 20))
    with pytest.raises(FileBroken, match="no workbook"):
        open_tables(path)


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * (20 << 20)))
    with pytest.raises(FileBroken, match="no export"):
        open_tables(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'a,b\n1,"open', "inside a quoted cell"),
        (b'a,b\n1,"x"y\n', "closing quotation"),
        (b'a,b\n1,"' + b"x" * (tabular.MAX_CELL + 10), "characters"),
    ],
)
def test_a_broken_file_says_where_and_can_be_read_around(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    (table,) = open_tables(path)
    with pytest.raises(FileBroken, match=says) as broken:
        list(table.rows())
    assert broken.value.row == 2
    seen: list[FileBroken] = []
    assert next(iter(table.rows(seen)))[1] == ["a", "b"]
    list(table.rows(seen))
    assert seen and says in seen[0].reason


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 ...", b"\x00\x00\x01\x02" * 2000, gzip.compress(b"a,b\n1,2\n", mtime=0)[:-6]]
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(FileBroken):
        for table in open_tables(path):
            list(table.rows())


def test_delimiter_ignores_marks_inside_quotes() -> None:
    assert delimiter_of('a;b\n"x,y,z";"p,q,r"\n') == ";"
    assert delimiter_of("only one column\nvalue\n") == ","


def test_a_first_row_of_data_is_no_header() -> None:
    assert looks_headerless(
        ["a1b2c3d4e5f60718", "2018-01-01", "x"], [["f1b2c3d4e5f60718", "2018-02-02", "y"]]
    )
    assert not looks_headerless(["id", "date", "x"], [["f1b2c3d4e5f60718", "2018-02-02", "y"]])
    assert not looks_headerless(["name", "city"], [["Acme", "Rome"]])


def test_a_cell_far_away_does_not_take_all_memory(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"] = "Account Name", "Pine Capital"
    sheet.cell(1_048_576, 16_384, "far away")
    book.save(path)
    with pytest.raises(FileBroken, match="spans more cells than we can hold"):
        open_tables(path)


def test_a_million_empty_rows_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["A1000001"] = "Account Name", "Pine Capital", "Oak Partners"
    book.save(path)
    [table] = open_tables(path)
    assert list(table.rows()) == [(1, ["Account Name"]), (2, ["Pine Capital"]), (1_000_001, ["Oak Partners"])]
    first = table.rows()
    assert next(first) == (1, ["Account Name"])
    first.close()  # type: ignore[attr-defined]
