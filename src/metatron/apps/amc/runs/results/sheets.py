"""A workbook as XML (ECMA-376, SpreadsheetML): the engine writes a row of it for each row.

A spreadsheet keeps 15 digits of a number and 32,767 characters of a text; longer numbers are
written as texts, longer texts are cut.
"""

from xml.sax.saxutils import escape, quoteattr

from metatron.apps.amc.runs.results.statements import FILE, Columns, quoted
from metatron.kernel.csv_text import harmless

MOST_SHEET_ROWS = 1_048_575
"""Rows below the line of names."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{_PART}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_PART}.styles+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Result" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
FOOT = "</sheetData></worksheet>"
_FORMULA = (
    "left(ltrim({0}, ' ' || chr(160)), 1) in ('=', '+', '-', '@', chr(9), chr(10), chr(13),"
    " '|', '%', chr(65309), chr(65291), chr(65293), chr(65312))"
)
"""As `kernel.csv_text` has it: blanks are skipped, the wide forms count as the plain ones."""


def head(columns: Columns) -> str:
    """Return the sheet's beginning, with the line of names."""
    names = "".join(_text_cell(str(harmless(each))) for each in columns.types)
    return f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData><row>{names}</row>'


def _text_cell(text: str) -> str:
    clean = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
    return f'<c t="inlineStr"><is><t xml:space={quoteattr("preserve")}>{escape(clean)}</t></is></c>'


def statement(columns: Columns, table: str = FILE) -> str:
    """Return the statement that writes each row of a table as XML."""
    cells = " || ".join(_cell(quoted(name), kind) for name, kind in columns.types.items())
    return f"select '<row>' || {cells} || '</row>' from {table} limit {MOST_SHEET_ROWS:d}"


def safe_text(name: str) -> str:
    """Return an expression of a text column whose cells no spreadsheet takes for formulas."""
    return f"case when {_FORMULA.format(name)} then '''' || {name} else {name} end"


def _cell(name: str, kind: str) -> str:
    if kind == "BIGINT":
        is_exact = f"{name} between -999999999999999 and 999999999999999"
        cell = f"case when {is_exact} then {_number(name)} else {_as_text(name)} end"
    elif kind.startswith("DECIMAL"):
        digits = f"length(replace(replace(cast({name} as varchar), '-', ''), '.', ''))"
        cell = f"case when {digits} <= 15 then {_number(name)} else {_as_text(name)} end"
    elif kind == "DOUBLE":
        cell = f"case when isfinite({name}) then {_number(name)} else {_as_text(name)} end"
    elif kind == "BOOLEAN":
        cell = f"'<c t=\"b\"><v>' || cast(cast({name} as int) as varchar) || '</v></c>'"
    elif kind == "DATE":
        cell = f"""'<c s="1"><v>' || cast({name} - date '1899-12-30' as varchar) || '</v></c>'"""
    elif kind == "TIMESTAMP":
        days = f"(epoch_ms({name}) + 2209161600000) / 86400000.0"
        cell = f"""'<c s="2"><v>' || cast({days} as varchar) || '</v></c>'"""
    else:
        return f"coalesce({_as_text(_clean(name))}, '<c/>')"
    return f"coalesce({cell}, '<c/>')"


def _number(name: str) -> str:
    return f"'<c><v>' || cast({name} as varchar) || '</v></c>'"


def _as_text(name: str) -> str:
    return (
        '\'<c t="inlineStr"><is><t xml:space="preserve">\''
        f" || cast({name} as varchar) || '</t></is></c>'"
    )


def _clean(name: str) -> str:
    """Return a text as XML holds it: no control signs, and nothing that is markup."""
    text = f"left({safe_text(name)}, 32767)"
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = f"replace({text}, '{sign}', '{written}')"
    unwritable = "[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x{FFFE}\\x{FFFF}]"
    return f"replace(regexp_replace({text}, '{unwritable}', '', 'g'), chr(13), '&#13;')"
