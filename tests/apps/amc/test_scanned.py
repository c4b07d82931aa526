"""How many rows a run read: counted by the engine, told by the local AMC, kept with the run."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from metatron.apps.amc.amazon import answers
from metatron.apps.amc.language.checking import Checking, Window
from metatron.apps.amc.sandbox.planning import plan
from metatron.apps.amc.sandbox.running import Limits, run
from metatron.apps.amc.twin.store import SCHEMA, Store
from tests.apps.amc.conftest import EVERYTHING, NOW, UNFILTERED, Local

BY_CAMPAIGN = "SELECT campaign, SUM(impressions) AS n FROM dsp_impressions GROUP BY 1"


def scanned(local: Local, target: Path, window: Window) -> int:
    planned = plan(BY_CAMPAIGN, Checking(window=window, now=NOW), UNFILTERED, local.folder)
    return run(planned, local.folder, target, limits=Limits(threads=1)).rows_scanned


def test_what_left_the_tables_is_counted(local: Local, tmp_path: Path) -> None:
    impressions = sum(row[1] for row in local.ask(BY_CAMPAIGN))
    whole = scanned(local, tmp_path / "whole.csv", EVERYTHING)
    assert impressions <= whole < 2 * impressions
    week = replace(EVERYTHING, start=EVERYTHING.end.replace(day=1, month=10))
    assert 0 < scanned(local, tmp_path / "week.csv", week) < whole


@pytest.mark.parametrize(
    ("told", "kept"), [({"localRowsScanned": 7}, 7), ({}, None), ({"localRowsScanned": "7"}, None)]
)
def test_only_the_local_amc_tells(told: dict[str, Any], kept: int | None) -> None:
    execution = answers.execution({"workflowExecutionId": "e", "status": "SUCCEEDED", **told})
    assert execution.rows_scanned == kept


def test_books_of_an_earlier_version_are_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "amc.sqlite3"
    with closing(sqlite3.connect(path)) as books:
        books.executescript(SCHEMA.read_text().replace("    rows_scanned integer,\n", ""))
    store = Store(path)
    columns = [row["name"] for row in store.rows("pragma table_info(execution)")]
    store.close()
    assert columns.count("rows_scanned") == 1
