"""A tree over the seals of one checkpoint, so that one event can be proved without the others.

Hashes and paths are those of RFC 9162, section 2.1 (Certificate Transparency).
"""

import hashlib
from collections.abc import Sequence


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the 32 bytes of the tree's head over at least one leaf."""
    assert leaves, "a checkpoint covers at least one seal"
    level = [_leaf(leaf) for leaf in leaves]
    while len(level) > 1:
        level = _raise(level)
    return level[0]


def path_of(leaves: Sequence[bytes], index: int) -> list[tuple[str, bytes]]:
    """Return the neighbours on the way from leaf `index` to the root: ("left" | "right", hash)."""
    assert 0 <= index < len(leaves)
    level, path = [_leaf(leaf) for leaf in leaves], []
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(("left" if neighbour < index else "right", level[neighbour]))
        level, index = _raise(level), index // 2
    return path


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
