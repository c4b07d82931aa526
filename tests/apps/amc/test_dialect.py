"""AMC SQL against the same said in DuckDB's own SQL, construct by construct."""

# ruff: noqa: E501, ISC004 - a case is a line

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.language.functions import FUNCTIONS
from metatron.apps.amc.sandbox.planning import plan
from tests.apps.amc.conftest import EVERYTHING, NOW, UNFILTERED, Local

VALUES = [
    ("325000 / 100000000", "0.00325::double"),
    ("7 / 2", "3.5::double"),
    ("7 / 0", "null::double"),
    ("CONCAT('a', 1, 'b')", "'a1b'"),
    ("CONCAT('a', NULL)", "null::varchar"),
    ("CHARINDEX('b', 'abc') + LOCATE('c', 'abc') + INSTR('abc', 'a') + STRPOS('abc', 'x')", "6::bigint"),
    ("REGEXP_REPLACE('a1b2', '[0-9]', '-')", "'a-b-'"),
    ("REGEXP_SUBSTR('a12b', '[0-9]+')", "'12'"),
    ("REGEXP_SUBSTR('ab', '[0-9]+')", "null::varchar"),
    ("REGEXP_SPLIT('a,b;c', '[,;]')", "['a', 'b', 'c']"),
    ("STR_TO_MAP('a=1,b=2', ',', '=')", "map {'a': '1', 'b': '2'}"),
    ("FORMAT('%s-%d', 'x', 3)", "'x-3'"),
    ("TRIM('  a ') || TRIM(BOTH 'x' FROM 'xbx') || LTRIM(' c')", "'abc'"),
    ("UPPER('a') || LOWER('B') || REVERSE('cd') || REPLACE('ee', 'e', 'f')", "'Abdcff'"),
    ("SUBSTRING('abcdef', 2, 3) || LEFT('xyz', 1) || RIGHT('xyz', 1)", "'bcdxz'"),
    ("SPLIT_PART('a-b-c', '-', 2)", "'b'"),
    ("ARRAY_SORT(ARRAY['b', 'a'])", "['a', 'b']"),
    ("ARRAY_TO_STRING(ARRAY['b', 'a'], ' > ')", "'b > a'"),
    ("ARRAY_CONTAINS(ARRAY['b', 'a'], 'a')", "true"),
    ("CONTAINED_IN('x', ARRAY['b', 'a'])", "false"),
    ("ARRAY_SORT(ARRAY_DISTINCT(ARRAY['b', 'a', 'b']))", "['a', 'b']"),
    ("ARRAY_SORT(ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3]))", "[1, 2, 3]"),
    ("ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2, 3])", "[2]"),
    ("ARRAY_COMPLEMENT(ARRAY[1, 2], ARRAY[2, 3])", "[1]"),
    ("ARRAY_REMOVE(ARRAY[1, 2, 1], 1)", "[2]"),
    ("ARRAY_CAT(ARRAY[1], ARRAY[2])", "[1, 2]"),
    ("CARDINALITY(ARRAY[1, 2])", "2::bigint"),
    ("FLATTEN(ARRAY[ARRAY[1], ARRAY[2]])", "[1, 2]"),
    ("NAMED_ROW('order', 1, 'name', 'x')", "{'order': 1, 'name': 'x'}"),
    ("IF(1 > 2, 'a', 'b') || NVL(NULL, 'c') || IFNULL('d', 'e') || NVL2(1, 'f', 'g')", "'bcdf'"),
    ("GREATEST(1, NULL, 3)", "null::integer"),
    ("LEAST(2, 1) + GREATEST(2, 1)", "3"),
    ("NULLIF('a', 'a')", "null::varchar"),
    ("COALESCE(NULL, 'a')", "'a'"),
    ("SECONDS_BETWEEN(CAST('2026-09-01T00:00:00' AS TIMESTAMP), CAST('2026-09-01T00:01:30' AS TIMESTAMP))", "90::bigint"),
    ("CONVERT_TIME_ZONE_FROM_UTC(CAST('2026-11-01T05:30:00' AS TIMESTAMP), 'America/New_York')", "timestamp '2026-11-01 01:30:00'"),
    ("CONVERT_TIME_ZONE_FROM_UTC(CAST('2026-11-01T06:30:00' AS TIMESTAMP), 'America/New_York')", "timestamp '2026-11-01 01:30:00'"),
    ("EPOCH_TO_UTC_TIMESTAMP(0)", "timestamp '1970-01-01'"),
    ("DATE_TRUNC('month', CAST('2026-09-17' AS DATE))", "timestamp '2026-09-01'"),
    ("EXTRACT(HOUR FROM CAST('2026-09-17T13:00:00' AS TIMESTAMP))", "13::bigint"),
    ("CAST('today' AS DATE)", "date '2026-11-20'"),
    ("CURRENT_DATE", "date '2026-11-20'"),
    ("CAST('now' AS TIMESTAMP)", "timestamp '2026-11-20'"),
    ("BUILT_IN_PARAMETER('TIME_WINDOW_START')", "timestamp '2026-08-01'"),
    ("BUILT_IN_PARAMETER('TIME_WINDOW_END')", "timestamp '2026-11-02'"),
    ("CAST('x' AS INTEGER)", "null::integer"),
    ("CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "'b'"),
    ("'STV twitch' SIMILAR TO '(?i)TWITCH'", "true"),
    ("'Kitchen' SIMILAR TO '^Kit'", "true"),
    ("'a' NOT SIMILAR TO 'b'", "true"),
    ("'a1' SIMILAR TO '^a\\d$'", "true"),
    ("'abc' LIKE 'a%'", "true"),
    ("3 BETWEEN 1 AND 4 AND 'a' IN ('a', 'b') AND NULL IS NULL", "true"),
    ("MD5('a')", "md5('a')"),
    ("SHA1('a')", "sha1('a')"),
    ("JSON_EXTRACT('{\"a\": \"b\"}', '$.a')", "'b'"),
    ("ROUND(2.456, 1)", "2.5"),
    ("FROM_VARBINARY(TO_VARBINARY('a'))", "'a'"),
    ("POWER(2, 3) + SQRT(16) + ABS(-1) + MOD(7, 4)", "16::double"),
]  # fmt: skip
AGGREGATES = [
    ("SUM(v)", "sum(v)"),
    ("AVG(v)", "avg(v)"),
    ("MEDIAN(v)", "median(v)"),
    ("PERCENTILE(v, 0.25)", "quantile_cont(v, 0.25)"),
    ("STDDEV(v) + VAR_POP(v) + STDDEV_POP(v) + VAR_SAMP(v)", "stddev(v) + var_pop(v) + stddev_pop(v) + var_samp(v)"),
    ("SKEWNESS(v)", "skewness(v)"),
    ("COUNT(DISTINCT v, k)", "count(distinct (v, k))"),
    ("COUNT(*)", "count(*)"),
    ("SUM(v) FILTER (WHERE v > 2)", "sum(v) filter (where v > 2)"),
    ("ARRAY_SORT(COLLECT(DISTINCT k))", "list_sort(list(distinct k))"),
    ("ARRAY_SORT(COLLECT(DISTINCT NAMED_ROW('o', v, 'k', k)))", "list_sort(list(distinct {'o': v, 'k': k}))"),
    ("MIN(v) + MAX(v)", "min(v) + max(v)"),
]  # fmt: skip


def _both(text: str, plain: str) -> tuple[object, object]:
    planned = plan(text, Checking(window=EVERYTHING, now=NOW), UNFILTERED, Path("/nowhere"))
    with duckdb.connect() as connection:
        ours = connection.execute(planned.statement).fetchall()
        return ours, connection.execute(plain).fetchall()


@pytest.mark.parametrize(("amc", "plain"), VALUES)
def test_an_expression_is_worth_the_same(amc: str, plain: str) -> None:
    ours, theirs = _both(f"SELECT {amc} AS x", f"select {plain} as x")
    assert ours == theirs


@pytest.mark.parametrize(("amc", "plain"), AGGREGATES)
def test_an_aggregate_is_worth_the_same(amc: str, plain: str) -> None:
    rows = "VALUES (1, 'a'), (2, 'b'), (3, 'a'), (3, 'a'), (9, 'c')"
    ours, theirs = _both(
        f"WITH t (v, k) AS ({rows}) SELECT {amc} AS x FROM t",
        f"with t (v, k) as ({rows}) select {plain} as x from t",
    )
    assert ours == theirs


def test_every_function_is_known_to_the_engine(local: Local) -> None:
    with duckdb.connect() as connection:
        known = {
            name
            for (name,) in connection.execute(
                "select function_name from duckdb_functions()"
            ).fetchall()
        }
    tried = " ".join(amc for amc, _ in VALUES + AGGREGATES)
    untried = {name for name in FUNCTIONS if f"{name}(" not in tried and name.lower() not in known}
    assert untried <= {"UUID", "HASH64", "CHAR_LENGTH", "SIZE", "POW", "TRUNCATE", "SPLIT", "EXPLODE",
                       "CEILING", "APPROX_PERCENTILE", "STDDEV_SAMP", "VARIANCE", "DATE_DIFF"}  # fmt: skip


QUERIES = [
    (
        "windows",
        "WITH d AS (SELECT user_id, campaign, impression_dt_utc AS ts FROM dsp_impressions WHERE user_id"
        " IS NOT NULL), r AS (SELECT user_id, campaign, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY"
        " ts, campaign) AS n FROM d) SELECT n, COUNT(*) AS rows FROM r GROUP BY n HAVING COUNT(*) > 3",
        "with r as (select row_number() over (partition by _user order by ts) n from dsp where _user is"
        " not null) select n, count(*) from r group by n having count(*) > 3",
    ),
    (
        "an alias of the same SELECT, ordinals",
        "SELECT campaign_id - 390000000000 AS a, a / 7919 AS b, COUNT(*) AS n FROM dsp_clicks GROUP BY 1, 2",
        "select campaign * 7919, campaign::double, count(*) from dsp_click group by 1, 2",
    ),
    (
        "numbers compared with texts",
        "SELECT COUNT(*) AS n FROM dsp_clicks WHERE campaign_id IN ('390000000000', 'none')",
        "select count(*) from dsp_click where campaign = 0",
    ),
    (
        "queries inside conditions",
        "SELECT COUNT(*) AS n FROM dsp_impressions i WHERE user_id IN (SELECT user_id FROM dsp_clicks)"
        " AND NOT EXISTS (SELECT 1 FROM sponsored_ads_traffic s WHERE s.user_id = i.user_id)",
        "select count(*) from dsp where _user in (select _user from dsp_click) and _user not in"
        " (select _user from sponsored where _user is not null)",
    ),
    (
        "exploded arrays",
        "WITH e AS (SELECT EXPLODE(ARRAY['x', 'y']) AS part, campaign FROM dsp_clicks)"
        " SELECT part, COUNT(*) AS n FROM e GROUP BY part",
        "select unnest(['x', 'y']), (select count(*) from dsp_click)",
    ),
    (
        "named windows and USING",
        "WITH a AS (SELECT campaign_id, COUNT(*) AS n FROM dsp_impressions GROUP BY 1), b AS (SELECT"
        " campaign_id, COUNT(*) AS c FROM dsp_clicks GROUP BY 1) SELECT c / n AS rate, RANK() OVER w AS"
        " place FROM a JOIN b USING (campaign_id) WINDOW w AS (ORDER BY c / n DESC)",
        "select c / n, rank() over (order by c / n desc) from (select campaign, count(*) n from dsp group"
        " by 1) join (select campaign, count(*) c from dsp_click group by 1) using (campaign)",
    ),
]


@pytest.mark.parametrize(("what", "amc", "plain"), QUERIES, ids=[each[0] for each in QUERIES])
def test_a_query_answers_the_same(local: Local, what: str, amc: str, plain: str) -> None:
    assert sorted(local.ask(amc)) == sorted(local.truth(plain))


def test_types_are_told() -> None:
    text = (
        "SELECT campaign, COUNT(*) AS n, MAX(impression_date) AS d, SUM(total_cost) / 100000 AS c,"
        " CAST(campaign_id AS VARCHAR) AS i, is_amazon_owned AS o FROM dsp_impressions GROUP BY 1, 5, 6"
    )
    assert [each.type for each in check(text, Checking()).forecast] == [
        "STRING", "LONG", "DATE", "DOUBLE", "STRING", "BOOLEAN",
    ]  # fmt: skip


def test_parameters_of_every_type_are_bound(local: Local) -> None:
    text = (
        "SELECT CUSTOM_PARAMETER('s') AS s, CUSTOM_PARAMETER('l') AS l, CUSTOM_PARAMETER('d') AS d,"
        " CUSTOM_PARAMETER('t') AS t, CUSTOM_PARAMETER('b') AS b, CARDINALITY(CUSTOM_PARAMETER('a')) AS a,"
        " COUNT(*) AS n FROM dsp_clicks"
    )
    declared = {
        "s": "STRING",
        "l": "LONG",
        "d": "DATE",
        "t": "TIMESTAMP",
        "b": "BOOLEAN",
        "a": "ARRAY<LONG>",
    }
    values = {
        "s": "x",
        "l": "7",
        "d": "2026-09-01",
        "t": "2026-09-01T10:00:00",
        "b": "true",
        "a": "[1, 2]",
    }
    (row,) = local.ask(text, values, declared=declared)
    assert row[:6] == (
        "x", 7, dt.date(2026, 9, 1), dt.datetime.fromisoformat("2026-09-01T10:00:00"), True, 2,
    )  # fmt: skip
