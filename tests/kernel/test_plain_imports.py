"""What libraries load for a terminal's sake is no part of a process that serves."""

import subprocess
import sys

SERVING = """
from metatron.kernel.process.plain_imports import import_plain
import_plain()
import sys
import metatron.processes
metatron.processes.all_modules()
print(sorted({"rich", "pygments"} & sys.modules.keys()))
import rich
"""


def test_a_serving_process_is_not_dressed_for_a_terminal() -> None:
    told = subprocess.run(
        [sys.executable, "-c", SERVING], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"
