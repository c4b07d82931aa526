"""Completion: what can stand where the cursor is, also in a query that is not finished."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from metatron.apps.amc.language.lexing import Piece, pieces
from metatron.apps.amc.schema.facts import Facts
from metatron.apps.amc.workbench import offers
from metatron.apps.amc.workbench.blocks import (
    Block,
    blocks,
    branch_at,
    clause_at,
    innermost,
    query_around,
)
from metatron.apps.amc.workbench.offers import Offer
from metatron.apps.amc.workbench.outline import (
    Named,
    Outline,
    Source,
    named_queries,
    selected,
    sources,
)

_WORD = re.compile(r"\w*\Z")
_REST = re.compile(r"\w*")
_PARAMETERS = re.compile(r"CUSTOM_PARAMETER\s*\(\s*'([^']{1,100})'", re.IGNORECASE)
_MACRO = re.compile(r"'?\{\{\s*([\w.-]+)\s*\}\}'?")
MOST = 400


@dataclass(frozen=True, slots=True)
class Completion:
    """The offers, and the characters [start, end) that the chosen one replaces."""

    items: list[Offer]
    start: int
    end: int


@dataclass(slots=True)
class _Place:
    """Where the cursor is: its branch, clause, sources, and what stands before it."""

    clause: str
    before: Piece | None
    earlier: Piece | None
    read: list[Source]
    named: dict[str, Named]
    aliases: list[str] = field(default_factory=list)


def complete(
    text: str,
    offset: int,
    facts: Facts,
    declared: Iterable[str] = (),
    tables: Mapping[str, str] | None = None,
) -> Completion:
    """Return what can be written at `offset`, a count of characters from the beginning.

    `tables` are those that {{names}} stand for.
    """
    offset = min(max(offset, 0), len(text))
    every = pieces(text, comments=True)
    start = offset - len(_WORD.search(text[:offset])[0])  # type: ignore[index]
    end = offset + len(_REST.match(text, offset)[0])  # type: ignore[index]
    typed = text[start:offset].lower()
    names = sorted({*declared, *_PARAMETERS.findall(f"{text[:start]} {text[end:]}")})
    around = next((each for each in every if each.start < offset <= each.end), None)
    if around is not None and around.kind == "comment" and not _closed(around, offset):
        return Completion([], offset, offset)
    found = [_filled(each, tables or {}) for each in every if each.kind != "comment"]
    if around is not None and around.kind == "text" and not _closed(around, offset):
        offered = _in_text([each for each in found if each.end <= around.start], facts, names)
        start = around.start + 1
        end = around.end - (not around.is_open)
        return Completion(_matching(offered, text[start:offset].lower()), start, end)
    try:
        place = _place(found, start, len(text))
        return Completion(_matching(_offered(place, facts, names, typed), typed), start, end)
    except RecursionError:
        return Completion([], offset, offset)


def _filled(piece: Piece, tables: Mapping[str, str]) -> Piece:
    """Return a table's name in the place of a macro, also of a quoted one."""
    macro = _MACRO.fullmatch(piece.text)
    table = tables.get(macro[1]) if macro else None
    if table is None:
        return piece
    if piece.kind == "text":
        return replace(piece, text=f"'{table}'")
    return replace(piece, kind="word", text=table)


def _closed(piece: Piece, offset: int) -> bool:
    """Whether the cursor is behind the end of a comment or text, not in it."""
    return offset == piece.end and not piece.is_open and not piece.text.startswith("--")


def _place(found: list[Piece], offset: int, length: int) -> _Place:
    root = blocks(found, length)
    block = query_around(innermost(root, offset))
    branch = branch_at(block, offset)
    before = [each for each in found if each.end <= offset]
    names = [part[-1] for part in selected(branch) if len(part) > 1]
    return _Place(
        clause=clause_at(branch, offset),
        before=before[-1] if before else None,
        earlier=before[-2] if len(before) > 1 else None,
        read=sources([item for item in branch if not _is_cursor(item, offset)]),
        named=named_queries(block, offset),
        aliases=[each.bare for each in names if isinstance(each, Piece) and each.kind == "word"],
    )


def _is_cursor(item: Piece | Block, offset: int) -> bool:
    """The word being typed is no source yet."""
    return isinstance(item, Piece) and item.start == offset


def _offered(place: _Place, facts: Facts, names: list[str], typed: str) -> list[Offer]:
    outline = Outline(facts)
    tables = [offers.of_named(each.name) for each in place.named.values()]
    tables += [offers.of_table(each) for each in facts.tables.values()]
    before = place.before.upper if place.before else ""
    if before == "." and place.earlier is not None:
        return _of_source(place.earlier.bare.lower(), place, outline)
    if not place.clause:
        return offers.of_words(offers.BEGINNINGS) + (tables if typed else [])
    if place.clause == "WITH":
        return offers.of_words(("AS", "SELECT"))
    if place.clause == "FROM":
        if before in {"FROM", "JOIN", ","}:
            return tables
        return offers.of_words(offers.AFTER_SOURCE)
    found = _columns(place, outline)
    if place.clause in {"GROUP", "HAVING", "ORDER"}:
        found += [offers.of_column(each, None, source="this SELECT", qualified=False)
                  for each in place.aliases]  # fmt: skip
    found += [offers.of_alias(each.alias, each.table) for each in place.read if each.alias]
    found += [offers.of_parameter(name, in_text=False) for name in names]
    found += offers.of_functions() + offers.of_words(offers.KEYWORDS)
    return found + (tables if typed else [])


def _of_source(alias: str, place: _Place, outline: Outline) -> list[Offer]:
    source = next(
        (each for each in place.read if each.alias.lower() == alias), Source(alias, alias)
    )
    return [
        offers.of_column(each.name, each.column, source=source.table or alias, qualified=False)
        for each in outline.columns(source, place.named)
    ]


def _columns(place: _Place, outline: Outline) -> list[Offer]:
    every = [(source, outline.columns(source, place.named)) for source in place.read]
    often = Counter(shown.name.lower() for _, columns in every for shown in columns)
    return [
        offers.of_column(
            shown.name, shown.column, source=source.alias, qualified=often[shown.name.lower()] > 1
        )
        for source, columns in every
        for shown in columns
    ]


def _in_text(before: list[Piece], facts: Facts, names: list[str]) -> list[Offer]:
    """Return what the text after an opening quote may be: by the function it is given to."""
    called = before[-2].upper if len(before) > 1 and before[-1].text == "(" else ""
    if called == "CUSTOM_PARAMETER":
        return [offers.of_parameter(name, in_text=True) for name in names]
    if called == "BUILT_IN_PARAMETER":
        return offers.of_words(("TIME_WINDOW_START", "TIME_WINDOW_END"), kind="parameter")
    if called == "EXTEND_TIME_WINDOW":
        return [offers.of_table(each) for each in facts.tables.values()]
    return []


def _matching(offered: list[Offer], typed: str) -> list[Offer]:
    """Return those that fit what is typed: first that begin so, then those with it inside."""
    labels = [(each, each.label.lower()) for each in offered]
    first = [each for each, label in labels if label.startswith(typed)]
    others = [each for each, label in labels if typed in label and not label.startswith(typed)]
    return (first + others)[:MOST]
