"""Every function and construct that Amazon's pages name, once each, through the local AMC."""

# ruff: noqa: E501 - a case is a line

import pytest

from tests.apps.amc.twin.conftest import Visitor
from tests.apps.amc.twin.test_contract import asked
from tests.apps.amc.twin.test_runs import MONTH, address, result, running

__all__ = ["address", "running"]

AT = "CAST('2026-09-17T13:45:10' AS TIMESTAMP)"
SCALARS = {
    "SECONDS_BETWEEN(CAST('2026-09-17T13:45:00' AS TIMESTAMP), " + AT + ")": "10",
    f"CONVERT_TIME_ZONE_FROM_UTC({AT}, 'Europe/Berlin')": "2026-09-17 15:45:10",
    "EPOCH_TO_UTC_TIMESTAMP(86400)": "1970-01-02 00:00:00",
    "BUILT_IN_PARAMETER('TIME_WINDOW_START')": "2026-08-01 00:00:00",
    "BUILT_IN_PARAMETER('TIME_WINDOW_END')": "2026-09-01 00:00:00",
    "CAST('today' AS DATE) = CURRENT_DATE": "true",
    "CAST('now' AS TIMESTAMP) >= CAST('today' AS TIMESTAMP)": "true",
    "DATE_TRUNC('week', CAST('2026-09-17' AS DATE))": "2026-09-14 00:00:00",
    f"EXTRACT(MINUTE FROM {AT})": "45",
    "'Summer STV' SIMILAR TO 'STV'": "true",
    "'My Twitch ad' SIMILAR TO '(?i)twitch'": "true",
    "'My Kit' SIMILAR TO '^Kit'": "false",
    "CONCAT('a', 'b', 1)": "ab1",
    "CHARINDEX('b', 'abc')": "2",
    "LOCATE('c', 'abc')": "3",
    "INSTR('abc', 'c')": "3",
    "STRPOS('abc', 'z')": "0",
    "REGEXP_REPLACE('a1b22', '[0-9]+', '#')": "a#b#",
    "REGEXP_SUBSTR('a12', '[0-9]+')": "12",
    "ARRAY_TO_STRING(REGEXP_SPLIT('a1b2c', '[0-9]'), '|')": "a|b|c",
    "CAST(STR_TO_MAP('a=1,b=2', ',', '=') AS VARCHAR)": "{a=1, b=2}",
    "FORMAT('%s has %d', 'x', 3)": "x has 3",
    "TRIM('  a ')": "a",
    "TRIM(BOTH 'x' FROM 'xax')": "a",
    "TRIM(LEADING 'x' FROM 'xax')": "ax",
    "TRIM(TRAILING 'x' FROM 'xax')": "xa",
    "LTRIM(' a') || RTRIM('b ')": "ab",
    "ARRAY_TO_STRING(ARRAY_SORT(ARRAY['b', 'a']), ',')": "a,b",
    "ARRAY_CONTAINS(ARRAY[1, 2], 2)": "true",
    "CONTAINED_IN('a', ARRAY['a', 'b'])": "true",
    "CARDINALITY(ARRAY_DISTINCT(ARRAY[1, 1, 2]))": "2",
    "CARDINALITY(ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3]))": "3",
    "ARRAY_TO_STRING(ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2, 3]), ',')": "2",
    "ARRAY_TO_STRING(ARRAY_COMPLEMENT(ARRAY[1, 2], ARRAY[2, 3]), ',')": "1",
    "ARRAY_TO_STRING(ARRAY_REMOVE(ARRAY[1, 2], 1), ',')": "2",
    "ARRAY_TO_STRING(ARRAY_CAT(ARRAY[1], ARRAY[2]), ',')": "1,2",
    "ARRAY_TO_STRING(FLATTEN(ARRAY[ARRAY[1], ARRAY[2]]), ',')": "1,2",
    "CAST(NAMED_ROW('order', 1, 'name', 'x') AS VARCHAR)": "{'order': 1, 'name': x}",
    "IF(2 > 1, 'yes', 'no')": "yes",
    "NVL(NULL, 'b')": "b",
    "NVL2(NULL, 'a', 'b')": "b",
    "IFNULL('a', 'b')": "a",
    "NULLIF('a', 'b')": "a",
    "GREATEST(1, 3, 2)": "3",
    "GREATEST(1, NULL)": "",
    "LEAST(1, NULL)": "",
    "LENGTH(UUID())": "36",
    "HASH64('a') = HASH64('a')": "true",
    "MD5('a')": "0cc175b9c0f1b6a831c399e269772661",
    "SHA1('a')": "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8",
    "FROM_VARBINARY(TO_VARBINARY('a', 'utf-8'), 'utf-8')": "a",
    "JSON_EXTRACT('{\"a\": {\"b\": 7}}', '$.a.b')": "7",
    "325000 / 100000000": "0.00325",
    "POWER(2, 10)": "1024.0",
    "TRUNCATE(2.78, 1)": "2.7",
    "CEILING(2.1)": "3",
    "LOG10(1000)": "3.0",
    "CHAR_LENGTH('abc')": "3",
    "SPLIT_PART('a-b', '-', 2)": "b",
    "CASE WHEN 'a' LIKE 'a%' THEN 1 ELSE 0 END": "1",
}  # fmt: skip
AGGREGATES = {
    "SUM(v)": "18", "AVG(v)": "3.6", "MIN(v)": "1", "MAX(v)": "9", "COUNT(*)": "5",
    "COUNT(DISTINCT k)": "3", "COUNT(DISTINCT v, k)": "4", "MEDIAN(v)": "3.0",
    "PERCENTILE(v, 0.5)": "3.0", "APPROX_PERCENTILE(v, 0.5)": "3",
    "APPROX_COUNT_DISTINCT(k)": "3", "CAST(STDDEV(v) * 1000 AS INTEGER)": "3130",
    "CAST(STDDEV_POP(v) * 1000 AS INTEGER)": "2800", "CAST(STDDEV_SAMP(v) * 1000 AS INTEGER)": "3130",
    "CAST(VAR_POP(v) * 100 AS INTEGER)": "784", "CAST(VAR_SAMP(v) * 100 AS INTEGER)": "980",
    "CAST(VARIANCE(v) * 100 AS INTEGER)": "980", "SKEWNESS(v) > 1": "true",
    "ANY_VALUE(1)": "1", "ARRAY_TO_STRING(ARRAY_SORT(COLLECT(DISTINCT k)), '')": "abc",
    "CARDINALITY(COLLECT(k))": "5", "SUM(v) FILTER (WHERE k = 'a')": "7",
}  # fmt: skip
ROWS = "WITH t (v, k) AS (VALUES (1, 'a'), (2, 'b'), (3, 'a'), (3, 'a'), (9, 'c'))"
SHOWN = "SELECT campaign, COUNT(*) AS n FROM dsp_impressions GROUP BY campaign"
QUERIES = {
    "UNION ALL": f"{ROWS} SELECT k, COUNT(*) AS n FROM t GROUP BY k UNION ALL SELECT k, COUNT(*) FROM t GROUP BY k",
    "UNION DISTINCT": f"{ROWS} SELECT k, COUNT(*) AS n FROM t GROUP BY k UNION DISTINCT SELECT k, COUNT(*) FROM t GROUP BY k",
    "UNION": f"{ROWS} SELECT k, COUNT(*) AS n FROM t GROUP BY k UNION SELECT k, COUNT(*) FROM t GROUP BY k",
    "DISTINCT": f"{ROWS} SELECT DISTINCT k FROM t",
    "JOIN": f"{ROWS}, u (k, w) AS (VALUES ('a', 1), ('z', 2)) SELECT t.k, SUM(w) AS n FROM t JOIN u ON t.k = u.k GROUP BY t.k",
    "LEFT JOIN": f"{ROWS}, u (k, w) AS (VALUES ('a', 1), ('z', 2)) SELECT t.k, SUM(w) AS n FROM t LEFT JOIN u ON t.k = u.k GROUP BY t.k",
    "FULL OUTER JOIN": f"{ROWS}, u (k, w) AS (VALUES ('a', 1), ('z', 2)) SELECT COALESCE(t.k, u.k) AS k, SUM(w) AS n FROM t FULL OUTER JOIN u ON t.k = u.k GROUP BY 1",
    "CROSS JOIN": f"{ROWS}, u (w) AS (VALUES (1), (2)) SELECT k, SUM(w) AS n FROM t CROSS JOIN u GROUP BY k",
    "non-equi JOIN": f"{ROWS}, u (w) AS (VALUES (2), (4)) SELECT t.k, COUNT(*) AS n FROM t JOIN u ON t.v < u.w GROUP BY t.k",
    "WINDOW": f"{ROWS} SELECT k, RANK() OVER w AS r, DENSE_RANK() OVER w AS d, ROW_NUMBER() OVER w AS n FROM t GROUP BY k WINDOW w AS (ORDER BY COUNT(*) DESC)",
    "HAVING and ordinals": f"{ROWS} SELECT k, COUNT(*) AS n FROM t GROUP BY 1 HAVING COUNT(*) > 1",
    "EXPLODE": f"{ROWS}, e AS (SELECT EXPLODE(ARRAY['x', 'y']) AS part, v FROM t) SELECT part, SUM(v) AS n FROM e GROUP BY part",
    "EXTEND_TIME_WINDOW": SHOWN.replace("dsp_impressions", "TABLE(EXTEND_TIME_WINDOW('dsp_impressions', 'P28D', 'P0D'))"),
}  # fmt: skip
COUNTS = {"UNION ALL": 6, "UNION DISTINCT": 3, "UNION": 3, "DISTINCT": 3, "JOIN": 1, "LEFT JOIN": 3,
          "FULL OUTER JOIN": 4, "CROSS JOIN": 3, "non-equi JOIN": 2, "WINDOW": 3,
          "HAVING and ordinals": 1, "EXPLODE": 2}  # fmt: skip


async def _answers(visitor: Visitor, query: str) -> list[dict[str, str]]:
    return await result(visitor, await asked(visitor, workflow={"sqlQuery": query}, **MONTH))


@pytest.mark.parametrize(
    ("cases", "start", "end"), [(SCALARS, "", ""), (AGGREGATES, ROWS, " FROM t")]
)
async def test_every_function(
    running: Visitor, cases: dict[str, str], start: str, end: str
) -> None:
    shown = ", ".join(f"{each} AS c{number}" for number, each in enumerate(cases))
    (row,) = await _answers(running, f"{start} SELECT {shown}{end}")
    told = {each: row[f"c{number}"] for number, each in enumerate(cases)}
    assert told == cases


@pytest.mark.parametrize("name", QUERIES)
async def test_every_construct(running: Visitor, name: str) -> None:
    rows = await _answers(running, QUERIES[name])
    if name in COUNTS:
        assert len(rows) == COUNTS[name]
    else:
        plain = await _answers(running, SHOWN)
        assert len(rows) >= len(plain) > 3
