"""What a half-typed query reads and yields: sources, named queries, output columns."""

from dataclasses import dataclass, field

from metatron.apps.amc.language.lexing import Piece
from metatron.apps.amc.schema.facts import Column, Facts
from metatron.apps.amc.workbench.blocks import CLAUSES, Block, branches

_NOT_ALIAS = frozenset(CLAUSES) | frozenset({
    "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS", "UNION", "AS", "AND", "OR", "BY",
    "NATURAL",
})  # fmt: skip
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A column somebody can write: what is known of it, if it comes from a table as it is."""

    name: str
    column: Column | None = None


@dataclass(slots=True)
class Source:
    """Something read in FROM: `table` names a table or named query, `block` is a query."""

    alias: str
    table: str = ""
    block: Block | None = None
    columns: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Named:
    """A query of WITH, with the names its columns are given, if any."""

    name: str
    block: Block
    columns: list[str] = field(default_factory=list)


def named_queries(block: Block, offset: int | None = None) -> dict[str, Named]:
    """Return the queries of WITH in `block` and around it that are written before `offset`."""
    found: dict[str, Named] = {}
    chain: list[Block] = []
    here: Block | None = block
    while here is not None:
        chain.append(here)
        here = here.parent
    for each in reversed(chain):
        written = _with(each).items()
        found |= {
            name: named for name, named in written if offset is None or named.block.end < offset
        }
    return found


def _with(block: Block) -> dict[str, Named]:
    found: dict[str, Named] = {}
    items = block.items
    for at, item in enumerate(items):
        if not isinstance(item, Block) or at < 2:
            continue
        before, name = items[at - 1], items[at - 2]
        if not isinstance(before, Piece) or before.upper != "AS":
            continue
        columns: list[str] = []
        if isinstance(name, Block) and at > 2:
            columns = [
                each.bare for each in name.items if isinstance(each, Piece) and _is_name(each)
            ]
            name = items[at - 3]
        if isinstance(name, Piece) and _is_name(name) and item.is_query:
            found[name.bare.lower()] = Named(name.bare, item, columns)
    return found


def _is_name(piece: Piece) -> bool:
    return piece.kind in {"word", "name"}


def sources(items: list[Piece | Block]) -> list[Source]:
    """Return what a branch reads, in its sequence."""
    found: list[Source] = []
    clause, wanted = "", False
    for at, item in enumerate(items):
        if isinstance(item, Piece) and item.kind == "word" and item.upper in CLAUSES:
            clause = CLAUSES[item.upper]
            wanted = clause == "FROM"
        elif clause == "FROM" and isinstance(item, Piece) and item.text == ",":
            wanted = True
        elif wanted:
            if isinstance(item, Piece) and item.upper in _NOT_ALIAS:
                continue
            wanted = False
            found += _source(items, at)
    return found


def _source(items: list[Piece | Block], at: int) -> list[Source]:
    item = items[at]
    if isinstance(item, Block):
        alias, columns = _alias(items, at + 1)
        return [Source(alias, block=item, columns=columns)]
    if not _is_name(item):
        return []
    then = items[at + 1] if at + 1 < len(items) else None
    if isinstance(then, Block) and item.upper in {"TABLE", "UNNEST"}:
        alias, columns = _alias(items, at + 2)
        extended = _extended(then)
        return [Source(alias or extended, extended, columns=columns)]
    alias, columns = _alias(items, at + 1)
    return [Source(alias or item.bare, item.bare, columns=columns)]


def _extended(block: Block) -> str:
    """Return the table named in EXTEND_TIME_WINDOW."""
    for item in block.items:
        if isinstance(item, Block):
            texts = [each for each in item.items if isinstance(each, Piece) and each.kind == "text"]
            return texts[0].bare if texts else ""
    return ""


def _alias(items: list[Piece | Block], at: int) -> tuple[str, list[str]]:
    rest = items[at : at + 3]
    if rest and isinstance(rest[0], Piece) and rest[0].upper == "AS":
        rest = rest[1:]
    if not rest or not isinstance(rest[0], Piece) or not _is_name(rest[0]):
        return "", []
    if rest[0].upper in _NOT_ALIAS:
        return "", []
    named = rest[1] if len(rest) > 1 else None
    columns = (
        [each.bare for each in named.items if isinstance(each, Piece) and _is_name(each)]
        if isinstance(named, Block)
        else []
    )
    return rest[0].bare, columns


class Outline:
    """Answers which columns something has, by the facts and the text's own queries."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def columns(self, source: Source, named: dict[str, Named], depth: int = 0) -> list[Shown]:
        """Return the columns of a source."""
        if depth > DEEPEST:
            return []
        table = self.facts.tables.get(source.table.lower())
        query = named.get(source.table.lower())
        if query is not None:
            shown = self.outputs(query.block, depth + 1)
            given = query.columns
        elif table is not None:
            return [Shown(each.name, each) for each in table.columns.values()]
        elif source.block is not None:
            shown, given = self.outputs(source.block, depth + 1), source.columns
        else:
            shown, given = [], source.columns
        renamed = [Shown(name) for name in given]
        return renamed + shown[len(renamed) :]

    def outputs(self, block: Block, depth: int = 0) -> list[Shown]:
        """Return the columns a query yields: those of its first branch."""
        if depth > DEEPEST:
            return []
        items = next((part for part in branches(block) if part), [])
        named = named_queries(block, block.end)
        read = sources(items)
        known = {
            shown.name.lower(): shown
            for source in reversed(read)
            for shown in self.columns(source, named, depth + 1)
        }
        found: list[Shown] = []
        for part in selected(items):
            last = part[-1]
            if isinstance(last, Piece) and last.text == "*":
                asked = (
                    part[0].bare.lower() if len(part) == 3 and isinstance(part[0], Piece) else ""
                )
                for source in read:
                    if asked in {"", source.alias.lower()}:
                        found += self.columns(source, named, depth + 1)
            elif isinstance(last, Piece) and _is_name(last) and last.upper != "END":
                plain = len(part) in {1, 3} and all(isinstance(each, Piece) for each in part)
                column = known.get(last.bare.lower()) if plain else None
                found.append(Shown(last.bare, column.column if column else None))
        return found


def selected(items: list[Piece | Block]) -> list[list[Piece | Block]]:
    """Return the expressions of a branch's SELECT."""
    parts: list[list[Piece | Block]] = [[]]
    inside = False
    for item in items:
        word = item.upper if isinstance(item, Piece) and item.kind == "word" else ""
        if word in CLAUSES:
            inside = word == "SELECT"
        elif inside and isinstance(item, Piece) and item.text == ",":
            parts.append([])
        elif inside and not (word == "DISTINCT" and not parts[-1]):
            parts[-1].append(item)
    return [part for part in parts if part]
