"""The facts about AMC's tables: complete, typed, loaded once."""

from collections import Counter

import duckdb
import pytest

from metatron.apps.amc.schema.facts import Level, duckdb_type
from metatron.apps.amc.schema.loading import facts


def test_every_table_and_level_is_there() -> None:
    tables = facts().tables
    assert len(tables) == 23
    own = {name: len(table.columns) for name, table in tables.items()}
    assert own["dsp_impressions"] == 106
    assert own["dsp_video_events_feed"] == 106 + 15
    assert own["amazon_attributed_events_by_traffic_time"] == 240
    levels = Counter(column.level for column in tables["dsp_impressions"].columns.values())
    assert levels[Level.HIGH] == 2
    assert tables["dsp_impressions"].columns["user_id"].level is Level.VERY_HIGH


def test_it_is_loaded_once() -> None:
    assert facts() is facts()


def test_levels_ask_for_2_or_100_users_or_never_leave() -> None:
    needed = {level.name: rule.min_users for level, rule in facts().thresholds.items()}
    assert needed == {
        "NONE": 1, "LOW": 2, "MEDIUM": 100, "HIGH": 100, "VERY_HIGH": None, "INTERNAL": None,
    }  # fmt: skip


def test_money_carries_its_unit() -> None:
    tables = facts().tables
    assert tables["sponsored_ads_traffic"].columns["spend"].unit == "microcents"
    assert tables["dsp_impressions"].columns["total_cost"].unit == "millicents"
    for table in tables.values():
        for column in table.columns.values():
            assert (column.unit is not None) == (
                "icrocents" in column.doc or "illicents" in column.doc
            )


def test_every_type_is_one_of_duckdb() -> None:
    connection = duckdb.connect()
    for table in facts().tables.values():
        columns = ", ".join(f'"{c.name}" {c.duckdb_type}' for c in table.columns.values())
        connection.execute(f'create table "{table.name}" ({columns})')
        if table.time_column:
            assert table.columns[table.time_column].type in {"TIMESTAMP", "DATE"}


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(KeyError):
        duckdb_type("BLOB")


def test_the_traffic_time_table_says_that_it_is_told_to_mirror_the_other() -> None:
    tables = facts().tables
    mirrored = tables["amazon_attributed_events_by_traffic_time"]
    assert {column.sources for column in mirrored.columns.values()} == {"K"}
    assert set(mirrored.columns) == set(
        tables["amazon_attributed_events_by_conversion_time"].columns
    )
