"""The static check and completion of a query of 300 lines, as functions."""

import gc
import time

from bench._report import Result
from bench.amc._goals import slowest
from bench.amc._queries import WINDOW, long_query
from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.schema.loading import facts
from metatron.apps.amc.workbench.completing import complete
from metatron.kernel.clock import utc_now
from metatron.processes import COLLECTOR_THRESHOLDS

CHECK_MILLISECONDS, COMPLETION_MILLISECONDS = 50.0, 30.0


def measure(rounds: int) -> list[Result]:
    """Measure both."""
    return [_checks(rounds), _completions(rounds)]


def _checks(rounds: int) -> Result:
    against = Checking(window=WINDOW, now=utc_now())
    assert not check(long_query(), against).refused
    # As in the web process, where the check stands.
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    spent = []
    for number in range(rounds):
        text = long_query(f"part{number}x")
        begun = time.perf_counter()
        checked = check(text, against)
        checked.as_json()
        checked.release()
        spent.append(time.perf_counter() - begun)
    gc.set_threshold(*before)
    gc.unfreeze()
    lines = long_query().count("\n")
    return slowest(f"static check of {lines} lines", spent, CHECK_MILLISECONDS)


def _completions(rounds: int) -> Result:
    """At cursors all over the long query, which ends in the middle of a word."""
    text = long_query() + "HAVING c0.camp"
    spent = []
    for number in range(rounds):
        begun = time.perf_counter()
        complete(text, len(text) * (number + 1) // rounds, facts())
        spent.append(time.perf_counter() - begun)
    name = f"completion in {text.count(chr(10))} lines"
    return slowest(name, spent, COMPLETION_MILLISECONDS)
