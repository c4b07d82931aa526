"""Statements as ISO 20022 camt.053, read with lxml and nothing that XML could reach out to."""

from datetime import date
from typing import Any

from metatron.platform.payments.adapter import StatementLine
from metatron.platform.payments.errors import StatementFormatUnavailable
from metatron.platform.payments.statements.parsed import (
    Balance,
    ParsedStatement,
    currency_of,
    day_of,
    days_between,
    finished,
    minor_of,
    reference_in,
    unreadable,
)

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
NO_REFERENCE = frozenset({"NOTPROVIDED", "NONREF"})
_SIDES = ("FrDtTm", "ToDtTm")
_REFERENCES = (
    "n:Refs/n:EndToEndId", "n:Refs/n:InstrId", "n:Refs/n:TxId", "n:Refs/n:PmtInfId",
    "n:Refs/n:AcctSvcrRef", "n:RmtInf/n:Ustrd", "n:RmtInf/n:Strd/n:CdtrRefInf/n:Ref",
    "n:AddtlTxInf",
)  # fmt: skip


def parse(raw: bytes) -> ParsedStatement:
    """Read the booked entries of every statement in the file; pending ones are no money yet.

    Raises:
        StatementUnreadable: it is not camt.053, or it declares a document type or entities.
        StatementFormatUnavailable: the library is not installed.
    """
    try:
        from lxml import etree  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise StatementFormatUnavailable("Install metatron[statements] for camt.053.") from error
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    # Refused before the parser sees it: no statement has one, and all attacks need one.
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw or raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise unreadable("file", "document_type", "The file must not declare a document type.")
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise unreadable("file", "not_xml", "The file is not well-formed XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise unreadable("file", "document_type", "The file must not declare a document type.")
    namespace = etree.QName(root).namespace or ""
    if not namespace.startswith(NAMESPACE):
        raise unreadable("file", "not_camt053", f"The root's namespace must be {NAMESPACE}NN.")
    return _statements(root, {"n": namespace})


def _statements(root: Any, names: dict[str, str]) -> ParsedStatement:
    lines: list[StatementLine] = []
    balances: dict[str, Balance] = {}
    days: list[date] = []
    for statement in root.findall("n:BkToCstmrStmt/n:Stmt", names):
        between = _note_balances(statement, names, balances)
        sides = [statement.findtext(f"n:FrToDt/n:{side}", None, names) for side in _SIDES]
        days += [day_of(text, "FrToDt") for text in sides if text is not None] or between
        for entry in statement.findall("n:Ntry", names):
            lines += _entry(entry, names, f"Ntry {len(lines) + 1}")
    return finished(lines, balances.values(), days=days)


def _entry(entry: Any, names: dict[str, str], place: str) -> list[StatementLine]:
    status = entry.findtext("n:Sts/n:Cd", None, names) or entry.findtext("n:Sts", "", names)
    if status.strip() != "BOOK":
        return []
    amount, currency = _money(entry.find("n:Amt", names), place)
    sign = _sign(entry, names, place)
    valued = entry.find("n:ValDt", names)
    dated = valued if valued is not None else entry.find("n:BookgDt", names)
    if dated is None or amount == 0:
        raise unreadable(place, "line_malformed", "The entry has no date, or moves nothing.")
    on = day_of(dated.findtext("n:Dt", None, names) or dated.findtext("n:DtTm", "", names), place)
    bank_id = entry.findtext("n:AcctSvcrRef", None, names)
    details = entry.findall("n:NtryDtls/n:TxDtls", names)
    shares = _shares(details, names, amount, currency, place)
    return [
        StatementLine(
            line_id=_line_id(bank_id, number, len(shares)),
            reference=_reference(one, names) or bank_id,
            kind=None,
            amount_minor=sign * share,
            currency=currency,
            value_on=on,
        )
        for number, (one, share) in enumerate(shares, 1)
    ]


def _line_id(bank_id: str | None, number: int, count: int) -> str:
    if not bank_id:
        return ""
    return bank_id[:150] if count == 1 else f"{bank_id[:150]}/{number}"


def _shares(
    details: list[Any], names: dict[str, str], amount: int, currency: str, place: str
) -> list[tuple[Any, int]]:
    """Return the parts of a collective booking when they add up to it, else the whole as one."""
    if len(details) > 1:
        parts = []
        for one in details:
            own = one.find("n:Amt", names)
            own = own if own is not None else one.find("n:AmtDtls/n:TxAmt/n:Amt", names)
            if own is None or own.get("Ccy") != currency:
                break
            parts.append((one, _money(own, place)[0]))
        if len(parts) == len(details) and sum(part for _, part in parts) == amount:
            return parts
    return [(details[0] if details else None, amount)]


def _money(element: Any, place: str) -> tuple[int, str]:
    if element is None:
        raise unreadable(place, "amount_missing", "The amount is missing.")
    currency = currency_of(element.get("Ccy"), place)
    return abs(minor_of((element.text or "").strip(), currency, place)), currency


def _sign(element: Any, names: dict[str, str], place: str) -> int:
    """Return 1 for what came in; a reversal names the direction it went itself."""
    mark = element.findtext("n:CdtDbtInd", "", names).strip()
    if mark not in {"CRDT", "DBIT"}:
        raise unreadable(place, "direction_missing", "CdtDbtInd must be CRDT or DBIT.")
    return 1 if mark == "CRDT" else -1


def _reference(details: Any, names: dict[str, str]) -> str | None:
    if details is None:
        return None
    texts = [details.findtext(path, None, names) for path in _REFERENCES]
    return reference_in(*(text for text in texts if text and text.strip() not in NO_REFERENCE))


def _note_balances(
    statement: Any, names: dict[str, str], balances: dict[str, Balance]
) -> list[date]:
    """Note the statement's opening and closing balance; return the days they enclose."""
    found: dict[str, tuple[int, str, date]] = {}
    for balance in statement.findall("n:Bal", names):
        code = balance.findtext("n:Tp/n:CdOrPrtry/n:Cd", "", names).strip()
        if code not in {"OPBD", "PRCD", "CLBD"}:
            continue
        place = f"Bal {code}"
        amount, currency = _money(balance.find("n:Amt", names), place)
        day = balance.findtext("n:Dt/n:Dt", None, names)
        on = day_of(day or balance.findtext("n:Dt/n:DtTm", "", names), place)
        found[code] = (_sign(balance, names, place) * amount, currency, on)
    opening, closing = found.get("OPBD") or found.get("PRCD"), found.get("CLBD")
    if closing is None:
        return []
    if opening is not None and opening[1] == closing[1]:
        known = balances.get(closing[1])
        before = known.opening_minor if known else opening[0]
        balances[closing[1]] = Balance(closing[1], before, closing[0])
    return list(days_between(opening[2] if opening else None, closing[2]))
