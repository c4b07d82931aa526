"""Where a query's lines begin: its clauses, and the parts of each clause."""

from metatron.apps.amc.language.groups import Leaf, Node

CLAUSES = frozenset({"SELECT", "WHERE", "HAVING", "WITH"})
"""Clauses whose parts take lines of their own whenever they are several."""
_SINGLE = frozenset({"SELECT", "FROM", "WHERE", "HAVING", "WINDOW", "LIMIT", "WITH"})
_SIDES = frozenset({"LEFT", "RIGHT", "FULL", "CROSS", "INNER", "OUTER", "NATURAL"})
_TOGETHER = {"GROUP": {"BY"}, "ORDER": {"BY"}, "UNION": {"ALL", "DISTINCT"}, "SELECT": {"DISTINCT"}}
_CONDITIONS = frozenset({"WHERE", "HAVING", "ON", "JOIN", *_SIDES})


def segments(nodes: list[Node]) -> list[tuple[list[Leaf], list[Node]]]:
    """Return a query's clauses: the words each begins with, and what follows them."""
    found: list[tuple[list[Leaf], list[Node]]] = []
    at = 0
    while at < len(nodes):
        head = _head(nodes, at)
        if head or not found:
            found.append((head, []))
        if not head:
            found[-1][1].append(nodes[at])
        at += len(head) or 1
    return found


def _head(nodes: list[Node], at: int) -> list[Leaf]:
    """Return the words of the clause that begins at `at`; none where none begins."""
    first = nodes[at]
    if not isinstance(first, Leaf) or (at and nodes[at - 1].upper in {".", "AS"}):
        return []
    then = nodes[at + 1] if at + 1 < len(nodes) else None
    if first.upper in _SINGLE or first.upper in _TOGETHER:
        more = _TOGETHER.get(first.upper, set())
        if isinstance(then, Leaf) and then.upper in more:
            return [first, then]
        return [first] if first.upper not in {"GROUP", "ORDER"} else []
    if first.upper == "JOIN":
        return [first]
    if first.upper in _SIDES and isinstance(then, Leaf):
        rest = _head(nodes, at + 1) if then.upper in _SIDES | {"JOIN"} else []
        return [first, *rest] if rest else []
    return []


def parted(clause: str, nodes: list[Node]) -> list[list[Node]]:
    """Return the parts of a clause or bracket: at commas, before AND and OR, or before WHEN."""
    parts: list[list[Node]] = [[]]
    between = False
    for node in nodes:
        word = node.upper if isinstance(node, Leaf) else ""
        if word == "BETWEEN":
            between = True
        elif word == "AND" and between:
            between = False
            word = ""
        if _begins(clause, word) and parts[-1]:
            parts.append([])
        parts[-1].append(node)
        if word == "," and clause not in _CONDITIONS | {"CASE"}:
            parts.append([])
    return [part for part in parts if part] or [[]]


def _begins(clause: str, word: str) -> bool:
    if clause == "CASE":
        return word in {"WHEN", "ELSE"}
    if clause in _CONDITIONS:
        return word in {"AND", "OR"}
    return clause == "(" and word in {"AND", "OR", "ROWS", "ORDER", "PARTITION"}
