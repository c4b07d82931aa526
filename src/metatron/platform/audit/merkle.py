"""A tree over the seals of one checkpoint, so that one event can be proved without the others.

Hashes and paths are those of RFC 9162, section 2.1 (Certificate Transparency).
"""

import hashlib
from collections.abc import Sequence


class Tree:
    """The tree over at least one leaf, kept whole: each path costs no more than reading it."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        """Hash all levels."""
        assert leaves, "a checkpoint covers at least one seal"
        self._levels = [[_leaf(leaf) for leaf in leaves]]
        while len(self._levels[-1]) > 1:
            self._levels.append(_raise(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """The 32 bytes of the tree's head."""
        return self._levels[-1][0]

    def path(self, index: int) -> list[tuple[str, bytes]]:
        """Return the neighbours from leaf `index` to the root: ("left" | "right", hash)."""
        assert 0 <= index < len(self._levels[0])
        path = []
        for level in self._levels[:-1]:
            neighbour = index ^ 1
            if neighbour < len(level):
                path.append(("left" if neighbour < index else "right", level[neighbour]))
            index //= 2
        return path


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over at least one leaf."""
    return Tree(leaves).root


def root_from(leaf: bytes, path: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the root that a leaf and its path lead to."""
    found = _leaf(leaf)
    for side, neighbour in path:
        found = _node(neighbour, found) if side == "left" else _node(found, neighbour)
    return found


def _raise(level: Sequence[bytes]) -> list[bytes]:
    """Join pairs; a last one without a partner goes up as it is, which makes RFC 9162's tree."""
    pairs = [_node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _leaf(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
