"""What must hold of any answer, and the truths the generator kept, on several seeds."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from metatron.apps.amc.language.checking import Window
from metatron.apps.amc.sandbox.generation import ensure
from metatron.apps.amc.sandbox.presets import Preset
from tests.apps.amc.conftest import EVERYTHING, Local

REACH = (
    "SELECT COUNT(DISTINCT user_id) AS reach FROM dsp_impressions"
    " WHERE CONTAINED_IN(campaign, CUSTOM_PARAMETER('which'))"
)
LISTS = {"which": "ARRAY<STRING>"}
ONE, OTHER = "Aldermoor STV 01", "Aldermoor OLV 05"
TOUCHES = """
WITH touches AS (
  SELECT user_id, request_tag AS tag, impression_dt_utc AS ts FROM dsp_impressions
  WHERE user_id IS NOT NULL
), orders AS (
  SELECT user_id, conversion_id, event_dt_utc AS ts FROM conversions_all
  WHERE event_subtype = 'order'
), pairs AS (
  SELECT o.conversion_id, t.ts,
    ROW_NUMBER() OVER (PARTITION BY o.conversion_id ORDER BY t.ts) AS first,
    ROW_NUMBER() OVER (PARTITION BY o.conversion_id ORDER BY t.ts DESC) AS last,
    COUNT(*) OVER (PARTITION BY o.conversion_id) AS n
  FROM orders o JOIN touches t ON o.user_id = t.user_id
    AND t.ts <= o.ts AND SECONDS_BETWEEN(t.ts, o.ts) <= 1209600
)
SELECT COUNT(DISTINCT conversion_id) AS conversions, SUM(IF(first = 1, 1, 0)) AS first_touch,
  SUM(IF(last = 1, 1, 0)) AS last_touch, SUM(1 / n) AS linear,
  SUM(CASE WHEN n = 1 THEN 1 WHEN n = 2 THEN 0.5
      WHEN first = 1 OR last = 1 THEN 0.4 ELSE 0.2 / (n - 2) END) AS position_based
FROM pairs
"""


def test_reach_is_what_the_generator_counted(seeded: Local) -> None:
    told = seeded.ask(
        "SELECT campaign_id, COUNT(DISTINCT user_id) AS reach, COUNT(user_id) AS known"
        " FROM dsp_impressions GROUP BY 1"
    )
    true = seeded.truth(
        "select 390000000000 + campaign * 7919, count(*), sum(impressions) from truth_touch"
        " where source = 'dsp' and impressions > 0 group by campaign"
    )
    assert sorted(told) == sorted(true)
    assert len(told) == 24


def test_reach_of_two_is_the_sum_less_the_overlap(seeded: Local) -> None:
    (both,), (one,), (other,) = (
        seeded.ask(REACH, {"which": which}, declared=LISTS)[0]
        for which in ([ONE, OTHER], [ONE], [OTHER])
    )
    ((overlap,),) = seeded.ask(
        "SELECT COUNT(DISTINCT a.user_id) AS n FROM dsp_impressions a JOIN dsp_impressions b"
        f" ON a.user_id = b.user_id WHERE a.campaign = '{ONE}' AND b.campaign = '{OTHER}'"
    )
    ((true,),) = seeded.truth(
        "select count(*) from truth_touch a join truth_touch b using (u)"
        " where a.source = 'dsp' and b.source = 'dsp' and a.campaign = 0 and b.campaign = 4"
        " and a.impressions > 0 and b.impressions > 0"
    )
    assert both == one + other - overlap
    assert overlap == true > 0


def test_frequencies_add_up_to_reach(seeded: Local) -> None:
    told = seeded.ask(
        "WITH f AS (SELECT user_id, SUM(impressions) AS seen FROM dsp_impressions"
        " WHERE user_id IS NOT NULL GROUP BY user_id)"
        " SELECT seen, COUNT(DISTINCT user_id) AS people FROM f GROUP BY seen"
    )
    true = seeded.truth(
        "select seen, count(*) from (select u, sum(impressions) as seen from truth_touch"
        " where source = 'dsp' group by u having seen > 0) group by seen"
    )
    ((reach,),) = seeded.ask("SELECT COUNT(DISTINCT user_id) AS n FROM dsp_impressions")
    assert sorted(told) == sorted(true)
    assert sum(people for _, people in told) == reach


def test_every_way_of_attribution_gives_out_each_conversion_once(seeded: Local) -> None:
    ((conversions, first, last, linear, position),) = seeded.ask(TOUCHES)
    assert conversions == first == last > 50
    assert abs(linear - conversions) < 1e-6
    assert abs(float(position) - conversions) < 1e-6


def test_credit_goes_to_the_last_click_else_the_last_view(seeded: Local) -> None:
    told = seeded.ask(
        "SELECT campaign, traffic_event_type, SUM(total_purchases) AS n"
        " FROM amazon_attributed_events_by_conversion_time"
        " WHERE conversion_event_subtype = 'order' AND ad_product_type IS NULL GROUP BY 1, 2"
    )
    true = seeded.truth(
        "select credited_campaign, by_click, count(*) from truth_order"
        " where credited_source = 'dsp' and at_in_window group by all".replace(
            "at_in_window", "ts >= timestamp '2026-08-01'"
        )
    )
    assert sum(n for *_, n in told) == sum(n for *_, n in true)
    assert sorted(n for *_, n in told) == sorted(n for *_, n in true)


def test_parts_of_attributed_events_add_up(seeded: Local) -> None:
    ((base, halo, total, clicks, views, all_ntb, ntb),) = seeded.ask(
        "SELECT SUM(purchases) AS a, SUM(brand_halo_purchases) AS b, SUM(total_purchases) AS c,"
        " SUM(total_purchases_clicks) AS d, SUM(total_purchases_views) AS e,"
        " SUM(new_to_brand_total_purchases) AS f, SUM(new_to_brand_purchases) AS g"
        " FROM amazon_attributed_events_by_conversion_time"
    )
    assert total == base + halo == clicks + views
    assert 0 < ntb <= all_ntb <= total


def test_both_attributed_tables_hold_the_same_pairs(seeded: Local) -> None:
    totals = [
        seeded.ask(
            "SELECT SUM(total_product_sales) AS s, SUM(conversions) AS n"
            f" FROM amazon_attributed_events_by_{which}_time"
        )
        for which in ("conversion", "traffic")
    ]
    assert totals[0] == totals[1]


def test_new_to_brand_is_what_the_generator_found(seeded: Local) -> None:
    told = seeded.ask(
        "SELECT new_to_brand, COUNT(*) AS n FROM conversions_all"
        " WHERE event_subtype = 'order' GROUP BY 1"
    )
    true = seeded.truth(
        "select new_to_brand, count(*) from truth_order"
        " where ts >= timestamp '2026-08-01' group by 1"
    )
    assert sorted(told) == sorted(true)


def test_a_wider_window_never_reaches_fewer(seeded: Local) -> None:
    text = "SELECT COUNT(DISTINCT user_id) AS n FROM dsp_impressions"
    start = EVERYTHING.start
    ends = [start.replace(month=8, day=day) for day in (2, 9, 20, 31)] + [EVERYTHING.end]
    reached = [seeded.ask(text, window=Window(start, end))[0][0] for end in ends]
    assert reached == sorted(reached)
    assert reached[0] < reached[-1]


def test_a_window_is_half_open_and_can_be_extended(seeded: Local) -> None:
    day = Window(EVERYTHING.start.replace(month=9, day=2), EVERYTHING.start.replace(month=9, day=3))
    days = seeded.ask(
        "SELECT impression_date_utc, COUNT(*) AS n FROM dsp_impressions GROUP BY 1", window=day
    )
    assert [str(each) for each, _ in days] == ["2026-09-02"]
    wide = seeded.ask(
        "SELECT impression_date_utc, COUNT(*) AS n FROM"
        " TABLE(EXTEND_TIME_WINDOW('dsp_impressions', 'P1D', 'P1D')) t GROUP BY 1",
        window=day,
    )
    assert sorted(str(each) for each, _ in wide) == ["2026-09-01", "2026-09-02", "2026-09-03"]


def test_a_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    def digest(home: str, threads: int) -> str:
        folder = ensure(Preset("100k", 5), tmp_path / home, threads=threads)
        files = sorted(folder.rglob("*.parquet"))
        assert len(files) == 16
        return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()

    assert digest("a", 1) == digest("b", 2)


def test_a_broken_run_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = ensure(Preset("100k", 5), tmp_path)
    kept, lost = sorted((folder / "dsp").iterdir())
    before, whole = kept.stat().st_mtime_ns, lost.read_bytes()
    (folder / "manifest.json").unlink()
    lost.unlink()
    (folder / "dsp" / "part-9.new").write_bytes(b"half")
    ensure(Preset("100k", 5), tmp_path)
    assert kept.stat().st_mtime_ns == before
    assert lost.read_bytes() == whole
    assert not list(folder.rglob("*.new"))


def test_those_who_begin_at_once_make_the_data_once(tmp_path: Path) -> None:
    made: list[int] = []

    def make(_number: int) -> Path:
        return ensure(Preset("100k", 5), tmp_path, told=lambda done, _: made.append(done))

    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(make, range(4)))
    assert len(folders) == 1
    # Each chunk is told of once: whoever waited found the data made.
    assert made == list(range(1, len(made) + 1))
    assert not list(folders.pop().rglob("*.new"))


def test_some_events_know_no_user_and_tags_repeat(seeded: Local) -> None:
    ((events, known, tags),) = seeded.ask(
        "SELECT COUNT(*) AS n, COUNT(user_id) AS k, COUNT(DISTINCT request_tag) AS t"
        " FROM dsp_impressions"
    )
    assert 0.05 < 1 - known / events < 0.10
    assert 0 < events - tags < events * 0.02
