"""Statements as files: what is read from them, and everything that is refused."""

from datetime import date

import pytest

from metatron.platform.payments.errors import StatementUnreadable
from metatron.platform.payments.statements import csv_file, parsed
from metatron.platform.payments.statements.parsed import Balance
from metatron.platform.payments.statements.reading import parse_statement

CSV = b"""value_on,currency,amount_minor,reference,kind,line_id
2026-09-01,EUR,1000,auth_0123456789abcdef,capture,l1
2026-09-01,EUR,-45,fee_0123456789abcdef,fee,l2
"""
MT940 = b""":20:STMT1
:25:DE02100100100006820101/EUR
:28C:7/1
:60F:C260831EUR1000,00
:61:2609010901C10,00NTRFNONREF//BANK1
:86:Capture auth_0123456789abcdef01234567
:61:2609010901D4,50NTRFNONREF//BANK2
:86:Refund re_0123456789abcdef01234567
:61:2609010901RC1,00NTRFPAYOUTX
:62F:C260901EUR1004,50
-
"""
HEAD = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
CAMT = f"""<?xml version="1.0" encoding="UTF-8"?>
{HEAD}<Stmt><Id>S1</Id>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">10.00</Amt>
 <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-08-31</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">3.00</Amt>
 <CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2026-09-01</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">20.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
 <ValDt><Dt>2026-09-01</Dt></ValDt><AcctSvcrRef>B1</AcctSvcrRef><NtryDtls>
 <TxDtls><Refs><EndToEndId>auth_aaaaaaaaaaaa</EndToEndId></Refs><Amt Ccy="EUR">12.00</Amt></TxDtls>
 <TxDtls><RmtInf><Ustrd>from auth_bbbbbbbbbbbb</Ustrd></RmtInf><Amt Ccy="EUR">8.00</Amt></TxDtls>
 </NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">33.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd>
 <Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-09-01T10:00:00Z</DtTm></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">99.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>
</Stmt></BkToCstmrStmt></Document>""".encode()


def test_csv_of_our_own_columns() -> None:
    read = csv_file.parse(CSV)
    assert (read.from_on, read.to_on, read.is_balanced()) == (
        date(2026, 9, 1), date(2026, 9, 1), None
    )  # fmt: skip
    one, fee = read.lines
    assert (one.line_id, one.reference, one.kind, one.amount_minor, one.currency) == (
        "l1", "auth_0123456789abcdef", "capture", 1000, "EUR"
    )  # fmt: skip
    assert fee.amount_minor == -45


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("-12.50", "EUR", -1250), ("1000", "JPY", 1000), ("1.005", "KWD", 1005), ("+3", "EUR", 300)],
)
def test_decimal_amounts_by_their_currency(amount: str, currency: str, minor: int) -> None:
    text = f"\ufeffvalue_on;currency;amount\r\n2026-09-01;{currency};{amount}\r\n"
    [line] = csv_file.parse(text.encode()).lines
    assert (line.amount_minor, line.reference, line.kind) == (minor, None, None)


def test_the_same_line_twice_is_two_lines_with_lasting_ids() -> None:
    row = b"2026-09-01,EUR,1000,auth_1,capture\n"
    head = b"value_on,currency,amount_minor,reference,kind\n"
    first, second = csv_file.parse(head + row * 2).lines
    assert second.line_id == f"{first.line_id}#2"
    assert csv_file.parse(head + row).lines[0] == first


@pytest.mark.parametrize(
    ("header", "row", "code"),
    [
        ("value_on,currency,amount_minor", "2026-09-01,EUR,10.5", "amount_malformed"),
        ("value_on,currency,amount_minor", "2026-09-01,EUR,1e3", "amount_malformed"),
        ("value_on,currency,amount_minor", "2026-09-01,EUR,\u0661", "amount_malformed"),
        ("value_on,currency,amount_minor", "2026-09-01,EUR,0", "amount_zero"),
        ("value_on,currency,amount_minor", "2026-09-01,EUR,9007199254740992", "out_of_range"),
        ("value_on,currency,amount_minor", f"2026-09-01,EUR,{'9' * 400}", "out_of_range"),
        ("value_on,currency,amount", "2026-09-01,JPY,10.50", "amount_malformed"),
        ("value_on,currency,amount", "2026-09-01,EUR,1E5", "amount_malformed"),
        ("value_on,currency,amount", "2026-09-01,EUR,NaN", "amount_malformed"),
        ("value_on,currency,amount", "2026-09-01,EUR, ", "amount_malformed"),
        ("value_on,currency,amount", "2026-09-01,XXY,1", "currency_unknown"),
        ("value_on,currency,amount", "2026-02-30,EUR,1", "date_malformed"),
        ("value_on,currency,amount", "1066-10-14,EUR,1", "date_malformed"),
        ("value_on,currency,amount,kind", "2026-09-01,EUR,1,gift", "kind_unknown"),
        ("value_on,currency,amount", "2026-09-01,EUR,1,more", "line_malformed"),
        ("value_on,currency,amount,reference", f"2026-09-01,EUR,1,{'r' * 300}", "too_long"),
        ("value_on,currency,amount,amount_minor", "2026-09-01,EUR,1,100", "columns_missing"),
        ("value_on,amount", "2026-09-01,1", "columns_missing"),
        ("value_on,currency,amount,colour", "2026-09-01,EUR,1,red", "columns_unknown"),
        ("value_on,currency,amount", '2026-09-01,EUR,"1', "not_csv"),
    ],
)
def test_bad_csv_is_refused_with_its_place(header: str, row: str, code: str) -> None:
    with pytest.raises(StatementUnreadable) as refused:
        csv_file.parse(f"{header}\n{row}\n".encode())
    assert refused.value.errors[0].code.endswith(code)
    assert refused.value.errors[0].field.startswith("line ")


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"value_on,currency,amount\n", b"a\x00b\n"])
def test_files_that_hold_no_statement(raw: bytes) -> None:
    for kind in ("csv", "mt940", "camt053"):
        if kind != "csv":
            pytest.importorskip({"mt940": "mt940", "camt053": "lxml"}[kind])
        with pytest.raises(StatementUnreadable):
            parse_statement(raw, kind)  # type: ignore[arg-type]


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MOST_LINES", 1)
    with pytest.raises(StatementUnreadable) as refused:
        csv_file.parse(CSV)
    assert refused.value.errors[0].code == "too_many_lines"


def test_mt940_with_references_in_its_details() -> None:
    pytest.importorskip("mt940", reason="the extra `statements` is not installed")
    read = parse_statement(MT940, "mt940")
    assert (read.from_on, read.to_on) == (date(2026, 9, 1), date(2026, 9, 1))
    assert read.balances == (Balance("EUR", 100_000, 100_450),)
    assert read.is_balanced() is True
    assert [(line.reference, line.amount_minor) for line in read.lines] == [
        ("auth_0123456789abcdef01234567", 1000),
        ("re_0123456789abcdef01234567", -450),
        ("PAYOUTX", -100),
    ]
    missing = MT940.replace(b":61:2609010901RC1,00NTRFPAYOUTX\n", b"")
    assert parse_statement(missing, "mt940").is_balanced() is False


@pytest.mark.parametrize(
    "raw",
    [
        b"/etc/passwd",
        b":20:X\n:61:nonsense\n:62F:C260901EUR1,00\n",
        MT940.replace(b"C10,00", b"C10,0001"),
        MT940.replace(b"EUR", b"EUX"),
        b":20:X\n" + b":86:" + b"9" * 5000,
    ],
)
def test_bad_mt940_is_refused(raw: bytes) -> None:
    pytest.importorskip("mt940", reason="the extra `statements` is not installed")
    with pytest.raises(StatementUnreadable):
        parse_statement(raw, "mt940")


@pytest.mark.parametrize("tag", [b":20:X\n", b":61:2609010901C10,00NTRFX\n"])
def test_a_file_of_nothing_but_tags_is_refused_unread(tag: bytes) -> None:
    """The library would hold a processor for seconds, and then find nothing."""
    pytest.importorskip("mt940", reason="the extra `statements` is not installed")
    with pytest.raises(StatementUnreadable) as caught:
        parse_statement(MT940 + tag * (parsed.MOST_LINES + 1), "mt940")
    assert [error.code for error in caught.value.errors] == ["too_many_lines"]


def test_camt053_with_collective_and_pending_bookings() -> None:
    pytest.importorskip("lxml", reason="the extra `statements` is not installed")
    read = parse_statement(CAMT, "camt053")
    assert (read.from_on, read.to_on) == (date(2026, 9, 1), date(2026, 9, 1))
    assert read.balances == (Balance("EUR", 1000, -300),)
    assert read.is_balanced() is True
    assert [(line.line_id, line.reference, line.amount_minor) for line in read.lines[:2]] == [
        ("B1/1", "auth_aaaaaaaaaaaa", 1200),
        ("B1/2", "auth_bbbbbbbbbbbb", 800),
    ]
    assert read.lines[2].amount_minor == -3300
    older = CAMT.replace(b"053.001.08", b"053.001.02").replace(
        b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts>BOOK</Sts>"
    )
    assert [one.amount_minor for one in parse_statement(older, "camt053").lines] == [
        1200, 800, -3300
    ]  # fmt: skip


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "raw",
    [
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{HEAD}&x;</BkToCstmrStmt></Document>',
        f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]>{HEAD}&l9;</BkToCstmrStmt></Document>',
        f'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">{HEAD}</BkToCstmrStmt></Document>',
        "<Document/>",
        "<a>" * 100_000,
        CAMT.decode()[:-5],
        CAMT.decode().replace("12.00", "12.001"),
        CAMT.decode().replace('Ccy="EUR">20.00', 'Ccy="EUR">'),
        CAMT.decode().replace("CRDT", "BOTH"),
        CAMT.decode().replace("2026-09-01", "2026-13-01"),
    ],
)
def test_bad_and_hostile_xml_is_refused(raw: str) -> None:
    pytest.importorskip("lxml", reason="the extra `statements` is not installed")
    for encoding in ("utf-8", "utf-16", "utf-7"):
        with pytest.raises(StatementUnreadable):
            parse_statement(raw.encode(encoding), "camt053")


def test_references_are_found_in_free_words() -> None:
    found = parsed.reference_in("Payment for", "the order po_0123456789ab, thanks")
    assert found == "po_0123456789ab"
    assert parsed.reference_in(None, " plain ") == "plain"
    assert parsed.reference_in(None, "") is None
