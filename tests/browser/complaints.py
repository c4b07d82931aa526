"""What a running suite complained of in its logs: told beside the journey that failed."""

import json
from pathlib import Path

WORTH_TELLING = frozenset({"warning", "error", "critical"})
MOST, LONGEST = 40, 2_000


def complaints(logs: Path) -> list[str]:
    """Return the latest lines worth telling of all processes, in their sequence."""
    told: list[tuple[str, str]] = []
    for file in logs.glob("*.log"):
        for line in file.read_text(errors="replace").splitlines():
            try:
                entry = json.loads(line.partition(" | ")[2])
            except json.JSONDecodeError:
                # What Python itself says when something breaks has no form.
                continue
            if isinstance(entry, dict) and entry.get("level") in WORTH_TELLING:
                told.append((str(entry.get("timestamp", "")), line[:LONGEST]))
    return [line for _, line in sorted(told)[-MOST:]]
