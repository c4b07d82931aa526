"""Tests that share what is dear to start run in one worker."""

import pytest


@pytest.mark.xdist_group("together")
def test_groups_are_kept_together(request: pytest.FixtureRequest) -> None:
    # How pytest-xdist tells its scheduler; with a pytest it does not know, it silently does not.
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@together")
