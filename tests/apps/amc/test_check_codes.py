"""Every code of the static check: a query that earns it, where, and how it is mended."""

# ruff: noqa: ISC004, E501 - long queries are written over two lines

import datetime as dt
from dataclasses import replace

import pytest

from metatron.apps.amc.language.checking import Checking, Window, check
from metatron.apps.amc.language.codes import CODES
from metatron.apps.amc.schema.loading import facts

SEPTEMBER = Window(dt.datetime.fromisoformat("2026-09-01"), dt.datetime.fromisoformat("2026-10-01"))
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
COUNTED = "SELECT campaign, COUNT(DISTINCT user_id) AS users FROM dsp_impressions"

CASES = [
    ("AMC001", "SELECT COUNT(*) AS n FROM dsp_impresions", "dsp_impresions", "dsp_impressions"),
    ("AMC001", "SELECT COUNT(*) AS n FROM dsp_clicks_for_audiences", "dsp_clicks_for_audiences",
     "dsp_clicks"),
    ("AMC002", "SELECT campagn, COUNT(*) AS n FROM dsp_clicks GROUP BY 1", "campagn", "campaign"),
    ("AMC002", "SELECT COUNT(d.clicks) AS n FROM dsp_clicks c", "d.clicks", None),
    ("AMC003", "SELECT * FROM dsp_clicks", "*", None),
    ("AMC003", "SELECT c.* FROM dsp_clicks c", "c.*", None),
    ("AMC004", "SELECT COUNT(*) AS n FROM dsp_clicks a RIGHT JOIN dsp_views b ON a.user_id = b.user_id",
     "dsp_views b", None),
    ("AMC005", f"{COUNTED} GROUP BY 1 ORDER BY users", "users", None),
    ("AMC006", f"{COUNTED} GROUP BY 1 LIMIT 5", "5", None),
    ("AMC007", "SELECT campaign FROM dsp_clicks", "campaign FROM dsp_clicks", None),
    ("AMC008", "SELECT user_id, COUNT(*) AS n FROM dsp_clicks GROUP BY 1", "user_id",
     "COUNT(DISTINCT dsp_clicks.user_id)"),
    ("AMC008", "SELECT marketplace_id, COUNT(*) AS n FROM conversions_all GROUP BY 1",
     "marketplace_id", "COUNT(DISTINCT conversions_all.marketplace_id)"),
    ("AMC009", "SELECT COUNT(*) AS n FROM dsp_clicks WHERE postal_code = '10115'",
     "postal_code = '10115'", None),
    ("AMC009", "WITH z (zip) AS (VALUES ('10115')) SELECT COUNT(*) AS n FROM dsp_clicks d JOIN z"
     " ON d.postal_code = z.zip", "d.postal_code = z.zip", None),
    ("AMC009", "SELECT COUNT(*) AS n FROM dsp_clicks WHERE user_id SIMILAR TO '^a'",
     "user_id SIMILAR TO '^a'", None),
    ("AMC009", "SELECT COUNT(*) AS n FROM dsp_clicks WHERE city_name IN (CUSTOM_PARAMETER('known'))",
     "city_name IN (CUSTOM_PARAMETER('known'", None),
    ("AMC010", "SELECT COUNT(*) AS n FROM dsp_clicks WHERE campaign = CUSTOM_PARAMETER('knwn')",
     "'knwn'", "'known'"),
    ("AMC012", "SELECT COUNT(*) AS n FROM dsp_clicks WHERE click_dt_utc > '2026-09-01T00:00:00Z'",
     "'2026-09-01T00:00:00Z'", "'2026-09-01T00:00:00'"),
    ("AMC012", "SELECT COUNT(*) AS n FROM dsp_clicks WHERE click_date > CAST('31.12.2026' AS DATE)",
     "'31.12.2026'", None),
    ("AMC012", "SELECT COUNT(*) AS n FROM TABLE(EXTEND_TIME_WINDOW('dsp_clicks', '28 days', 'P0D')) t",
     "'28 days'", "'P28D'"),
    ("AMC013", "SELECT COUNT(*) AS n FROM dsp_clicks WHERE campaign SIMILAR TO '(?!)stv'",
     "'(?!)stv'", "'(?i)stv'"),
    ("AMC014", "SELECT SUM(spend) AS money FROM sponsored_ads_traffic", "SUM(spend) AS money", None),
    ("AMC015", "SELECT COUNT(*) AS n FROM dsp_clicks c JOIN dsp_impressions i"
     " ON c.request_tag = i.request_tag", "c.request_tag = i.request_tag", None),
    ("AMC016", "SELECT COUNT(*) AS n FROM dsp_clicks c, dsp_views v", "dsp_views v", None),
    ("AMC017", "SELECT COUNT(*) AS n FROM dsp_clicks c JOIN sponsored_ads_traffic s"
     " ON c.campaign_id = s.campaign_id_string", "c.campaign_id = s.campaign_id_string", None),
    ("AMC019", "SELECT campaign, RANK() OVER (ORDER BY COUNT(*)) AS place FROM dsp_clicks"
     " GROUP BY campaign HAVING place < 3", "place", None),
    ("AMC022", "SELECT COUNT(* FROM dsp_clicks", None, None),
    ("AMC022", "SELECT 'open FROM dsp_clicks", None, None),
    ("AMC023", "DROP TABLE dsp_clicks", None, None),
    ("AMC023", f"{COUNTED} GROUP BY 1; {COUNTED} GROUP BY 1", None, None),
    ("AMC024", "SELECT SUMM(clicks) AS n FROM dsp_clicks", "SUMM(clicks", None),
    ("AMC024", "SELECT COUNT(*) AS n FROM dsp_clicks WHERE click_dt > GETDATE()", "GETDATE",
     "CURRENT_TIMESTAMP"),
    ("AMC024", "SELECT NVL(SUM(clicks)) AS n FROM dsp_clicks", "NVL(SUM(clicks", None),
    ("AMC025", "SELECT campaign, COUNT(*) AS n FROM dsp_clicks c JOIN dsp_views v"
     " ON c.user_id = v.user_id GROUP BY 1", "campaign", "c.campaign"),
    ("AMC027", "SELECT COUNT(*) AS __n FROM dsp_clicks", "__n", None),
    ("AMC027", "SELECT campaign, campaign, COUNT(*) AS n FROM dsp_clicks GROUP BY 1, 2", "campaign",
     None),
    ("AMC027", "SELECT COUNT(*) AS n FROM other.dsp_clicks", "other.dsp_clicks", None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "marked", "mend"), CASES)
def test_a_query_earns_its_code(code: str, text: str, marked: str | None, mend: str | None) -> None:
    found = [
        each
        for each in check(text, Checking({"known": "STRING"})).report.findings
        if each.code == code
    ]
    assert found, check(text, Checking({"known": "STRING"})).report.findings
    if marked is not None:
        spans = [text[each.span.start : each.span.end] for each in found]
        assert any(span.startswith(marked) for span in spans), spans
    if mend is not None:
        assert mend in {each.fix.text for each in found if each.fix}


def test_a_parameter_nobody_asks_for_is_told() -> None:
    told = check(f"{COUNTED} GROUP BY 1", Checking({"spare": "STRING"})).report.findings
    assert [each.code for each in told] == ["AMC011"]


def test_values_are_held_to_their_types() -> None:
    text = f"{COUNTED} WHERE campaign_id = CUSTOM_PARAMETER('id') GROUP BY 1"
    for kind, value in (("LONG", "1 OR 1=1"), ("LONG", 2**63), ("NOTHING", "x"), ("DATE", "1.1.")):
        told = check(text, Checking({"id": kind}, {"id": value})).report
        assert {each.code for each in told.findings} == {"AMC026"}, (kind, value)
    assert not check(text, Checking({"id": "LONG"}, {"id": "7"})).report.findings


def test_a_young_traffic_window_is_told() -> None:
    text = (
        "SELECT campaign, SUM(conversions) AS n FROM amazon_attributed_events_by_traffic_time"
        " GROUP BY 1"
    )
    young = dt.datetime(2026, 10, 10, tzinfo=dt.UTC)
    assert [e.code for e in check(text, Checking(window=SEPTEMBER, now=young)).report.findings] == [
        "AMC018"
    ]
    assert not check(text, Checking(window=SEPTEMBER, now=NOW)).report.findings


def test_thirteen_months_are_the_end() -> None:
    text = "SELECT COUNT(*) AS n FROM TABLE(EXTEND_TIME_WINDOW('dsp_clicks', 'P310D', 'P0D')) t"
    assert not check(text, Checking(window=SEPTEMBER, now=NOW)).refused
    longer = text.replace("P310D", "P330D")
    found = check(longer, Checking(window=SEPTEMBER, now=NOW)).report.findings
    assert [each.code for each in found] == ["AMC020"]


def test_a_paid_table_needs_its_product() -> None:
    text = "SELECT COUNT(*) AS n FROM amazon_your_garage"
    assert not check(text, Checking()).refused
    there = replace(facts(), missing=frozenset({"amazon_pvc_enrollments"}))
    assert not check(text, Checking(facts=there)).refused
    lacking = replace(facts(), missing=frozenset({"amazon_your_garage"}))
    found = check(text, Checking(facts=lacking)).report.findings
    assert found[0].message == "this client has no amazon_your_garage: it needs Your Garage"
    assert [each.code for each in found] == ["AMC021"]


def test_every_code_has_a_test() -> None:
    beside = {"AMC011", "AMC018", "AMC020", "AMC021", "AMC026"}
    assert {case[0] for case in CASES} | beside == set(CODES)


def test_ranges_count_lines_and_columns_from_one() -> None:
    text = "SELECT campaign,\n  COUNT(*) AS n,\n  SUM(nothing) AS m\nFROM dsp_clicks GROUP BY 1"
    (marker,) = check(text, Checking()).as_json()["findings"]
    assert marker["range"] == {
        "start_line": 3, "start_column": 7, "end_line": 3, "end_column": 14,
    }  # fmt: skip


def test_a_sound_query_earns_nothing() -> None:
    assert not check(f"{COUNTED} WHERE user_id IS NOT NULL GROUP BY 1", Checking()).report.findings


def test_the_forecast_tells_who_must_stand_behind_a_row() -> None:
    text = (
        "SELECT campaign, postal_code, MAX(bid_price) / 100000000 AS bid, SUM(impressions) AS n"
        " FROM dsp_impressions GROUP BY 1, 2"
    )
    told = {each.column: each.users for each in check(text, Checking()).forecast}
    assert told == {"campaign": 2, "postal_code": 100, "bid": 100, "n": 1}


def test_what_was_found_outlives_the_tree() -> None:
    checked = check("SELECT COUNT(*) AS n, SUM(spend) AS m FROM sponsored_ads_traffic", Checking())
    before = checked.as_json()
    checked.release()
    assert checked.bound is None
    assert checked.as_json() == before
