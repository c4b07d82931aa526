"""The local AMC: generator, engine on paths to conversion, thresholds, static check, completion.

The peers are the goals themselves, in seconds on two idle cores; of the thresholds it is the plain
query, alternating with the filtered one. Runs are whole: a process of their own, the file written.
"""

import argparse
import datetime as dt
import gc
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench._report import Result, result, show
from metatron.apps.amc.language.checking import Checking, Window, check
from metatron.apps.amc.sandbox.generation import ensure
from metatron.apps.amc.sandbox.planning import plan
from metatron.apps.amc.sandbox.presets import Preset
from metatron.apps.amc.sandbox.running import run
from metatron.apps.amc.sandbox.thresholds import Privacy
from metatron.apps.amc.schema.loading import facts
from metatron.apps.amc.workbench.completing import complete
from metatron.kernel.clock import utc_now
from metatron.processes import COLLECTOR_THRESHOLDS

GENERATOR_SECONDS = {"1M": 15.0, "10M": 120.0}
PATHS_SECONDS, CHECK_MILLISECONDS, COMPLETION_MILLISECONDS, OVERHEAD = 10.0, 50.0, 30.0, 1.6
WINDOW = Window(dt.datetime.fromisoformat("2026-08-01"), dt.datetime.fromisoformat("2026-11-01"))
PATHS = """
WITH touches AS (
  SELECT user_id, campaign, MIN(impression_dt_utc) AS first_at, SUM(impressions) AS shown
  FROM dsp_impressions WHERE user_id IS NOT NULL GROUP BY 1, 2
  UNION ALL
  SELECT user_id, campaign, MIN(event_dt_utc) AS first_at, SUM(impressions) AS shown
  FROM sponsored_ads_traffic WHERE user_id IS NOT NULL GROUP BY 1, 2
), orders AS (
  SELECT user_id, MIN(event_dt_utc) AS bought_at, SUM(conversions) AS orders,
    SUM(total_product_sales) AS sales
  FROM conversions WHERE event_subtype = 'order' GROUP BY user_id
), ranked AS (
  SELECT t.user_id, t.campaign, t.shown,
    ROW_NUMBER() OVER (PARTITION BY t.user_id ORDER BY t.first_at) AS place
  FROM touches t LEFT JOIN orders o ON t.user_id = o.user_id
  WHERE o.bought_at IS NULL OR t.first_at <= o.bought_at
), paths AS (
  SELECT user_id, ARRAY_SORT(COLLECT(NAMED_ROW('place', place, 'campaign', campaign))) AS path,
    SUM(shown) AS shown
  FROM ranked WHERE place <= 5 GROUP BY user_id
)
SELECT p.path, COUNT(DISTINCT p.user_id) AS reach, SUM(p.shown) AS impressions,
  SUM(o.orders) AS orders, SUM(o.sales) AS sales
FROM paths p LEFT JOIN orders o ON p.user_id = o.user_id GROUP BY p.path
"""
GROUPED = """
SELECT campaign, device_type, impression_date_utc, SUM(impressions) AS n,
  SUM(total_cost) / 100000 AS cost
FROM dsp_impressions GROUP BY 1, 2, 3
"""


def _timed_run(text: str, folder: Path, privacy: Privacy) -> float:
    """Seconds of one whole run."""
    begun = time.monotonic()
    planned = plan(text, Checking(window=WINDOW, now=utc_now()), privacy, folder)
    with tempfile.TemporaryDirectory() as place:
        run(planned, folder, Path(place) / "out.csv")
    return time.monotonic() - begun


def _generation(preset: str, home: Path) -> tuple[Path, Result]:
    begun = time.monotonic()
    folder = ensure(Preset(preset), home)
    seconds, goal = time.monotonic() - begun, GENERATOR_SECONDS[preset]
    return folder, result(f"generator {preset}", "s", [seconds], [goal], 1.0, less_is_better=True)


def _long_query() -> str:
    """About 300 lines: 24 named queries over wide tables, joined."""
    parts = [
        f"c{number} AS (\n  SELECT\n    user_id,\n    campaign,\n    campaign_id_string,\n"
        "    SUM(impressions) AS impressions,\n    SUM(total_cost) / 100000 AS cost\n"
        f"  FROM dsp_impressions\n  WHERE campaign SIMILAR TO '(?i)part{number}'\n"
        "    AND user_id IS NOT NULL\n  GROUP BY user_id, campaign, campaign_id_string\n)"
        for number in range(24)
    ]
    shown = ",\n  ".join(f"SUM(c{number}.impressions) AS i{number}" for number in range(6))
    joins = "\n".join(f"LEFT JOIN c{n} ON c0.user_id = c{n}.user_id" for n in range(1, 6))
    with_ = ",\n".join(parts)
    return (
        f"WITH {with_}\nSELECT\n  c0.campaign,\n  {shown}\nFROM c0\n{joins}\nGROUP BY c0.campaign\n"
    )


def _checks(rounds: int) -> Result:
    text = _long_query()
    against = Checking(window=WINDOW, now=utc_now())
    assert not check(text, against).refused
    # As in the web process, where the check will stand.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        check(text, against).release()
        spent.append((time.perf_counter() - begun) * 1e3)
    gc.unfreeze()
    slow = statistics.quantiles(spent, n=20)[-1]
    name = f"static check of {text.count(chr(10))} lines, 95th of {rounds}"
    return result(name, "ms", [slow], [CHECK_MILLISECONDS], 1.0, less_is_better=True)


def _completions(rounds: int) -> Result:
    """Completion at cursors all over the long query, which ends in the middle of a word."""
    text = _long_query() + "HAVING c0.camp"
    spent = []
    for number in range(rounds):
        begun = time.perf_counter()
        complete(text, len(text) * (number + 1) // rounds, facts())
        spent.append((time.perf_counter() - begun) * 1e3)
    slow = statistics.quantiles(spent, n=20)[-1]
    name = f"completion in {text.count(chr(10))} lines, 95th of {rounds}"
    return result(name, "ms", [slow], [COMPLETION_MILLISECONDS], 1.0, less_is_better=True)


def _overhead(folder: Path, rounds: int) -> Result:
    plain, filtered = [], []
    for _ in range(rounds):
        plain.append(_timed_run(GROUPED, folder, Privacy(enforced=False)))
        filtered.append(_timed_run(GROUPED, folder, Privacy()))
    name = f"thresholds, against the plain query (goal: at most {OVERHEAD} times)"
    return result(name, "s", filtered, plain, round(1 / OVERHEAD, 3), less_is_better=True)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench amc")
    parser.add_argument("--preset", choices=("1M", "10M"), default="10M")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="amc-bench-"))
    try:
        folder, made = _generation("1M", home)
        results = [_checks(100), _completions(100), made]
        if given.preset != "1M":
            folder, made = _generation(given.preset, home)
            results.append(made)
        spent = [_timed_run(PATHS, folder, Privacy()) for _ in range(given.rounds)]
        print(f"paths, seconds: {[round(each, 2) for each in spent]}", file=sys.stderr)
        name = f"path to conversion, {given.preset} events, two cores"
        results.append(result(name, "s", spent, [PATHS_SECONDS], 1.0, less_is_better=True))
        results.append(_overhead(folder, given.rounds))
    finally:
        shutil.rmtree(home)
    show("amc", results)


if __name__ == "__main__":
    main()
