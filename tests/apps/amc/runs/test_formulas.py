"""No cell of an export begins like a formula, whichever way it is written."""

import duckdb
import pytest

from metatron.apps.amc.runs.results.sheets import safe_text
from metatron.kernel.csv_text import csv_lines, harmless

FORMULAS = [
    "=1+1", "+1", "-1+1", "@sum(A1)", "\t=1", "\r=1", "|calc", "%x", "  =1+1", "\u00a0=1", " \t=1",
    "\uff1dcmd", "\uff0b1", "\uff0d1", "\uff20x",
]  # fmt: skip
PLAIN = ["plain", "a=b", "", " ", "3-4", "name@example.com", "'=1"]


@pytest.mark.parametrize("text", FORMULAS + PLAIN)
def test_both_ways_of_exporting_agree(text: str) -> None:
    wanted = "'" + text if text in FORMULAS else text
    assert harmless(text) == wanted
    with duckdb.connect() as engine:
        statement = f"select {safe_text('t')} from (select $1::varchar as t)"
        assert engine.execute(statement, [text]).fetchall() == [(wanted,)]


def test_numbers_stay_numbers() -> None:
    assert csv_lines([(-5, 1.5, None, " =1")]) == b"-5,1.5,,' =1\r\n"
