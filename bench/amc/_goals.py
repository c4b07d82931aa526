"""Figures held against goals: of times the 95th of a hundred, of memory the peak."""

import statistics

from bench._report import Result, result


def slowest(name: str, seconds: list[float], goal_milliseconds: float) -> Result:
    """Hold the 95th percentile of `seconds` against a goal in milliseconds."""
    times = sorted(each * 1e3 for each in seconds)
    slow = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    shown = f"{name}, 95th of {len(times)}"
    return result(shown, "ms", [slow], [goal_milliseconds], 1.0, less_is_better=True)


def at_most(name: str, unit: str, ours: list[float], goal: float) -> Result:
    """Hold the median of `ours` against a goal that is not to be passed."""
    return result(name, unit, ours, [goal], 1.0, less_is_better=True)


def at_least(name: str, unit: str, ours: list[float], goal: float) -> Result:
    """Hold the median of `ours` against a goal that is to be reached."""
    return result(name, unit, ours, [goal], 1.0)
