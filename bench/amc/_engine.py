"""The local AMC's data and engine: generator, paths to conversion, what thresholds cost."""

import sys
import tempfile
import time
from pathlib import Path

from bench._report import Result, result
from bench.amc import _postgres
from bench.amc._goals import at_most
from bench.amc._queries import GROUPED, PATHS, WINDOW
from metatron.apps.amc.language.checking import Checking
from metatron.apps.amc.sandbox.generation import ensure
from metatron.apps.amc.sandbox.planning import plan
from metatron.apps.amc.sandbox.presets import Preset
from metatron.apps.amc.sandbox.running import run
from metatron.apps.amc.sandbox.thresholds import Privacy
from metatron.kernel.clock import utc_now

GENERATOR_SECONDS = {"100k": 5.0, "1M": 15.0, "10M": 120.0}
PATHS_SECONDS, OVERHEAD, FASTER = 10.0, 1.6, 4.0


def measure(preset: str, rounds: int, *, peer: bool) -> list[Result]:
    """Measure all of it on a preset, and the generator on the one of a million as well."""
    with tempfile.TemporaryDirectory(prefix="amc-bench-") as place:
        home, results = Path(place), []
        for name in dict.fromkeys((min(preset, "1M", key=_events), preset)):
            folder, made = _generation(name, home)
            results.append(made)
        spent = [_timed_run(PATHS, folder, Privacy()) for _ in range(rounds)]
        print(f"paths, seconds: {[round(each, 2) for each in spent]}", file=sys.stderr)
        name = f"path to conversion, {preset} events, two cores"
        results.append(at_most(name, "s", spent, PATHS_SECONDS))
        if peer:
            theirs = _postgres.seconds(folder)
            plain = [_timed_run(PATHS, folder, Privacy(enforced=False)) for _ in range(rounds)]
            name = f"path to conversion, {preset} events, against PostgreSQL"
            for which, ours in (("no thresholds on either side", plain), ("ours with them", spent)):
                told = f"{name}, {which}"
                results.append(result(told, "s", ours, theirs, FASTER, less_is_better=True))
        return [*results, _overhead(folder, rounds)]


def _events(preset: str) -> int:
    return list(GENERATOR_SECONDS).index(preset)


def _timed_run(text: str, folder: Path, privacy: Privacy) -> float:
    """Seconds of one whole run: a process of its own, the file written."""
    begun = time.monotonic()
    planned = plan(text, Checking(window=WINDOW, now=utc_now()), privacy, folder)
    with tempfile.TemporaryDirectory() as place:
        run(planned, folder, Path(place) / "out.csv")
    return time.monotonic() - begun


def _generation(preset: str, home: Path) -> tuple[Path, Result]:
    begun = time.monotonic()
    folder = ensure(Preset(preset), home)
    seconds = time.monotonic() - begun
    return folder, at_most(f"generator {preset}", "s", [seconds], GENERATOR_SECONDS[preset])


def _overhead(folder: Path, rounds: int) -> Result:
    """Plain and filtered in turn: a noisy minute disturbs both."""
    plain, filtered = [], []
    for _ in range(rounds):
        plain.append(_timed_run(GROUPED, folder, Privacy(enforced=False)))
        filtered.append(_timed_run(GROUPED, folder, Privacy()))
    name = f"thresholds, against the plain query (at most {OVERHEAD} times)"
    return result(name, "s", filtered, plain, round(1 / OVERHEAD, 3), less_is_better=True)
