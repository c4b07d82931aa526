"""Tables to be filled in, {{source}}: AMC has no parameter where the name of a table stands.

A macro is read as a name of its own length, so that every place in the tree is the author's; the
tree, not the text, tells which of them stand for a table.
"""

import re
from collections.abc import Iterator, Mapping

from sqlglot import exp

from metatron.apps.amc.language.findings import Finding, Fix, Report, Span
from metatron.apps.amc.language.lexing import pieces

_MACRO = re.compile(r"\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}")
_QUOTED = re.compile(r"'\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}'")
TABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
type Place = tuple[int, int]


def macros(text: str) -> dict[Place, str]:
    """Return the names of all macros by where their braces stand, comments left aside."""
    found: dict[Place, str] = {}
    if "{{" not in text:
        return found
    for each in pieces(text):
        if each.kind == "template" and (whole := _MACRO.fullmatch(each.text)):
            found[each.start, each.end] = whole[1]
        elif each.kind == "text" and (whole := _QUOTED.fullmatch(each.text)):
            found[each.start + 1, each.end - 1] = whole[1]
    return found


def masked(text: str) -> str:
    """Return `text` of the same length with names in place of macros that stand by themselves."""
    found = macros(text)
    parts, reached = list[str](), 0
    for start, end in found:
        if text[start - 1 : start] != "'":
            parts += [text[reached:start], re.sub(r"\W", "_", text[start:end])]
            reached = end
    return "".join([*parts, text[reached:]])


def own_names(text: str) -> dict[str, str]:
    """Return for each macro a name that no other has: what a query means apart from its tables."""
    names = macros(text).values()
    return {name: "__" + re.sub(r"\W", "_", name) for name in names}


def fill(
    query: exp.Query, text: str, tables: Mapping[str, str], report: Report
) -> list[tuple[Place, str]]:
    """Put tables in place of a tree's macros; returns which went where, as far as all is well.

    `tables` holds a table by the name of its macro.
    """
    left = macros(text)
    filled: list[tuple[Place, str]] = []
    for node, place in _tables(query, left):
        name = left.pop(place)
        table = tables.get(name, "")
        if not TABLE_NAME.fullmatch(table):
            hint = f"declare {name} as a table that whoever runs it chooses"
            report.error("AMC010", f"no table is given for {{{{{name}}}}}: {hint}", Span(*place))
            continue
        node.set("this", table)
        filled.append((place, table))
    for finding in _stray(text, left):
        report.add(finding)
    return sorted(filled)


def written(text: str, filled: list[tuple[Place, str]]) -> str:
    """Return `text` with the tables written where `fill` put them into its tree."""
    parts, reached = list[str](), 0
    for (start, end), table in filled:
        parts += [text[reached:start], table]
        reached = end
    return "".join([*parts, text[reached:]])


def _tables(
    query: exp.Query, left: Mapping[Place, str]
) -> Iterator[tuple[exp.Identifier | exp.Literal, Place]]:
    """Yield the nodes that name a table by a macro: in FROM, or in EXTEND_TIME_WINDOW."""
    places = {place[0]: place for place in left}
    for table in list(query.find_all(exp.Table)) if left else ():
        named, quote = table.this, 0
        if isinstance(named, exp.Anonymous):
            named, quote = next(named.find_all(exp.Literal), None), 1
        if not isinstance(named, (exp.Identifier, exp.Literal)):
            continue
        place = places.get(named.meta.get("start", -9) + quote)
        if place is not None:
            yield named, place


def _stray(text: str, left: Mapping[Place, str]) -> Iterator[Finding]:
    for (start, end), name in left.items():
        if text[start - 1 : start] == "'":
            continue  # a text that looks like one: nothing is wrong with it
        call = f"CUSTOM_PARAMETER('{name}')"
        message = f"{{{{{name}}}}} stands for a table only; a value is {call}"
        fix = Fix(f"write {call}", call, Span(start, end))
        yield Finding("AMC022", "error", message, Span(start, end), fix)
