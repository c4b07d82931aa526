"""The guides' queries against the generator's truths, and sums that must hold, on several seeds."""

from collections.abc import Callable
from typing import Any

import pytest

from metatron.apps.amc.guides.reading import guides
from metatron.apps.amc.guides.sampling import WINDOW, plan_of
from metatron.apps.amc.sandbox.together import run_together
from tests.apps.amc.conftest import UNFILTERED, Local

Row = dict[str, Any]
Answers = Callable[[str], list[Row]]
ORDERS = "(select * from conversion where kind = 0 and ts >= timestamp '2026-08-01')"
TOUCHED = (
    f"(select o.conversion, count(*) as touches from {ORDERS} o join dsp t on t._user = o._user"
    " and t.ts <= o.ts and o.ts - t.ts <= interval 14 days group by 1)"
)
_found: dict[str, dict[str, list[Row]]] = {}


@pytest.fixture
def ask(seeded: Local) -> Answers:
    """All guides' queries run once for each seed, in one engine, without thresholds."""
    place = str(seeded.folder)
    if place not in _found:
        queries = [(g.slug, q) for g in guides().values() for q in g.queries]
        plans = [plan_of(query, seeded.folder, UNFILTERED) for _, query in queries]
        _found[place] = {
            f"{slug}/{query.key}": [
                dict(zip((name for name, _ in columns), row, strict=True)) for row in rows
            ]
            for (slug, query), (columns, rows) in zip(queries, run_together(plans), strict=True)
        }
    return lambda name: _found[place][name]


def total(rows: list[Row], column: str) -> float:
    return float(sum(row[column] or 0 for row in rows))


def one(local: Local, text: str) -> Any:
    ((value,),) = local.truth(text)
    return value


def close(left: float, right: Any) -> bool:
    return abs(left - float(right)) <= 1e-6 * max(1.0, abs(left))


def test_reach_by_campaign_is_what_the_generator_counted(ask: Answers, seeded: Local) -> None:
    true = seeded.truth(
        "select count(*), sum(impressions) from truth_touch"
        " where source = 'dsp' and impressions > 0 group by campaign"
    )
    told = ask("campaign-reach/reach")
    assert sorted((row["reach"], row["impressions"]) for row in told) == sorted(true)


def test_people_counted_in_weeks_are_all_the_people(ask: Answers, seeded: Local) -> None:
    rows = sorted(ask("reach-over-time/weekly"), key=lambda row: row["week"])
    everybody = one(seeded, "select count(distinct _user) from dsp")
    assert total(rows, "new_users") == rows[-1]["reach_so_far"] == everybody
    curve = [row["reach_so_far"] for row in rows]
    assert curve == sorted(curve)


def test_two_groups_overlap_as_they_truly_do(ask: Answers, seeded: Local) -> None:
    users = {row["exposure"]: row["users"] for row in ask("overlap-of-two/overlap")}
    first, second, both, everybody = seeded.truth(
        "select count(*) filter (a), count(*) filter (b), count(*) filter (a and b), count(*) from"
        " (select u, bool_or(campaign in (0, 1)) a, bool_or(campaign in (4, 2)) b from truth_touch"
        " where source = 'dsp' and impressions > 0 group by u)"
    )[0]
    assert users["both"] == both
    assert users["first only"] + both == first
    assert users["second only"] + both == second
    assert sum(users.values()) == everybody


def test_three_media_part_everybody_once(ask: Answers, seeded: Local) -> None:
    rows = ask("overlap-of-three/media")
    assert total(rows, "users") == one(seeded, "select count(distinct _user) from dsp")
    first = sum(row["users"] for row in rows if row["in_first"])
    true = "select count(distinct _user) from dsp where campaign % 3 = 0"
    assert first == one(seeded, true)
    assert all(row["buyers"] <= row["users"] for row in rows)


def test_buckets_of_frequency_add_up_to_reach(ask: Answers, seeded: Local) -> None:
    rows = ask("frequency/buckets")
    assert total(rows, "users") == one(seeded, "select count(distinct _user) from dsp")
    known = "select count(*) from dsp where _user is not null"
    assert total(rows, "impressions") == one(seeded, known)


def test_exclusive_reach_is_of_people_with_one_campaign(ask: Answers, seeded: Local) -> None:
    true = one(
        seeded,
        "select count(*) from (select u from truth_touch where source = 'dsp' and impressions > 0"
        " group by u having count(*) = 1)",
    )
    assert total(ask("exclusive-reach/exclusive"), "only_here") == true


def test_display_and_sponsored_part_everybody_once(ask: Answers, seeded: Local) -> None:
    users = {row["exposure"]: row["users"] for row in ask("display-and-sponsored-ads/combined")}
    display = one(seeded, "select count(distinct _user) from dsp")
    sponsored = one(seeded, "select count(distinct _user) from sponsored")
    assert users["display only"] + users["both"] == display
    assert users["sponsored only"] + users["both"] == sponsored


def test_everybody_has_one_path(ask: Answers, seeded: Local) -> None:
    true = one(
        seeded,
        "with t as (select _user u, ts from dsp"
        " union all select _user, ts from sponsored where click),"
        f" o as (select _user u, min(ts) first from {ORDERS} where exposed group by 1)"
        " select count(distinct t.u) from t left join o using (u)"
        " where first is null or ts <= first",
    )
    assert total(ask("path-to-conversion/paths"), "users") == true


def test_every_rule_gives_out_each_order_once(ask: Answers, seeded: Local) -> None:
    touched = one(seeded, f"select count(*) from {TOUCHED}")
    assert touched > 50
    ends = ask("first-and-last-touch/first_last")
    assert total(ends, "first_touch_orders") == total(ends, "last_touch_orders") == touched
    assert close(total(ends, "first_touch_sales"), total(ends, "last_touch_sales"))
    assert close(total(ask("shared-credit/linear"), "orders"), touched)
    assert close(total(ask("shared-credit/linear"), "sales"), total(ends, "last_touch_sales"))
    assert close(total(ask("shared-credit/position"), "orders"), touched)


def test_delays_hold_every_credited_order(ask: Answers, seeded: Local) -> None:
    true = one(
        seeded,
        "select count(*) from truth_order"
        " where credited_event is not null and ts >= timestamp '2026-08-01'",
    )
    assert total(ask("time-to-conversion/delay"), "purchases") == true
    assert total(ask("day-parting/order_hours"), "purchases") == true
    assert total(ask("purchase-funnel/funnel"), "purchases") == true
    assert total(ask("new-to-brand/by_campaign"), "purchases") == true


@pytest.mark.parametrize(
    "name",
    ["day-parting/hours", "device-mix/devices", "geography/regions", "geography/areas",
     "supply/sources", "viewability/viewable"],
)  # fmt: skip
def test_parts_of_impressions_are_all_impressions(ask: Answers, seeded: Local, name: str) -> None:
    assert total(ask(name), "impressions") == one(seeded, "select count(*) from dsp")


def test_money_and_viewability_are_those_of_the_events(ask: Answers, seeded: Local) -> None:
    cost = one(seeded, "select sum(cost * 1.15) / 100000 from dsp")
    for name in ("day-parting/hours", "device-mix/devices", "return-on-spend/display"):
        assert close(total(ask(name), "cost"), cost), name
    spend = one(seeded, "select sum(cost) / 100 from sponsored")
    assert close(total(ask("return-on-spend/sponsored"), "cost"), spend)
    assert close(total(ask("placements/placements"), "spend"), spend)
    pacing = ask("budget-pacing/pacing")
    assert close(max(row["spent_so_far"] for row in pacing), spend)
    seen = one(seeded, "select count(*) from dsp where seen")
    assert total(ask("viewability/viewable"), "viewable") == seen


def test_returns_are_of_the_orders_the_truth_credits(ask: Answers, seeded: Local) -> None:
    true = one(
        seeded,
        "select count(*) from truth_order where credited_source = 'dsp'"
        f" and ts >= timestamp '2026-08-01' and ts < timestamp '{WINDOW.end}'",
    )
    assert total(ask("return-on-spend/display"), "purchases") == true


def test_new_customers_are_those_the_generator_found(ask: Answers, seeded: Local) -> None:
    rows = ask("new-to-brand/all_orders")
    told = {
        which: sum(row["orders"] for row in rows if row["new_to_brand"] == which)
        for which in (True, False)
    }
    assert sorted(told.items()) == sorted(
        seeded.truth(
            "select new_to_brand, count(*) from truth_order"
            " where ts >= timestamp '2026-08-01' group by 1"
        )
    )
    campaigns = ask("new-to-brand/by_campaign")
    assert all(row["new_to_brand_purchases"] <= row["purchases"] for row in campaigns)
    exposed = ask("exposed-and-unexposed/exposure")
    assert total(exposed, "orders") == sum(told.values())


def test_promoted_and_halo_make_the_total(ask: Answers) -> None:
    rows = ask("brand-halo/halo")
    assert all(row["promoted"] + row["halo"] == row["total"] for row in rows)
    assert total(rows, "halo") > 0
    products = ask("brand-halo/halo_products")
    chosen = [row for row in rows if row["campaign"] in {each["campaign"] for each in products}]
    assert total(products, "halo_purchases") == total(chosen, "halo")


def test_quarters_of_videos_never_grow(ask: Answers) -> None:
    for row in ask("video-completion/quartiles"):
        steps = [row[n] for n in ("starts", "first_quarter", "half", "third_quarter", "completed")]
        assert steps == sorted(steps, reverse=True)
        assert steps[-1] > 0


def test_an_order_has_one_last_term(ask: Answers, seeded: Local) -> None:
    true = one(
        seeded,
        f"select count(distinct o.conversion) from {ORDERS} o join sponsored c"
        " on c._user = o._user and c.click and c.ts <= o.ts"
        " and epoch(o.ts) - epoch(c.ts) < 1209601 where o.exposed",
    )
    assert total(ask("search-terms/last_terms"), "orders_as_last_term") == true > 0


def test_customers_and_carts_are_those_of_the_events(ask: Answers, seeded: Local) -> None:
    long = (
        "from conversion where kind = 0"
        " and ts >= timestamp '2026-08-01' - interval 270 days"
    )  # fmt: skip
    customers = one(seeded, f"select count(distinct _user) {long}")
    assert total(ask("customer-value/order_counts"), "customers") == customers
    assert total(ask("customer-value/by_first_product"), "customers") == customers
    products = sorted(row["customers"] for row in ask("product-affinity/products"))
    assert products == sorted(
        n for (n,) in seeded.truth(f"select count(distinct _user) {long} group by asin")
    )
    carts = ask("cart-abandonment/carts")
    put = "select count(*) from conversion where kind = 2 and ts >= timestamp '2026-08-01'"
    assert total(carts, "carts") == one(seeded, put)
    assert all(0 <= row["bought"] <= row["carts"] for row in carts)


def test_pairs_of_products_are_common_customers(ask: Answers, seeded: Local) -> None:
    true = seeded.truth(
        "with b as (select distinct _user, asin from conversion where kind = 0"
        " and ts >= timestamp '2026-08-01' - interval 270 days)"
        " select count(*) from b x join b y on x._user = y._user and x.asin < y.asin"
        " group by x.asin, y.asin having count(*) >= 2"
    )
    told = sorted(row["customers"] for row in ask("product-affinity/pairs"))
    assert told == sorted(n for (n,) in true)
    assert told


def test_segments_overlap_within_their_reach(ask: Answers, seeded: Local) -> None:
    reach = {row["segment"]: row["reach"] for row in ask("audience-segments/segments")}
    everybody = one(seeded, "select count(distinct _user) from dsp")
    assert all(0 < n < everybody for n in reach.values())
    for row in ask("audience-overlap/pairs"):
        both = row["users"]
        assert 0 < both <= min(reach[row["segment"]], reach[row["other_segment"]])
        assert reach[row["segment"]] + reach[row["other_segment"]] - both <= everybody


def test_coverage_counts_the_tables(ask: Answers, seeded: Local) -> None:
    rows = {row["source"]: row for row in ask("check-your-data/coverage")}
    assert rows["dsp_impressions"]["rows_read"] == one(seeded, "select count(*) from dsp")
    known = one(seeded, "select count(_user) / count(*) from dsp")
    assert close(rows["dsp_impressions"]["share_with_user"], known)
    tags = ask("check-your-data/repeated_tags")
    events = sum(row["times"] * row["tags"] for row in tags)
    assert events == rows["dsp_impressions"]["rows_read"]
    assert {row["times"] for row in tags} >= {1, 2}


def test_creatives_and_terms_keep_their_limits(ask: Answers) -> None:
    assert all(row["impressions"] >= 500 for row in ask("creatives/creatives"))
    assert all(row["clicks"] >= 3 for row in ask("search-terms/terms"))
