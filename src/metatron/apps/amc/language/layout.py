"""Lays AMC SQL out in lines: only blanks and the case of keywords change, comments stay."""

from itertools import zip_longest

from metatron.apps.amc.language.functions import FUNCTIONS, SPECIAL
from metatron.apps.amc.language.groups import Group, Leaf, Node, grouped
from metatron.apps.amc.language.lexing import pieces
from metatron.apps.amc.language.segments import CLAUSES, parted, segments

WIDTH = 96
MOST_CHARACTERS = 1_000_000
"""Five times the longest query: beyond that a text of deep brackets is blanks for the most part."""
_WORDS = frozenset({
    "SELECT", "DISTINCT", "FROM", "WHERE", "GROUP", "BY", "HAVING", "WINDOW", "ORDER", "LIMIT",
    "UNION", "ALL", "WITH", "AS", "ON", "USING", "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE",
    "ILIKE", "SIMILAR", "TO", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END", "CAST",
    "EXTRACT", "OVER", "PARTITION", "JOIN", "LEFT", "RIGHT", "FULL", "CROSS", "INNER", "OUTER",
    "EXISTS", "VALUES", "ASC", "DESC", "TRUE", "FALSE", "ARRAY", "INTERVAL", "IF", "ROWS",
    "RANGE", "UNBOUNDED", "PRECEDING", "FOLLOWING", "CURRENT", "ROW", "NULLS", "FILTER",
})  # fmt: skip
_CALLED = frozenset(FUNCTIONS) | SPECIAL
_APART = frozenset({
    "IN", "AND", "OR", "NOT", "ON", "AS", "OVER", "VALUES", "EXISTS", "FROM", "WHERE", "SELECT",
    "BY", "THEN", "WHEN", "ELSE", "USING", "DISTINCT", "ALL", "UNION", "LIKE", "BETWEEN",
    "HAVING", "JOIN", "TO", "IS", "FILTER",
})  # fmt: skip
"""Words after which a bracket does not begin a call."""
_BEFORE_SIGNED = _APART | frozenset({
    "(", "[", ",", "=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "*", "/", "%", "||",
})  # fmt: skip


class _TooLong(Exception):
    """The lines would be far longer than the text."""


def laid_out(text: str) -> str:
    """Return `text` in lines; one with an open quote, or that would be changed, stays as it is.

    So does one that is nested too deeply. The time it takes grows with the length of the text.
    The same tokens in the same sequence: what it means, and every comment, is kept.
    """
    if any(each.is_open for each in pieces(text, comments=True)):
        return text
    try:
        made = _made(text)
    except (RecursionError, _TooLong):
        return text
    return made if _told(made) == _told(text) else text


def _made(text: str) -> str:
    nodes, last = grouped(text)
    page = _Page()
    _query(page, nodes, 0)
    for comment in last:
        page.line(0)
        page.put(comment)
    return page.text()


def _told(text: str) -> list[str]:
    """What must be equal before and after: names and texts as written, keywords in any case."""
    found = pieces(text, comments=True)
    return [
        each.upper if each.kind == "word" and each.upper in _WORDS | _CALLED else each.text.rstrip()
        for each in found
    ]


class _Page:
    """The lines so far; `before` is the token last written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.current = ""
        self.length = 0
        self.before: Leaf | None = None
        self.signed = self.ended = False

    def line(self, indent: int) -> None:
        if self.current.strip():
            self.lines.append(self.current.rstrip())
            self.length += len(self.current)
            if self.length > MOST_CHARACTERS:
                raise _TooLong
        self.current = "  " * indent
        self.ended = False

    def put(self, text: str) -> None:
        self.current += text

    def leaf(self, leaf: Leaf, indent: int, *, called: bool = False) -> None:
        if self.ended or leaf.above:
            self.line(indent)
        for comment in leaf.above:
            self.put(comment)
            self.line(indent)
        gap = " " if self.current.strip() and self._apart(leaf) else ""
        self.put(gap + _cased(leaf, self.before, called=called))
        self.signed = leaf.upper in {"-", "+"} and (
            self.before is None or self.before.upper in _BEFORE_SIGNED
        )
        self.before = leaf
        for comment in leaf.beside:
            self.put(f" {comment}")
            self.ended = self.ended or comment.startswith("--")

    def _apart(self, leaf: Leaf) -> bool:
        before = self.before
        if before is None or leaf.upper in {",", ")", "]", ".", ";"}:
            return before is not None and bool(before.beside)
        if before.upper in {"(", "[", "."} or "::" in {before.upper, leaf.upper}:
            return False
        if self.signed:
            return leaf.upper in {"-", "+"}
        if leaf.upper == "[":
            return False
        if leaf.upper == "(":
            return before.upper in _APART or before.piece.kind not in {"word", "name"}
        return True

    def text(self) -> str:
        return "\n".join([*self.lines, self.current.rstrip()]).strip("\n") + "\n"


def _cased(leaf: Leaf, before: Leaf | None, *, called: bool) -> str:
    named = before is not None and before.upper in {".", "AS"}
    if called and leaf.upper in _CALLED and not (before and before.upper == "."):
        return leaf.upper
    return leaf.upper if leaf.upper in _WORDS and not named else leaf.piece.text


def _flat(nodes: list[Node]) -> str | None:
    """Return the nodes as one line; None where a line must end in between, or it is too long.

    Whoever asks looks at each bracket anew, from the outermost on: it must not be read to its end.
    """
    page = _Page()
    return page.current if _fit(page, nodes) else None


def _fit(page: _Page, nodes: list[Node]) -> bool:
    """Write nodes into one line for as long as they fit; tell whether all of them did."""
    for node, following in zip_longest(nodes, nodes[1:]):
        if isinstance(node, Leaf):
            if not _fits(page, node, called=_opens(following)):
                return False
        elif _is_query(node) or not _group_fits(page, node):
            return False
    return True


def _group_fits(page: _Page, group: Group) -> bool:
    if not _fits(page, group.opening) or not _fit(page, group.body):
        return False
    return group.closing is None or _fits(page, group.closing)


def _fits(page: _Page, leaf: Leaf, *, called: bool = False) -> bool:
    if leaf.breaks or "\n" in leaf.piece.text:
        return False
    page.leaf(leaf, 0, called=called)
    return len(page.current) <= WIDTH


def _is_query(group: Group) -> bool:
    return group.upper == "(" and bool(group.body) and group.body[0].upper in {"SELECT", "WITH"}


def _inline(page: _Page, group: Group) -> None:
    page.leaf(group.opening, 0)
    for node, following in zip_longest(group.body, group.body[1:]):
        if isinstance(node, Leaf):
            page.leaf(node, 0, called=_opens(following))
        else:
            _inline(page, node)
    if group.closing:
        page.leaf(group.closing, 0)


def _opens(node: Node | None) -> bool:
    return isinstance(node, Group) and node.upper == "("


def _query(page: _Page, nodes: list[Node], indent: int) -> None:
    for number, (head, body) in enumerate(segments(nodes)):
        if number or page.current.strip():
            page.line(indent)
        for word in head:
            page.leaf(word, indent)
        parts = parted(head[0].upper if head else "", body)
        flat = _flat(body)
        clause = head[0].upper if head else ""
        fits = flat is not None and len(page.current) + 1 + len(flat) <= WIDTH
        if len(parts) == 1 or (fits and clause not in CLAUSES):
            _run(page, body, indent)
            continue
        for place, part in enumerate(parts):
            if place or clause in {"SELECT", "GROUP", "WINDOW"}:
                page.line(indent + (clause != "WITH"))
            _run(page, part, indent + (clause != "WITH"))


def _run(page: _Page, nodes: list[Node], indent: int) -> None:
    """Write nodes one after the other; a group that does not fit takes lines of its own."""
    for node, following in zip_longest(nodes, nodes[1:]):
        if isinstance(node, Leaf):
            page.leaf(node, indent, called=_opens(following))
        else:
            _group(page, node, indent)


def _group(page: _Page, group: Group, indent: int) -> None:
    flat = _flat([group])
    if flat is not None and len(page.current) + 1 + len(flat) <= WIDTH:
        _inline(page, group)
        return
    page.leaf(group.opening, indent)
    if _is_query(group):
        page.line(indent + 1)
        _query(page, group.body, indent + 1)
    else:
        for part in parted(group.upper, group.body):
            page.line(indent + 1)
            _run(page, part, indent + 1)
    if group.closing:
        page.line(indent)
        page.leaf(group.closing, indent)
