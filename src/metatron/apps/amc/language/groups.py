"""Tokens as a layout sees them: brackets and CASE as groups, comments beside what they speak of."""

from dataclasses import dataclass, field

from metatron.apps.amc.language.lexing import Piece, pieces

_CLOSE = {"(": ")", "[": "]"}


@dataclass(slots=True)
class Leaf:
    """A token. `above` are comments on lines of their own before it, `beside` those after it."""

    piece: Piece
    above: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    @property
    def upper(self) -> str:
        """The word as keywords are compared; of a name or text, what equals no keyword."""
        return self.piece.upper if self.piece.kind in {"word", "sign"} else ""

    @property
    def breaks(self) -> bool:
        """Whether a line must end before or after it."""
        return bool(self.above) or any(each.startswith("--") for each in self.beside)


@dataclass(slots=True)
class Group:
    """What stands from a bracket to its end; `closing` is None where the text ends before."""

    opening: Leaf
    body: "list[Node]"
    closing: Leaf | None

    @property
    def upper(self) -> str:
        """The opening token."""
        return self.opening.upper


Node = Leaf | Group


def grouped(text: str) -> tuple[list[Node], list[str]]:
    """Return the nodes of `text`, and the comments after the last of them."""
    found, last = _leaves(text)
    nodes, rest = _nodes(found, 0, "")
    assert rest == len(found)
    return nodes, last


def _leaves(text: str) -> tuple[list[Leaf], list[str]]:
    found: list[Leaf] = []
    waiting: list[str] = []
    end = 0
    for piece in pieces(text, comments=True):
        if piece.kind != "comment":
            found.append(Leaf(piece, waiting))
            waiting = []
        elif found and not waiting and "\n" not in text[end : piece.start]:
            found[-1].beside.append(piece.text.rstrip())
        else:
            waiting.append(piece.text.rstrip())
        end = piece.end
    return found, waiting


def _nodes(found: list[Leaf], at: int, until: str) -> tuple[list[Node], int]:
    nodes: list[Node] = []
    while at < len(found):
        leaf = found[at]
        if leaf.upper == until and until:
            return nodes, at
        closing = _CLOSE.get(leaf.upper) or ("END" if leaf.upper == "CASE" else "")
        if leaf.upper in {")", "]"} or not closing:
            nodes.append(leaf)
            at += 1
            continue
        body, end = _nodes(found, at + 1, closing)
        closed = found[end] if end < len(found) else None
        nodes.append(Group(leaf, body, closed))
        at = end + 1 if closed else end
    return nodes, at
