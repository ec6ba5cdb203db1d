"""A questionnaire's file: what is found in it, and that nothing but the answers changes when it is given back."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from remit.knowledge.questionnaires import files
from remit.knowledge.questionnaires.model import Answered, QuestionnaireRefused
from tests.support import questionnaires as made

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def packed(content: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in content.items():
            pack.writestr(name, data)
    return out.getvalue()


def paragraph(text: str, style: str = "", number: bool = False) -> str:
    shape = (f'<w:pStyle w:val="{style}"/>' if style else "") + (
        "<w:numPr><w:ilvl w:val='0'/></w:numPr>" if number else ""
    )
    return f"<w:p><w:pPr>{shape}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def letter(body: str) -> bytes:
    content = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
    return packed({"[Content_Types].xml": content.encode(), "word/styles.xml": b"<s/>", "word/media/logo.png": b"\x89PNG",
                   "word/document.xml": f"<w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>".encode()})  # fmt: skip


def test_a_workbook_keeps_every_other_part_and_all_that_stands_around_the_answers() -> None:
    # macros, a picture, and an extension that no library of ours knows
    before = parts(made.workbook()) | {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro",
        "xl/media/image1.png": b"\x89PNG",
    }
    sheet = before["xl/worksheets/sheet1.xml"].decode()
    assert "<conditionalFormatting" in sheet and "<dataValidation" in sheet
    strange = '<extLst><ext uri="{x}" xmlns:x14="urn:x14"><x14:thing a="1"/></ext></extLst></worksheet>'
    before["xl/worksheets/sheet1.xml"] = sheet.replace("</worksheet>", strange).encode()
    data = packed(before)
    read = files.read(data, "q.xlsm")
    assert read.form == "xlsm" and read.notes == ("Hidden sheets were left as they are: Scoring.",)
    first = read.questions[0]
    assert (first.answer_at, first.comment_at, first.options, first.kind) == (
        "4:3",
        "4:4",
        ("Yes", "No", "N/A"),
        "yes_no",
    )
    out, left = files.fill(
        data,
        "q.xlsm",
        [
            Answered("Security", "4:3", "Yes"),
            Answered("Security", "5:4", "+1\n=2"),
            Answered("Security", "9:3", "x"),
        ],
    )
    assert left == ("Security!9:3",)  # a formula stands there
    after = parts(out)
    assert list(after) == list(before)
    # one style more, that keeps what begins like a formula a text
    changed = {"xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"}
    assert {name for name in before if after[name] != before[name]} == changed
    text = after["xl/worksheets/sheet1.xml"].decode()
    for kept in ("<conditionalFormatting", "<dataValidation", "<mergeCell ", "x14:thing", "COUNTIF"):
        assert kept in text, kept
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]
    cell = load_workbook(io.BytesIO(out))["Security"]["D5"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("+1\n=2", "s", True)


def test_sheets_without_headings_with_merged_questions_and_with_answers_given() -> None:
    book = Workbook()
    bare, wide = book.active, book.create_sheet("Wide")
    for row in (
        ["Is data encrypted?"],
        ["Where is data stored?", "In Frankfurt"],
        ["Describe your backups."],
    ):
        bare.append(row)
    wide.append(["ID", "Requirement", "", "", "Compliant (Y/N)", "Vendor comments", "Internal score"])
    wide.append(["A-1", "The system supports single sign-on", "", "", "", "", "=1+1"])
    wide.append(["Security requirements"])
    wide.append(["A-2", "The system encrypts data", "", "", "Y", "AES", ""])
    wide.merge_cells("B2:D2")
    wide.merge_cells("A3:F3")
    out = io.BytesIO()
    book.save(out)
    found = files.read(out.getvalue(), "x.xlsx").questions
    assert [(each.text, each.answer_at, each.given) for each in found[:3]] == [
        ("Is data encrypted?", "1:2", ""), ("Where is data stored?", "2:2", "In Frankfurt"), ("Describe your backups.", "3:2", ""),
    ]  # fmt: skip
    assert [(each.number, each.section, each.answer_at, each.comment_at, each.given, each.given_comment) for each in found[3:]] == [
        ("A-1", "", "2:5", "2:6", "", ""), ("A-2", "Security requirements", "4:5", "4:6", "Y", "AES"),
    ]  # fmt: skip


def test_a_letter_is_answered_in_its_tables_and_below_its_questions() -> None:
    table = "<w:tbl>" + "".join(
        f"<w:tr><w:tc>{paragraph(one)}</w:tc><w:tc>{paragraph(two)}</w:tc></w:tr>"
        for one, two in (("Question", "Answer"), ("Do you encrypt data?", ""), ("Where is data kept?", ""))
    ) + "</w:tbl>"  # fmt: skip
    body = (
        paragraph("Security", "Heading1")
        + paragraph("Describe your access controls.", number=True)
        + paragraph("Answer:")
    )
    body += paragraph("2. Do you test backups?") + table + paragraph("Thank you.")
    data = letter(body)
    found = files.read(data, "q.docx").questions
    assert [(each.text, each.answer_at, each.section) for each in found] == [
        ("Describe your access controls.", "p2", "Security"), ("Do you test backups?", "p4", "Security"),
        ("Do you encrypt data?", "t1r2c2", ""), ("Where is data kept?", "t1r3c2", ""),
    ]  # fmt: skip
    out, left = files.fill(
        data,
        "q.docx",
        [Answered("", each.answer_at, f"Answer <{number}>\nMore") for number, each in enumerate(found)],
    )
    again = files.read(out, "q.docx").questions
    assert left == () and [each.given for each in again] == [
        "Answer: Answer <0>\nMore",
        "Answer <1>\nMore",
        "Answer <2>\nMore",
        "Answer <3>\nMore",
    ]
    before, after = parts(data), parts(out)
    assert {name for name in before if after[name] != before[name]} == {"word/document.xml"}


def test_a_csv_keeps_its_encoding_its_marks_and_untouched_rows() -> None:
    data = 'Nr;Frage / Question;Response;Comments\r\n1;Is data encrypted? (§ 3);;\r\n2;"Where;\nis data?";;\r\n'.encode(
        "cp1252"
    )
    found = files.read(data, "q.csv").questions
    assert [(each.number, each.answer_at) for each in found] == [("1", "2:3"), ("2", "3:3")]
    out, _ = files.fill(data, "q.csv", [Answered("", "2:3", "=cmd|'/c calc'!A1")])
    assert out == data.replace(b"(\xa7 3);;", b"(\xa7 3);'=cmd|'/c calc'!A1;")


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "q.xlsx", "questionnaire_empty"),
        (b"PK\x03\x04 xl/workbook.xml cut off", "q.xlsx", "questionnaire_damaged"),
        (b"%PDF-1.7", "q.pdf", "questionnaire_unknown"),
        (b"just,words\r\nand,more\r\n", "q.csv", "no_questions"),
        (letter(paragraph("Dear Sirs")), "q.docx", "no_questions"),
        (packed({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><workbook>&b;</workbook>'}), "q.xlsx", "no_questions"),
        (packed({"xl/workbook.xml": b" " * (130 << 20)}), "q.xlsx", "questionnaire_bomb"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_why(data: bytes, name: str, code: str) -> None:
    with pytest.raises(QuestionnaireRefused) as refused:
        files.read(data, name)
    assert refused.value.code == code
