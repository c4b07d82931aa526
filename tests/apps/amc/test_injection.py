"""Nothing a caller writes becomes SQL of the engine, and nothing outside the data is reached."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.language.parameters import BadValue
from metatron.apps.amc.sandbox.planning import Plan, Refused, plan
from metatron.apps.amc.sandbox.running import Limits, RunFailed, RunStopped, run
from metatron.apps.amc.sandbox.thresholds import Privacy
from tests.apps.amc.conftest import EVERYTHING, NOW, Local

PAYLOADS = [
    "' OR 1=1 --", "'; DROP VIEW dsp_clicks; --", "' UNION SELECT * FROM duckdb_settings() --",
    "\\' OR ''='", "''", "$p1", "{{x}}", "%", "\x00", "a\nb", "🦆'", "') OR ('1'='1", "$$", ":p",
    "read_csv('/etc/passwd')", "/* */", "0x27206f7220313d31", "' || getenv('HOME') || '",
]  # fmt: skip
BY_NAME = "SELECT COUNT(*) AS n FROM dsp_clicks WHERE campaign = CUSTOM_PARAMETER('p')"
BY_LIST = "SELECT COUNT(*) AS n FROM dsp_clicks WHERE CONTAINED_IN(campaign, CUSTOM_PARAMETER('p'))"
FORBIDDEN = [
    "SELECT COUNT(*) AS n FROM read_csv('/etc/passwd')",
    "SELECT COUNT(*) AS n FROM '/etc/passwd'",
    "SELECT COUNT(*) AS n FROM `/etc/passwd`",
    "SELECT COUNT(*) AS n FROM duckdb_settings()",
    "SELECT COUNT(*) AS n FROM information_schema.tables",
    "SELECT COUNT(*) AS n FROM glob('*')",
    "SELECT getenv('HOME') AS h, COUNT(*) AS n FROM dsp_clicks GROUP BY 1",
    "SELECT current_setting('threads') AS h, COUNT(*) AS n FROM dsp_clicks GROUP BY 1",
    "SELECT COUNT(*) AS n FROM TABLE(read_text('/etc/passwd'))",
    "SELECT COUNT(*) AS n FROM TABLE(EXTEND_TIME_WINDOW('dsp_clicks; DROP', 'P1D', 'P0D'))",
    "SELECT query('select 1') AS q, COUNT(*) AS n FROM dsp_clicks GROUP BY 1",
    "SELECT COUNT(_user) AS n FROM dsp_clicks",
    "SELECT COUNT(__u1) AS n FROM dsp_clicks",
    "COPY dsp_clicks TO '/tmp/x'",
    "ATTACH '/tmp/x' AS x",
    "INSTALL httpfs",
    "SET threads = 1",
    "PRAGMA version",
    "CALL pragma_version()",
    "CREATE TABLE x AS SELECT 1",
    "INSERT INTO dsp_clicks SELECT 1",
    "EXPLAIN SELECT 1",
    "SELECT COUNT(*) AS n FROM dsp_clicks TABLESAMPLE (1 PERCENT)",
    "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a FROM r) SELECT COUNT(*) AS n FROM r",
    "SELECT COUNT(*) AS n FROM dsp_clicks; SELECT 1",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_value_is_a_value(local: Local, payload: str) -> None:
    for text, declared, value in (
        (BY_NAME, {"p": "STRING"}, payload),
        (BY_LIST, {"p": "ARRAY<STRING>"}, [payload, payload]),
    ):
        planned = plan(
            text, Checking(declared, {"p": value}, EVERYTHING, NOW), Privacy(), local.folder
        )
        assert payload not in planned.statement or payload in {"''", "$p1", "%", ":p"}
        assert list(planned.values.values()) == [value]
        assert local.ask(text, {"p": value}, declared=declared) == [(0,)]


@pytest.mark.parametrize("kind", ["LONG", "INTEGER", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_typed_value_takes_nothing_else(kind: str, payload: str) -> None:
    found = check(BY_NAME, Checking({"p": kind}, {"p": payload})).report
    assert "AMC026" in {each.code for each in found.findings}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_literals_and_names_stay_what_they_are(local: Local, payload: str) -> None:
    quoted = payload.replace("'", "''")
    ((count,),) = local.ask(f"SELECT COUNT(*) AS n FROM dsp_clicks WHERE campaign = '{quoted}'")
    assert count == 0
    name = payload.replace("`", "")
    aliased = local.ask(
        f"WITH `{name}` AS (SELECT campaign AS `{name}`, COUNT(*) AS n FROM dsp_clicks GROUP BY 1)"
        f" SELECT x.`{name}`, SUM(n) AS n FROM `{name}` x GROUP BY 1"
        if "\x00" not in name and name != "__"
        else "SELECT campaign, COUNT(*) AS n FROM dsp_clicks GROUP BY 1"
    )
    assert len(aliased) == 24


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_parameters_name_is_never_sql(payload: str) -> None:
    quoted = payload.replace("'", "''")
    text = f"SELECT COUNT(*) AS n FROM dsp_clicks WHERE campaign = CUSTOM_PARAMETER('{quoted}')"
    planned = plan(
        text,
        Checking({payload: "STRING"}, {payload: "x"}, EVERYTHING, NOW),
        Privacy(),
        Path("/nowhere"),
    )
    assert planned.values == {"p1": "x"}


@pytest.mark.parametrize("text", FORBIDDEN)
def test_the_engine_cannot_be_reached_around_amc_sql(text: str) -> None:
    assert check(text, Checking()).refused
    with pytest.raises(Refused):
        plan(text, Checking(window=EVERYTHING, now=NOW), Privacy(), Path("/nowhere"))


def test_a_parameter_without_a_value_is_refused() -> None:
    with pytest.raises(BadValue, match="p has no value"):
        plan(BY_NAME, Checking({"p": "STRING"}, {}, EVERYTHING, NOW), Privacy(), Path("/nowhere"))


def _raw(statement: str, **limits: Any) -> tuple[Plan, Limits]:
    return Plan(statement, []), Limits(**limits)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('/etc/passwd')",
        "select * from read_csv('/proc/self/environ')",
        "select * from glob('/*')",
        "select * from 'https://example.com/x.csv'",
        "from read_parquet('{folder}/../other.parquet')",
    ],
)
def test_the_worker_reads_nothing_but_the_data(
    local: Local, tmp_path: Path, statement: str
) -> None:
    # Even a statement that got past everything before it.
    planned, limits = _raw(statement.replace("{folder}", str(local.folder)))
    with pytest.raises(RunFailed) as failed:
        run(planned, local.folder, tmp_path / "out.csv", limits=limits)
    assert failed.value.kind == "query"
    assert list(tmp_path.iterdir()) == []


def test_a_query_bomb_ends_at_its_limits(tmp_path: Path) -> None:
    planned, limits = _raw("select count(*) from range(10000000000) a, range(1000) b", seconds=2.0)
    with pytest.raises(RunFailed) as failed:
        run(planned, tmp_path, tmp_path / "out.csv", limits=limits)
    assert failed.value.kind == "time"
    greedy, limits = _raw(
        "select list(a.range order by hash(a.range)) as l from range(80000000) a",
        memory_bytes=200_000_000, scratch_bytes=1_000_000, seconds=60.0,
    )  # fmt: skip
    with pytest.raises(RunFailed) as failed:
        run(greedy, tmp_path, tmp_path / "out.csv", limits=limits)
    assert failed.value.kind == "memory"
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_that_nobody_wants_any_more_ends_at_once(tmp_path: Path) -> None:
    planned, limits = _raw("select count(*) from range(10000000000) a, range(1000) b", seconds=90.0)
    begun = time.monotonic()
    with pytest.raises(RunStopped):
        run(
            planned, tmp_path, tmp_path / "out.csv", limits=limits,
            is_stopped=lambda: time.monotonic() - begun > 1,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_run_inherits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "METATRON_SECRET_KEYS", "not-for-you")
    planned, limits = _raw("select getenv('METATRON_SECRET_KEYS') as s")
    try:
        run(planned, tmp_path, tmp_path / "out.csv", limits=limits)
    except RunFailed:
        return
    assert "not-for-you" not in (tmp_path / "out.csv").read_text()
