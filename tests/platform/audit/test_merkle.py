"""The tree over the seals of a checkpoint."""

from hypothesis import given
from hypothesis import strategies as st

from metatron.platform.audit.merkle import Tree, root_from, root_of

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


@given(LEAVES, st.data())
def test_every_leaf_leads_to_the_root_and_no_other_does(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = Tree(leaves).path(index)
    assert root_from(leaves[index], path) == root_of(leaves)
    assert root_from(bytes(31) + b"x", path) != root_of(leaves) or leaves[index] == bytes(31) + b"x"
    assert len(path) <= 7


def test_the_hashes_are_those_of_the_standard() -> None:
    """A leaf is hashed behind 00, a pair behind 01; the leaf 00 is a published test vector."""
    one, two = b"\x00", b"\x10"
    expected = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
    assert root_of([one]).hex() == expected
    assert root_of([one, two]) == root_from(one, Tree([one, two]).path(0))
