"""Texts and ids held as numbers: every query gives the same rows and types as with texts."""

from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.language.functions import FUNCTIONS, Function
from metatron.apps.amc.sandbox.columns import USER_ID
from metatron.apps.amc.sandbox.planning import TELL_CODES, Plan, plan
from metatron.apps.amc.sandbox.running import run
from metatron.apps.amc.sandbox.thresholds import Privacy
from metatron.apps.amc.sandbox.together import run_together
from metatron.apps.amc.sandbox.user_keys import are_only_keys
from metatron.apps.amc.sandbox.views import definitions
from metatron.apps.amc.schema.loading import facts
from tests.apps.amc.conftest import EVERYTHING, NOW, UNFILTERED, Local

QUERIES = {
    "grouped": "SELECT campaign, device_type, COUNT(*) AS n FROM dsp_impressions GROUP BY 1, 2",
    "least": "SELECT MIN(campaign) AS a, MAX(campaign) AS b, COUNT(DISTINCT campaign) AS n"
    " FROM sponsored_ads_traffic",
    "ordered": "SELECT campaign, SUM(place) AS n FROM (SELECT campaign, ROW_NUMBER() OVER"
    " (PARTITION BY device_type ORDER BY campaign, impression_dt_utc, request_tag) AS place"
    " FROM dsp_impressions) t GROUP BY campaign",
    "unknown": "SELECT COUNT(*) AS n FROM dsp_impressions WHERE campaign = 'nobody''s'"
    " OR device_type IN ('Phone', 'Fridge') OR campaign > 'Corvane' AND campaign LIKE '%STV%'",
    "chosen": "SELECT CASE WHEN campaign SIMILAR TO 'STV' THEN campaign ELSE 'other' END AS c,"
    " COALESCE(NULLIF(device_type, 'TV'), 'none') AS d, COUNT(*) AS n"
    " FROM dsp_impressions GROUP BY 1, 2",
    "joined": "SELECT a.campaign, COUNT(*) AS n FROM (SELECT DISTINCT campaign, user_id FROM"
    " dsp_impressions) a LEFT JOIN (SELECT DISTINCT campaign, user_id FROM dsp_clicks) b"
    " ON a.campaign = b.campaign AND a.user_id = b.user_id GROUP BY a.campaign",
    "both": "SELECT campaign, SUM(n) AS n FROM (SELECT campaign, COUNT(*) AS n FROM"
    " dsp_impressions GROUP BY 1 UNION ALL SELECT campaign, COUNT(*) AS n FROM"
    " sponsored_ads_traffic GROUP BY 1 UNION ALL SELECT event_type, COUNT(*) AS n FROM"
    " dsp_views GROUP BY 1) t GROUP BY campaign",
    "listed": "WITH paths AS (SELECT user_id, ARRAY_SORT(COLLECT(DISTINCT NAMED_ROW('campaign',"
    " campaign, 'device', device_type))) AS path FROM dsp_impressions WHERE user_id IS NOT NULL"
    " GROUP BY user_id) SELECT path, COUNT(*) AS n FROM paths GROUP BY path",
    "written": "SELECT ARRAY_TO_STRING(ARRAY_SORT(COLLECT(DISTINCT campaign)), ' > ') AS c,"
    " CONCAT(device_type, '/', UPPER(device_type)) AS d, COUNT(*) AS n"
    " FROM dsp_impressions GROUP BY 2",
    "people": "WITH a AS (SELECT user_id AS u, campaign, COUNT(*) AS n FROM dsp_impressions"
    " WHERE user_id IS NOT NULL GROUP BY user_id, 2 UNION ALL SELECT user_id, campaign, COUNT(*)"
    " FROM sponsored_ads_traffic GROUP BY 1, 2), b AS (SELECT a.u, a.campaign, a.n, ROW_NUMBER()"
    " OVER (PARTITION BY a.u ORDER BY a.n, a.campaign) AS place FROM a LEFT JOIN (SELECT user_id"
    " FROM conversions GROUP BY 1) c ON a.u = c.user_id WHERE c.user_id IS NULL OR a.n > 1)"
    " SELECT campaign, COUNT(DISTINCT u) AS reach, SUM(n) AS n FROM b WHERE place < 3 GROUP BY 1",
    "people's texts": "SELECT campaign, COUNT(DISTINCT CONCAT(user_id, device_type)) AS n"
    " FROM dsp_impressions GROUP BY 1",
    "hashed": "SELECT HASH64(campaign) AS h, COUNT(*) AS n FROM dsp_impressions GROUP BY 1",
    "summed": "SELECT MD5(campaign) AS h, COUNT(*) AS n FROM dsp_impressions GROUP BY 1",
}


def _both(local: Local, text: str, privacy: Privacy) -> tuple[Plan, Plan]:
    planned = plan(text, Checking({}, {}, EVERYTHING, NOW), privacy, local.folder)
    names = [view.split('"')[1] for view in planned.views]
    return planned, replace(planned, views=definitions(facts(), local.folder, names))


@pytest.mark.parametrize("privacy", [UNFILTERED, Privacy()])
@pytest.mark.parametrize("name", QUERIES)
def test_it_is_the_same_as_with_texts(local: Local, name: str, privacy: Privacy) -> None:
    told = [
        (columns, sorted(map(repr, rows)))
        for each in _both(local, QUERIES[name], privacy)
        for columns, rows in run_together([each])
    ]
    assert told[0] == told[1]
    assert told[0][1], "something is compared"
    assert not any("ENUM" in kind for _, kind in told[0][0])


def test_no_function_tells_a_text_from_its_number() -> None:
    compared, others = 0, ("'b'", "n", "1", "['b', 'zz']", "'zz'")
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            "create table t as select v, cast(v as enum('a b', 'b', 'c')) as e, n"
            " from (values ('a b', 1), ('b', 2), ('c', 3), (null, 4), ('b', 5)) s (v, n)"
        )

        def found(function: Function, arguments: list[str]) -> str:
            made = function.make([exp.maybe_parse(each, dialect="duckdb") for each in arguments])
            try:
                rows = connection.execute(f"select {made.sql('duckdb')} from t").fetchall()
            except duckdb.Error as error:
                return type(error).__name__
            return repr(sorted(map(repr, rows)))

        for name, function in FUNCTIONS.items():
            # A row's first argument is its label, which is a literal; no two UUIDs are the same.
            if name in {*TELL_CODES, "NAMED_ROW", "UUID"}:
                continue
            for count in range(max(1, function.least), min(3, function.most) + 1):
                for rest in product(others, repeat=count - 1):
                    for at in range(count):
                        of_text, of_number = (
                            found(function, [*rest[:at], held, *rest[at:]]) for held in ("v", "e")
                        )
                        assert of_text == of_number, (name, rest, at)
                        compared += 1
    assert compared > 1_500


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_holds_texts(local: Local, tmp_path: Path, form: str) -> None:
    found = []
    for number, each in enumerate(_both(local, QUERIES["listed"], UNFILTERED)):
        target = tmp_path / f"{number}.{form}"
        told = run(each, local.folder, target, form=form)  # type: ignore[arg-type]
        with duckdb.connect() as connection:
            rows = connection.execute(f"select * from '{target}'")
            types = [str(kind) for _, kind, *_ in rows.description or []]
            found.append((told.columns, told.rows, types, sorted(map(repr, rows.fetchall()))))
    assert found[0] == found[1]
    assert "ENUM" not in repr(found[0][2])


@pytest.mark.parametrize(
    ("asked", "numbered"),
    [
        ("COUNT(DISTINCT user_id) AS n FROM dsp_impressions", True),
        ("COUNT(DISTINCT user_id) AS n FROM dsp_impressions WHERE user_id > '1'", False),
        ("COUNT(DISTINCT CONCAT(user_id, campaign)) AS n FROM dsp_impressions", False),
        ("COUNT(MIN(user_id)) AS n FROM dsp_impressions GROUP BY campaign", False),
        ("COUNT(*) AS n FROM dsp_impressions GROUP BY user_id", True),
        ("COUNT(*) AS n FROM dsp_impressions a JOIN dsp_clicks b ON a.user_id = b.user_id", True),
        ("COUNT(*) AS n FROM dsp_impressions a JOIN dsp_clicks b ON a.user_id = b.campaign", False),
        (("COUNT(*) AS n FROM dsp_impressions WHERE user_id IN (SELECT user_id FROM dsp_clicks"
         " GROUP BY 1)"), False),
        (("COUNT(DISTINCT u) AS n FROM (SELECT user_id AS u FROM dsp_impressions GROUP BY 1"
         " UNION ALL SELECT campaign FROM dsp_clicks GROUP BY 1) t"), False),
        (("COUNT(DISTINCT u) AS n FROM (SELECT user_id AS u FROM dsp_impressions GROUP BY 1"
         " UNION ALL SELECT user_id FROM dsp_clicks GROUP BY 1) t"), True),
        (("SUM(place) AS n FROM (SELECT RANK() OVER (PARTITION BY campaign ORDER BY user_id) AS"
         " place, user_id FROM dsp_impressions) t"), False),
    ],
)  # fmt: skip
def test_ids_are_numbers_where_nobody_looks_at_them(asked: str, numbered: bool) -> None:
    checked = check(f"SELECT {asked}", Checking())
    assert checked.bound is not None
    assert are_only_keys(checked.bound) is numbered


def test_every_table_has_the_same_ids(local: Local) -> None:
    """Else a number here would be compared with a text there."""
    tables = [name for name, table in facts().tables.items() if "user_id" in table.columns]
    made = 0
    for name in tables:
        with suppress(KeyError):
            [view] = definitions(facts(), local.folder, [name])
            assert f'cast({USER_ID} as VARCHAR) as "user_id"' in view, name
            made += 1
    assert made > 15


def test_campaigns_are_enumerated(local: Local) -> None:
    """So that what is compared above are two things."""
    planned, _ = _both(local, QUERIES["grouped"], UNFILTERED)
    assert "enum(" in planned.views[0]
    with duckdb.connect() as connection:
        connection.execute(planned.views[0])
        described = connection.execute("describe select campaign from dsp_impressions")
        assert "ENUM" in described.fetchall()[0][1]


def test_both_kinds_of_ids_run_in_one_engine(local: Local) -> None:
    plans = [
        plan(text, Checking({}, {}, EVERYTHING, NOW), UNFILTERED, local.folder)
        for text in (QUERIES["people"], QUERIES["people's texts"], QUERIES["people"])
    ]
    told = [sorted(map(repr, rows)) for _, rows in run_together(plans)]
    assert told[0] == told[2] != told[1]
