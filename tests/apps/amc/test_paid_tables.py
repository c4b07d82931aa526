"""Tables beside the ads and their conversions: full, the same by seed, and of the same people."""

# ruff: noqa: E501 - a query is written in few lines

import pytest

from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.sandbox.thresholds import Privacy
from metatron.apps.amc.schema.loading import facts
from tests.apps.amc.conftest import EVERYTHING, NOW, Local


@pytest.mark.parametrize("table", sorted(facts().tables))
def test_no_table_is_empty(local: Local, table: str) -> None:
    columns = facts().tables[table].columns
    counted = ", ".join(f"COUNT({name}) AS c{n}" for n, name in enumerate(columns))
    ((rows, *filled),) = local.ask(f"SELECT COUNT(*) AS n, {counted} FROM {table}")
    assert rows > 0
    assert sum(each > 0 for each in filled) > len(filled) / 3


@pytest.mark.parametrize("table", sorted(facts().tables))
def test_the_sample_query_of_a_table_brings_rows(local: Local, table: str) -> None:
    sample = facts().tables[table].sample
    assert f"FROM {table}\n" in sample
    found = check(sample, Checking(window=EVERYTHING, now=NOW))
    assert found.report.findings == []
    rows = local.ask(sample, privacy=Privacy())
    assert rows, "every row is below its threshold"
    assert all(each is not None for each in rows[0]), rows[0]


def test_retail_purchases_are_the_orders(seeded: Local) -> None:
    retail = seeded.ask(
        "SELECT asin, COUNT(*) AS n, SUM(purchase_units_sold) AS u, COUNT(DISTINCT user_id) AS p"
        " FROM amazon_retail_purchases GROUP BY asin"
    )
    orders = seeded.ask(
        "SELECT tracked_asin, COUNT(*) AS n, SUM(total_units_sold) AS u,"
        " COUNT(DISTINCT user_id) AS p FROM conversions_all WHERE event_subtype = 'order'"
        " GROUP BY tracked_asin"
    )
    assert sorted(retail) == sorted(orders)
    assert len(retail) > 20


def test_people_belong_to_the_segments_their_impressions_tell_of(seeded: Local) -> None:
    ((pairs, known, names),) = seeded.ask(
        "WITH seen AS (SELECT user_id, behavior_segment_id AS s, behavior_segment_name AS name"
        " FROM dsp_impressions_by_user_segments GROUP BY 1, 2, 3),"
        " held AS (SELECT user_id, segment_id AS s, segment_name AS name FROM audience_segments"
        " GROUP BY 1, 2, 3)"
        " SELECT COUNT(*) AS a, COUNT(held.s) AS b, SUM(IF(seen.name = held.name, 1, 0)) AS c"
        " FROM seen LEFT JOIN held ON seen.user_id = held.user_id AND seen.s = held.s"
    )
    assert pairs == known == names > 1_000


def test_names_of_segments_are_held_against_nobody(local: Local) -> None:
    rows = local.ask(
        "SELECT segment_id, segment_name, category_level_1, COUNT(*) AS n FROM segment_metadata"
        " GROUP BY 1, 2, 3",
        privacy=Privacy(users_column="users"),
    )
    assert len(rows) == 6
    assert {row[4] for row in rows} == {None}
    members = local.ask(
        "SELECT m.segment_name, COUNT(DISTINCT s.user_id) AS n FROM audience_segments s"
        " JOIN segment_metadata m ON s.segment_id = m.segment_id GROUP BY 1",
        privacy=Privacy(),
    )
    assert len(members) == 6


def test_every_conversion_is_relevant_to_its_brands_campaigns(seeded: Local) -> None:
    ((relevant, conversions, promoted),) = seeded.ask(
        "SELECT COUNT(*) AS n, COUNT(DISTINCT conversion_id) AS c,"
        " COUNT(DISTINCT IF(engagement_scope = 'PROMOTED', conversion_id, NULL)) AS p"
        " FROM conversions_with_relevance"
    )
    ((exposed,),) = seeded.ask("SELECT SUM(conversions) AS n FROM conversions")
    assert conversions == exposed
    assert relevant == 10 * conversions
    assert 0 < promoted < conversions
    halo = seeded.ask(
        "SELECT campaign_id, COUNT(*) AS n FROM conversions_with_relevance"
        " WHERE engagement_scope = 'PROMOTED' GROUP BY 1"
    )
    true = seeded.truth(
        "select case when p.sponsored then 570000000000 else 390000000000 end + n * 7919, count(*)"
        " from conversion c join (select n, false as sponsored, (n * 4) % 48 + n % 4 as asin"
        " from range(24) d(n) union all select n, true, (n * 4) % 48 + n % 4 from range(16) s(n)) p"
        " on c.asin = p.asin where c.exposed and c.ts >= timestamp '2026-08-01' group by 1"
    )
    assert sorted(halo) == sorted(true)


def test_clicks_in_the_store_follow_its_pages(seeded: Local) -> None:
    ((visits, seen, late),) = seeded.ask(
        "WITH pages AS (SELECT session_id, user_id, MIN(event_dt_utc) AS first_at FROM"
        " amazon_brand_store_page_views GROUP BY 1, 2), clicks AS (SELECT session_id, user_id,"
        " MIN(event_dt_utc) AS first_at FROM TABLE(EXTEND_TIME_WINDOW("
        "'amazon_brand_store_engagement_events', 'P0D', 'P1D')) e GROUP BY 1, 2)"
        " SELECT COUNT(*) AS n, COUNT(c.session_id) AS s, SUM(IF(c.first_at < p.first_at, 1, 0)) AS late"
        " FROM pages p LEFT JOIN clicks c ON p.session_id = c.session_id"
        " AND p.user_id = c.user_id"
    )
    assert 0 < seen < visits
    assert late == 0


def test_nobody_watches_a_channel_before_subscribing(seeded: Local) -> None:
    ((watchers, subscribers, early),) = seeded.ask(
        "WITH starts AS (SELECT user_id, MIN(pv_start_date) AS first_at FROM amazon_pvc_enrollments"
        " GROUP BY 1), views AS (SELECT user_id, MIN(pv_playback_dt_utc) AS first_at"
        " FROM amazon_pvc_streaming_events_feed GROUP BY 1)"
        " SELECT COUNT(*) AS n, COUNT(s.user_id) AS k,"
        " SUM(IF(v.first_at < CAST(s.first_at AS TIMESTAMP), 1, 0)) AS early"
        " FROM views v LEFT JOIN starts s ON v.user_id = s.user_id"
    )
    assert watchers == subscribers > 100
    assert early == 0


def test_whoever_bought_a_vehicle_has_it_in_the_garage(seeded: Local) -> None:
    ((owners, same),) = seeded.ask(
        "WITH bought AS (SELECT user_id, vehicle_make FROM TABLE(EXTEND_TIME_WINDOW("
        "'experian_vehicle_purchases', 'P280D', 'P0D')) v GROUP BY 1, 2), kept AS (SELECT user_id,"
        " COLLECT(garage_make) AS makes FROM amazon_your_garage GROUP BY 1)"
        " SELECT COUNT(*) AS n, SUM(IF(ARRAY_CONTAINS(makes, vehicle_make), 1, 0)) AS same"
        " FROM bought b JOIN kept k ON b.user_id = k.user_id"
    )
    assert owners == same > 5


def test_weeks_of_the_panel_end_on_saturdays(local: Local) -> None:
    rows = local.ask(
        "SELECT week_end_dt, SUM(purchase_dollar_amount) AS d, COUNT(DISTINCT user_id) AS u,"
        " COUNT(DISTINCT ncs_household_id) AS h FROM cpg_insights_stream GROUP BY 1"
    )
    assert len(rows) == 14
    assert {day.weekday() for day, *_ in rows} == {5}
    assert all(users == households for *_, users, households in rows)


def test_live_events_are_among_the_sponsored(seeded: Local) -> None:
    ((live, found),) = seeded.ask(
        "WITH l AS (SELECT event_id FROM amazon_live_traffic GROUP BY 1), s AS (SELECT event_id"
        " FROM sponsored_ads_traffic GROUP BY 1) SELECT COUNT(*) AS n, COUNT(s.event_id) AS f"
        " FROM l LEFT JOIN s ON l.event_id = s.event_id"
    )
    assert live == found > 50
