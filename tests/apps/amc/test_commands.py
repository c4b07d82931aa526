"""`metatron amc check` and `metatron amc run`, as typed."""

# ruff: noqa: E501 - a case is a line

import csv
from pathlib import Path

import duckdb
import orjson
import pytest
from typer.testing import CliRunner, Result

from metatron.apps.amc.commands import app

QUERY = """SELECT campaign, SUM(impressions) AS n, COUNT(DISTINCT user_id) AS reach
FROM dsp_impressions
WHERE campaign SIMILAR TO CUSTOM_PARAMETER('like')
GROUP BY campaign
"""
SEPTEMBER = "2026-09-01..2026-10-01"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reach.sql"
    path.write_text(QUERY)
    return path


def _type(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_check_points_at_what_is_wrong(file: Path) -> None:
    said = _type("check", file)
    assert said.exit_code == 1
    assert f"{file}:3:44: error AMC010 the parameter 'like' is not declared" in said.stdout
    assert "vanishes where a row has fewer than 2 users of dsp_impressions" in said.stdout


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("SELECT campaign, COUNT(*) AS n FROM dsp_clicks GROUP BY campaign",
         ["campaign: vanishes where a row has fewer than 2 users of dsp_clicks", "n: stays",
          "AMC would take it: nothing to mend"]),
        ("SELECT campaign, SUM(total_cost) AS cost FROM dsp_impressions GROUP BY campaign",
         ["campaign: vanishes where a row has fewer than 2 users of dsp_impressions", "cost: stays",
          "{file}:1:18: warning AMC014 cost is in millicents: divide by 100,000 for one currency unit",
          "AMC would take it: nothing to mend, 1 to look at"]),
        ("SELECT * FROM dsp_impressions",
         ["{file}:1:8: error AMC003 name the columns of dsp_impressions: no SELECT *",
          "{file}:1:15: error AMC007 the output has no aggregation: GROUP BY, or count",
          "AMC would refuse it: 2 to mend"]),
        (" \n", ["{file}: the file is empty; write one SELECT into it"]),
    ],
)  # fmt: skip
def test_check_ends_with_what_amc_would_do(file: Path, sql: str, lines: list[str]) -> None:
    file.write_text(sql)
    said = _type("check", file)
    assert sorted(said.stdout.splitlines()) == sorted(each.format(file=file) for each in lines)
    assert said.stdout.splitlines()[-1] == lines[-1].format(file=file)
    assert said.exit_code == (0 if "take it" in lines[-1] else 1)


def test_check_answers_as_json(file: Path) -> None:
    said = _type("check", file, "--param", "like", "--json")
    told = orjson.loads(said.stdout)
    assert said.exit_code == 0
    assert told["ok"] is True
    assert told["findings"] == []
    assert [each["column"] for each in told["columns"]] == ["campaign", "n", "reach"]


def test_run_writes_a_result(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.csv"
    given = ("--window", SEPTEMBER, "--param", "like=STV", "--data", tmp_path / "data")
    said = _type("run", file, "--preset", "100k", *given, "--out", out)
    assert said.exit_code == 0, said.output
    with out.open() as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 8
    assert all("STV" in row["campaign"] and int(row["n"]) >= int(row["reach"]) for row in rows)
    parquet = out.with_suffix(".parquet")
    assert _type("run", file, *given, "--out", parquet).exit_code == 0
    ((count,),) = duckdb.connect().sql(f"select count(*) from '{parquet}'").fetchall()
    assert count == 8


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("--window", SEPTEMBER), "amc: AMC010: the parameter 'like' is not declared; see all with"),
        (("--window", "September", "--param", "like=x"), "amc: September is no window; write 2026-"),
        (("--window", "2026-10-01..2026-09-01", "--param", "like=x"), "no window; write start and"),
        (("--window", SEPTEMBER, "--param", "like"), "amc: --param like has no value; write NAME="),
        (("--window", SEPTEMBER, "--param", "like:LONG=x"), "AMC026: like is LONG: 'x' does not fit"),
        (("--window", SEPTEMBER, "--param", "like=x", "--preset", "7"), "there is no preset 7; take"),
        (("--window", SEPTEMBER, "--param", "like=x", "--filtering", "NO"), "NO is no filtering; ta"),
    ],
)  # fmt: skip
def test_a_failure_is_one_line_with_its_remedy(
    file: Path, tmp_path: Path, words: tuple[str, ...], cause: str
) -> None:
    said = _type("run", file, *words, "--data", tmp_path, "--out", tmp_path / "r.csv")
    assert said.exit_code == 2
    assert cause in said.stderr
    assert said.stderr.count("\n") == 1


def test_a_missing_file_or_folder_is_told(file: Path, tmp_path: Path) -> None:
    words = ("--window", SEPTEMBER, "--param", "like=x")
    gone = _type("run", tmp_path / "gone.sql", *words, "--out", tmp_path / "r.csv")
    assert (gone.exit_code, gone.stderr.count("\n")) == (2, 1)
    assert f"there is no file {tmp_path / 'gone.sql'}; look at the name" in gone.stderr
    nowhere = _type("run", file, *words, "--out", tmp_path / "no" / "r.csv")
    assert "there is no folder" in nowhere.stderr
    odd = _type("run", file, *words, "--out", tmp_path / "r.txt")
    assert "neither .csv nor .parquet" in odd.stderr
