"""Whole campaigns of thousands of steps, with crashes between any two: `bin/bench simulation`.

It runs the tests of tests/simulation with so many steps, in worlds of 300 that run two at a time,
and says what a step costs. The seed is drawn and printed; a world that fails names its own, and how
to run it again alone. The figure is met when every world ended as explained.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = "tests/simulation/test_campaigns.py"


def main() -> int:
    """Run the worlds; the last line is the result as JSON."""
    parser = argparse.ArgumentParser(prog="bin/bench simulation", description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    given = parser.parse_args()
    print(
        f"METATRON_SIMULATION_SEED={given.seed} METATRON_SIMULATION_STEPS={given.steps}", flush=True
    )
    environment = os.environ | {
        "METATRON_SIMULATION_SEED": str(given.seed),
        "METATRON_SIMULATION_STEPS": str(given.steps),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}{os.pathsep}{ROOT / 'examples'}",
    }
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", TESTS],
        cwd=ROOT, env=environment, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - begun
    whole = done.returncode == 0
    per_step = seconds * 1_000 / given.steps
    print(f"seed {given.seed}: {given.steps} steps in {seconds:.0f} s, {per_step:.0f} ms a step")
    result = {
        "name": "worlds that ended as explained", "unit": "share", "ours": float(whole),
        "peer": 1.0, "ratio": float(whole), "goal": 1.0, "met": whole,
    }  # fmt: skip
    print(json.dumps({"bench": "simulation", "results": [result]}))
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
