"""13F files of an invented manager, in each of the forms in which they come."""

from __future__ import annotations

from collections.abc import Sequence

SPACE = "http://www.sec.gov/edgar/document/thirteenf/informationtable"
Row = tuple[str, str, int, int, str]  # issuer, CUSIP, value, shares, put/call
ROWS: tuple[Row, ...] = (
    ("NORTHERN   WIDGET  CO", "12345A109", 2_000_000, 20_000, ""),
    ("NORTHERN WIDGET CO", "12345A109", 1_000_000, 10_000, ""),
    ("NORTHERN WIDGET CO", "12345A109", 500_000, 5_000, "Put"),
    ("SOUTHERN GEAR & PINION", "98765B208", 750_000, 15_000, ""),
)


def table(rows: Sequence[Row] = ROWS, prefix: str = "", namespace: bool = True) -> str:
    """An information table; `prefix` 'ns1:' and so on."""
    tag = prefix and prefix.rstrip(":")
    space = f' xmlns{":" + tag if tag else ""}="{SPACE}"' if namespace else ""
    body = "".join(_row(row, prefix) for row in rows)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{prefix}informationTable{space}>{body}</{prefix}informationTable>'


def _row(row: Row, p: str) -> str:
    issuer, cusip, value, shares, side = row
    put = f"<{p}putCall>{side}</{p}putCall>" if side else ""
    return (
        f"<{p}infoTable><{p}nameOfIssuer>{issuer.replace('&', '&amp;')}</{p}nameOfIssuer><{p}titleOfClass>COM</{p}titleOfClass><{p}cusip>{cusip}</{p}cusip>"
        f"<{p}value>{value}</{p}value><{p}shrsOrPrnAmt><{p}sshPrnamt>{shares}</{p}sshPrnamt><{p}sshPrnamtType>SH</{p}sshPrnamtType></{p}shrsOrPrnAmt>{put}"
        f"<{p}investmentDiscretion>DFND</{p}investmentDiscretion><{p}otherManager>1,2</{p}otherManager>"
        f"<{p}votingAuthority><{p}Sole>{shares}</{p}Sole><{p}Shared>0</{p}Shared><{p}None>0</{p}None></{p}votingAuthority></{p}infoTable>"
    )


def cover(
    form: str = "13F-HR",
    kind: str = "13F HOLDINGS REPORT",
    period: str = "03-31-2024",
    amendment: str = "",
    rows: int = 4,
    total: int = 4_250_000,
) -> str:
    """A cover page."""
    changed = (
        f"<isAmendment>true</isAmendment><amendmentNo>1</amendmentNo><amendmentInfo><amendmentType>{amendment}</amendmentType></amendmentInfo>"
        if amendment
        else ""
    )
    summary = (
        f"<summaryPage><tableEntryTotal>{rows}</tableEntryTotal><tableValueTotal>{total}</tableValueTotal></summaryPage>"
        if "NOTICE" not in kind
        else ""
    )
    return (
        '<?xml version="1.0"?><edgarSubmission xmlns="http://www.sec.gov/edgar/thirteenffiler"><headerData><submissionType>'
        f"{form}</submissionType><filerInfo><filer><credentials><cik>0000000042</cik></credentials></filer><periodOfReport>{period}</periodOfReport></filerInfo></headerData>"
        f"<formData><coverPage>{changed}<filingManager><name>Larkspur  Hill Partners LP</name></filingManager><reportType>{kind}</reportType>"
        "<otherManagersInfo><otherManager><name>Larkspur Hill UK Ltd</name></otherManager></otherManagersInfo></coverPage>"
        f"{summary}</formData></edgarSubmission>"
    )


def submission(
    filed: str = "20240510",
    period: str = "20240331",
    form: str = "13F-HR",
    first: str | None = None,
    rows: str | None = None,
) -> str:
    """The wrapper with header, cover page and table ('' = no table)."""
    parts = [(form, "primary_doc.xml", cover(form) if first is None else first)]
    if rows != "":
        parts.append(("INFORMATION TABLE", "table.xml", table(prefix="ns1:") if rows is None else rows))
    documents = "".join(
        f"<DOCUMENT>\n<TYPE>{kind}\n<SEQUENCE>{at}\n<FILENAME>{name}\n<TEXT>\n<XML>\n{body}\n</XML>\n</TEXT>\n</DOCUMENT>\n"
        for at, (kind, name, body) in enumerate(parts, 1)
    )
    return (
        f"<SEC-DOCUMENT>0000000042-24-000007.txt : {filed}\n<SEC-HEADER>\nACCESSION NUMBER:\t\t0000000042-24-000007\nCONFORMED SUBMISSION TYPE:\t{form}\n"
        f"CONFORMED PERIOD OF REPORT:\t{period}\nFILED AS OF DATE:\t\t{filed}\n\nFILER:\n\n\tCOMPANY DATA:\t\n\t\tCOMPANY CONFORMED NAME:\t\t\tLARKSPUR HILL PARTNERS LP\n"
        f"\t\tCENTRAL INDEX KEY:\t\t\t0000000042\n</SEC-HEADER>\n{documents}"
    )


OLD_TEXT = """\
                                    UNITED STATES
                                 Form 13F COVER PAGE
Report for the Calendar Year or Quarter Ended: June 30, 2009
Check here if Amendment [ ]; Amendment Number:
Name:    Larkspur Hill Partners LP
Report Type:  [X] 13F HOLDINGS REPORT.
Form 13F Information Table Entry Total:  4
Form 13F Information Table Value Total:  $4,250 (thousands)

<TABLE>                        <C>              <C>        <C>       <C>            <C>        <C>       <C>
                               TITLE OF                    VALUE     SHRS OR SH/ PUT/ INVESTMENT OTHER   VOTING AUTHORITY
NAME OF ISSUER                 CLASS            CUSIP      (x$1000)  PRN AMT PRN CALL DISCRETION MANAGERS SOLE SHARED NONE
<S>                            <C>              <C>        <C>       <C>            <C>        <C>       <C>
NORTHERN   WIDGET CO           COM              12345A109     2,000    20,000 SH       DEFINED    1        20,000 0 0
NORTHERN WIDGET CO             COM              12345A 10 9   1,000    10,000 SH       SOLE                10,000 0 0
NORTHERN WIDGET CO             COM              12345A109       500     5,000 SH  PUT  SOLE                 5,000 0 0
SOUTHERN GEAR & PINION         COM              98765B208       750    15,000 SH       SOLE                     0 0 15,000
</TABLE>
"""
PAGE = """\
<!DOCTYPE html><html><body><table><tr><td>COLUMN 1</td><td>COLUMN 2</td></tr>
<tr><td>NORTHERN WIDGET CO</td><td>COM</td><td>12345A109</td><td></td><td>2,000,000</td><td>20,000</td><td>SH</td><td></td><td>SOLE</td><td></td><td>20,000</td><td>0</td><td>0</td></tr>
<tr><td>NORTHERN WIDGET CO</td><td>COM</td><td>12345A109</td><td></td><td>500,000</td><td>5,000</td><td>SH</td><td>Put</td><td>SOLE</td><td>1</td><td>5,000</td><td>0</td><td>0</td></tr>
</table></body></html>
"""
