"""The last line of every measurement: one JSON object, ratio > 1 means ours is better."""

import json
import statistics
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. `goal` is in terms of `ratio`."""

    name: str
    unit: str
    ours: float
    peer: float
    ratio: float
    goal: float
    met: bool


def result(
    name: str,
    unit: str,
    ours: list[float],
    peer: list[float],
    goal: float,
    *,
    less_is_better: bool = False,
) -> Result:
    """Compare medians of alternating rounds."""
    mine, theirs = statistics.median(ours), statistics.median(peer)
    ratio = (theirs / mine if less_is_better else mine / theirs) if mine and theirs else 0.0
    return Result(
        name, unit, round(mine, 3), round(theirs, 3), round(ratio, 3), goal, ratio >= goal
    )


def show(bench: str, results: list[Result]) -> None:
    """Print a table, then the JSON object."""
    width = max(len(item.name) for item in results)
    for item in results:
        mark = "met" if item.met else "MISSED"
        print(
            f"{item.name:<{width}}  {item.ours:>12,.3f}  {item.peer:>12,.3f} {item.unit:<12}"
            f" ratio {item.ratio:.2f} goal {item.goal:.2f} {mark}"
        )
    print(json.dumps({"bench": bench, "results": [asdict(item) for item in results]}))
