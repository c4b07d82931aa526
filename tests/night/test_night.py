"""A short night: `bin/bench night` with a few faults on a real suite; its verdict is the test's.

METATRON_NIGHT_SEED repeats the choices of a run (not the timing of the machine).
"""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = 8


@pytest.mark.xdist_group("night")
@pytest.mark.timeout(300)
def test_a_short_night_loses_nothing_and_does_nothing_twice() -> None:
    seed = int(os.environ.get("METATRON_NIGHT_SEED", random.randrange(10**6)))
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith("METATRON_") and name != "PROMETHEUS_MULTIPROC_DIR"
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.night", "--seed", str(seed), "--faults", str(FAULTS),
         "--brief"],
        cwd=ROOT, env=kept | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(f"METATRON_NIGHT_SEED={seed}")
    print(done.stdout, done.stderr[-6000:])
    assert done.returncode == 0
    assert re.search(rf"seed {seed}, {FAULTS} faults", done.stdout)
    compared = dict(re.findall(r"'([a-z ]+)': (\d+)", done.stdout.partition("compared:")[2]))
    assert int(compared["commitments"]) >= 10
    assert int(compared["captures"]) >= 5
    assert int(compared["mails"]) >= 20
