"""What commits cost the machine: processor time of each process, until all is done behind them."""

from dataclasses import dataclass
from pathlib import Path

from bench._processes import TICKS, tree

# By a part of the command line; what has none of these is the supervisor or the database.
_KINDS = {
    "serve web": "web",
    "metatron work": "worker",
    "payments-sandbox": "provider",
    "serve mailbox": "mailbox",
    "metatron up": "supervisor",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds by kind of process, and how long the last of it came after the load."""

    seconds: dict[str, float]
    commits: int
    behind_seconds: float

    def milliseconds_each(self, kind: str) -> float:
        """Return the processor milliseconds of one commit."""
        return 1e3 * self.seconds.get(kind, 0.0) / self.commits


def spent(root: int) -> dict[str, float]:
    """Return the processor seconds of the suite so far, those of ended children included."""
    found: dict[str, float] = {}
    for pid in tree(root):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        line = words.replace("\0", " ")
        kind = next((kind for part, kind in _KINDS.items() if part in line), "postgres")
        ticks = sum(int(field) for field in fields[11:15])
        found[kind] = found.get(kind, 0.0) + ticks / TICKS
    return found


def since(before: dict[str, float], now: dict[str, float]) -> dict[str, float]:
    """Return what was spent between two looks."""
    return {kind: now.get(kind, 0.0) - seconds for kind, seconds in before.items()}
