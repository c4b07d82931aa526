"""Where the processes of one machine put their metrics, so that any of them can show them all.

Prometheus' client keeps counters in files when it finds PROMETHEUS_MULTIPROC_DIR at its import;
this module therefore must not import it.
"""

import os
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def prepare_metrics(data_dir: Path, process: str) -> None:
    """Give the process and its children an empty folder for metrics.

    Called once at the start of a process group, never when one worker is started again: the files
    of the dead hold counts that must not go back.
    """
    folder = data_dir / "metrics" / process
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink(missing_ok=True)
    os.environ[VARIABLE] = str(folder)


def metrics_files(data_dir: Path) -> list[str]:
    """Return the metrics files of every process group of this machine."""
    return sorted(str(file) for file in (data_dir / "metrics").glob("*/*.db"))


def own_files(folder: Path) -> list[str]:
    """Return the metrics files of one process group, by its folder."""
    return sorted(str(file) for file in folder.glob("*.db"))
