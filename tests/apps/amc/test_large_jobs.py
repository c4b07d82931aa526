"""A run's job is as long as its query and values; the run under way asks whether it is wanted."""

from pathlib import Path

import pytest

from metatron.apps.amc.language.checking import Checking
from metatron.apps.amc.sandbox import running
from metatron.apps.amc.sandbox.planning import plan
from tests.apps.amc.conftest import EVERYTHING, NOW, UNFILTERED, Local

PIPE_BYTES = 65_536
IDS = ", ".join(f"'{number:012}'" for number in range(PIPE_BYTES // 8))
MANY = f"SELECT COUNT(*) AS n FROM dsp_impressions WHERE campaign NOT IN ({IDS})"


@pytest.mark.timeout(120)
def test_all_of_it_arrives_however_soon_one_looks(
    local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LOOK_SECONDS", 0.001)
    planned = plan(MANY, Checking(window=EVERYTHING, now=NOW), UNFILTERED, local.folder)
    looks = iter(range(10**9))
    bounds = running.Limits(seconds=60.0, threads=1)
    done = running.run(
        planned, local.folder, tmp_path / "n.csv", limits=bounds,
        is_stopped=lambda: next(looks) < 0,
    )  # fmt: skip
    assert done.rows == 1
    assert next(looks) > 1, "it was looked at while it ran"
