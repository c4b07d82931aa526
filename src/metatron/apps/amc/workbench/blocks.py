"""A half-typed query as brackets within brackets: nothing has to be complete."""

from dataclasses import dataclass, field

from metatron.apps.amc.language.lexing import Piece

CLAUSES = {
    "WITH": "WITH", "SELECT": "SELECT", "FROM": "FROM", "JOIN": "FROM", "ON": "ON", "USING": "ON",
    "WHERE": "WHERE", "GROUP": "GROUP", "HAVING": "HAVING", "ORDER": "ORDER", "WINDOW": "ORDER",
    "LIMIT": "LIMIT",
}  # fmt: skip
"""The clause that begins with a word."""


@dataclass(slots=True)
class Block:
    """The inside of a bracket, characters [start, end); the whole text is one as well."""

    start: int
    end: int
    parent: "Block | None" = None
    items: "list[Piece | Block]" = field(default_factory=list)

    @property
    def is_query(self) -> bool:
        """Whether it begins as a query does."""
        first = self.items[0] if self.items else None
        return isinstance(first, Piece) and first.upper in {"SELECT", "WITH"}

    def holds(self, offset: int) -> bool:
        """Tell whether a cursor at `offset` stands inside."""
        return self.start <= offset <= self.end


def blocks(found: list[Piece], length: int) -> Block:
    """Return the text's outermost block; an open bracket reaches to the end."""
    root = Block(0, length)
    here = root
    for piece in found:
        if piece.text == "(":
            inner = Block(piece.end, length, here)
            here.items.append(inner)
            here = inner
        elif piece.text == ")":
            if here.parent is not None:
                here.end = piece.start
                here = here.parent
        else:
            here.items.append(piece)
    return root


def innermost(block: Block, offset: int) -> Block:
    """Return the block the cursor stands in."""
    for item in block.items:
        if isinstance(item, Block) and item.holds(offset):
            return innermost(item, offset)
    return block


def query_around(block: Block) -> Block:
    """Return the nearest query around; the outermost block where there is none."""
    while not block.is_query and block.parent is not None:
        block = block.parent
    return block


def branches(block: Block) -> list[list[Piece | Block]]:
    """Return the parts between UNIONs."""
    parts: list[list[Piece | Block]] = [[]]
    for item in block.items:
        if isinstance(item, Piece) and item.upper == "UNION":
            parts.append([])
        parts[-1].append(item)
    return parts


def branch_at(block: Block, offset: int) -> list[Piece | Block]:
    """Return the part the cursor stands in."""
    parts = branches(block)
    begun = [part for part in parts if part and part[0].start < offset]
    return begun[-1] if begun else parts[0]


def clause_at(items: list[Piece | Block], offset: int) -> str:
    """Return the clause the cursor stands in, empty before the first."""
    clause = ""
    for item in items:
        if item.start >= offset:
            break
        if isinstance(item, Piece) and item.kind == "word" and item.end < offset:
            clause = CLAUSES.get(item.upper, clause)
    return clause
