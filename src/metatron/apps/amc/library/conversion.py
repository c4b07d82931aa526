"""Foreign notations of parameters, {{p}}, :p and $p, become CUSTOM_PARAMETER.

Where a table stands AMC has no parameter: there {{p}} is kept, and filled in before it is sent.

It works on tokens, so that a draft that cannot be parsed yet is converted as well.
"""

import re
from dataclasses import dataclass, field

from metatron.apps.amc.language.lexing import Piece, pieces

_TEMPLATE = re.compile(r"\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}")
Edit = tuple[int, int, str]
_ROWS = "SELECT EXPLODE"
"""Rows of a list: AMC has no parameter in VALUES."""


@dataclass(slots=True)
class Converted:
    """The text in AMC's own notation, and what somebody should look at."""

    sql: str
    names: dict[str, None] = field(default_factory=dict)
    """Parameters that were converted, in their sequence."""
    tables: dict[str, None] = field(default_factory=dict)
    """Of these the ones that stand for tables."""
    notes: list[str] = field(default_factory=list)


def convert(text: str) -> Converted:
    """Return `text` with every parameter as CUSTOM_PARAMETER; comments are left alone."""
    found = pieces(text)
    converted = Converted(text)
    edits: list[Edit] = []
    at = 0
    while at < len(found):
        name, taken = _parameter(found, at)
        if name:
            span = (at, at + taken)
            edits.append(_edit(found, span, name, converted))
            converted.names[name] = None
        elif found[at].kind == "text" and _TEMPLATE.search(found[at].text):
            edits.append(_mixed(found[at], converted))
        at += taken or 1
    parts, reached = list[str](), 0
    for start, end, written in _apart(edits):
        parts += [text[reached:start], written]
        reached = end
    converted.sql = "".join([*parts, text[reached:]])
    return converted


def _apart(edits: list[Edit]) -> list[Edit]:
    """Leave out an edit inside another: two parameters in one list, say."""
    kept: list[Edit] = []
    for each in edits:
        if not kept or each[0] >= kept[-1][1]:
            kept.append(each)
    return kept


def _parameter(found: list[Piece], at: int) -> tuple[str, int]:
    """Return the name of the parameter that begins here, and how many tokens it takes."""
    piece = found[at]
    if piece.kind in {"template", "text"}:
        whole = _TEMPLATE.fullmatch(piece.bare.strip() if piece.kind == "text" else piece.text)
        return (whole[1], 1) if whole else ("", 0)
    if piece.text not in {":", "$"}:
        return "", 0
    rest = found[at + 1 : at + 4]
    if rest and rest[0].kind == "word" and rest[0].start == piece.end:
        return rest[0].text, 2
    braced = [each.text for each in rest]
    if piece.text == "$" and len(braced) == 3 and braced[0] == "{" and braced[2] == "}":
        return braced[1], 4
    return "", 0


def _edit(found: list[Piece], span: tuple[int, int], name: str, converted: Converted) -> Edit:
    call = f"CUSTOM_PARAMETER('{name}')"
    text = converted.sql
    start, end = found[span[0]].start, found[span[1] - 1].end
    first, last = span[0] - 1, span[1]
    bracketed = (
        first >= 0 and found[first].text == "(" and last < len(found) and found[last].text == ")"
    )
    if bracketed:
        first, last = first - 1, last + 1
    word = found[first].upper if first >= 0 else ""
    if word == "IN":
        return _contained(found, first, found[last - 1].end, call, text)
    alone = last >= len(found) or found[last].text != ","
    if word == "VALUES" and alone:
        return found[first].start, found[last - 1].end, f"{_ROWS}({call}) AS value"
    if not bracketed and (word in {"FROM", "JOIN"} or _is_extended(found, span[0])):
        if name not in converted.tables:
            converted.notes.append(
                f"{name} stands for a table: whoever runs the query chooses which"
            )
        converted.tables[name] = None
        quote = "'" if found[span[0]].kind == "text" and word == "(" else ""
        return start, end, f"{quote}{{{{{name}}}}}{quote}"
    return start, end, call


def _is_extended(found: list[Piece], at: int) -> bool:
    """Tell whether a piece is the table in EXTEND_TIME_WINDOW('table', ...)."""
    return at > 1 and found[at - 1].text == "(" and found[at - 2].upper == "EXTEND_TIME_WINDOW"


def _contained(found: list[Piece], at: int, end: int, call: str, text: str) -> Edit:
    """Return `x [NOT] IN (p)` as a question to a list: a parameter holds the whole list."""
    negated = at > 0 and found[at - 1].upper == "NOT"
    last = at - 1 - negated
    first = _operand(found, last)
    if first < 0:
        return found[at].end, end, f" ({call})"
    value = text[found[first].start : found[last].end]
    not_ = "NOT " if negated else ""
    return found[first].start, end, f"{not_}CONTAINED_IN({value}, {call})"


def _operand(found: list[Piece], last: int) -> int:
    """Return where the value that ends at `last` begins: a name with dots, or a call."""
    first = last
    if first >= 0 and found[first].text == ")":
        depth = 0
        while first >= 0:
            depth += {")": 1, "(": -1}.get(found[first].text, 0)
            if depth == 0:
                break
            first -= 1
        if first > 0 and found[first - 1].kind == "word":
            first -= 1
    while first > 1 and found[first - 1].text == ".":
        first -= 2
    return first


def _mixed(piece: Piece, converted: Converted) -> Edit:
    """Return a text with parameters inside, such as '%{{brand}}%', as a CONCAT."""
    inner = piece.text[1:-1]
    parts: list[str] = []
    end = 0
    for match in _TEMPLATE.finditer(inner):
        if match.start() > end:
            parts.append(f"'{inner[end : match.start()]}'")
        parts.append(f"CUSTOM_PARAMETER('{match[1]}')")
        converted.names[match[1]] = None
        end = match.end()
    if end < len(inner):
        parts.append(f"'{inner[end:]}'")
    return piece.start, piece.end, f"CONCAT({', '.join(parts)})"
