"""The questions of `metatron amc conformance`, with the local AMC on either side of each."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import orjson
import pytest
from typer.testing import CliRunner

from metatron.apps.amc.amazon.client import Scope
from metatron.apps.amc.amazon.conformance import Asker
from metatron.apps.amc.amazon.identifiers import AmcAccountId, AmcInstanceId
from metatron.apps.amc.amazon.pacing import TokenBucket
from metatron.apps.amc.amazon.wire import Wire
from metatron.apps.amc.commands import app as command
from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.twin.app import at_work
from metatron.apps.amc.twin.engine import Job, Result, RunFailed
from metatron.apps.amc.twin.settings import TwinSettings, Unproven
from metatron.apps.amc.twin.tokens import digest
from tests.apps.amc.twin.conftest import BACK, BASE, Visitor, composed
from tests.apps.amc.twin.test_advertising import Held
from tests.support.amazon import CLIENT_ID, SECRET, LocalAmc, local_amc

SCOPE = Scope(AmcAccountId("ENTITY1LOCALUS"), "ATVPDKIKX0DER", AmcInstanceId("amclocal0001"))


OPEN = {
    "ad_hoc_sql_length": "99,000 is taken",
    "workflow_sql_length": "99,000 is taken",
    "user_count_column": "yes",
    "cancel_by_put": "yes",
    "cancel_by_delete": "yes",
    "undeclared_parameter": "by the run",
    "window_with_z": "yes",
    "limit": "yes",
    "order_of_output": "no",
}
SMALL = {
    "workflow_id_with_dots": "yes", "workflow_id_with_blank": "no, 400",
    "workflow_id_of_257": "no, 400", "workflow_sql_of_two_lines": "no, 400",
    "workflow_parameter_of_array": "yes", "workflow_parameters_101": "no, 400",
    "workflow_separator_of_two_signs": "no, 400", "run_window_all": "yes",
    "run_window_unknown": "no, 400", "run_window_of_a_date": "no, 400",
    "run_timeout_of_899": "no, 400", "run_no_controls_over_people": "no, 400",
    "run_both_workflow_and_id": "no, 400", "sql_select_star": "no", "sql_right_join": "no",
    "sql_very_high_in_output": "no", "sql_literal_on_high": "no",
    "sql_literal_on_internal": "yes", "sql_extended_window": "yes", "sql_unknown_function": "no",
    "read_runs_without_bound": "no, 400", "read_page_of_101": "no, 400",
    "read_data_source_unknown": "no, 404", "read_schedules": "yes",
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own pace, whose tests are elsewhere, holds nothing up."""
    monkeypatch.setattr("metatron.apps.amc.amazon.pacing.FULL_PER_SECOND", 1_000.0)


class Checks:
    """An engine that refuses what the check refuses, and runs nothing."""

    def run(self, job: Job) -> Result:
        checked = check(job.sql, Checking(job.declared))
        if checked.refused:
            raise RunFailed(next(iter(checked.report.findings)).message)
        return Result((), (), ())

    def sources(self, sql: str) -> frozenset[str]:
        return frozenset()


@asynccontextmanager
async def asked(folder: Path, unproven: Unproven) -> AsyncIterator[dict[str, str]]:
    """All answers of a local AMC that is set so."""
    settings = TwinSettings(
        folder, BASE, chaos_key="key", link_secret="link", client_id="cid",
        client_secret="secret", redirect_uris=(BACK,), unproven=unproven,
    )  # fmt: skip
    app = composed()
    async with (
        at_work(app, settings, Checks()),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client,
    ):
        visitor = Visitor(client)
        await visitor.sign_in()
        await visitor.chaos({"fault": "slow_run", "value": 0.2})
        wire = Wire(client, BASE, "cid", Held(visitor), TokenBucket())
        replies = await Asker(wire, SCOPE, look_seconds=0.05).replies()
        left = await visitor.call("GET", "/amc/reporting/amclocal0001/workflows")
        assert left.json()["workflows"] == []
        yield {each.name: each.answer for each in replies}


async def test_on_one_side(tmp_path: Path) -> None:
    async with asked(tmp_path, Unproven()) as told:
        assert len(told) >= 60
        assert "not known" not in told.values()
        small = {name: each for name, each in told.items() if name in SMALL}
        assert small == SMALL
        assert {name: told[name] for name in OPEN} == OPEN


async def test_on_the_other(tmp_path: Path) -> None:
    strict = Unproven(
        most_ad_hoc_characters=1_024,
        takes_user_count_column=False,
        cancelled_by=frozenset({"DELETE"}),
        refuses_undeclared_parameters=True,
    )
    async with asked(tmp_path, strict) as told:
        assert told["ad_hoc_sql_length"] == "1,024 is taken, 1,025 is not"
        assert told["user_count_column"] == "no"
        assert (told["cancel_by_put"], told["cancel_by_delete"]) == ("no", "yes")
        assert told["undeclared_parameter"] == "when the workflow is saved"


@pytest.fixture(scope="module")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAmc]:
    with local_amc(tmp_path_factory.mktemp("local-amc")) as running:
        yield running


def test_the_command_prints_a_report(
    amazon: LocalAmc, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refresh = "a-refresh-token-of-this-test"
    grant = "insert into grant_ values (?, ?, 'amzn1.account.ANNA', null)"
    amazon.change(grant, digest(refresh), CLIENT_ID)
    monkeypatch.setattr("metatron.apps.amc.conforming.LOOK_SECONDS", 0.2)
    monkeypatch.setenv("AMC_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("AMC_REFRESH_TOKEN", refresh)
    words = ["conformance", "--instance", "amclocal0001", "--account", "ENTITY1LOCALUS",
             "--client-id", CLIENT_ID, "--base-url", amazon.url]  # fmt: skip
    said = CliRunner().invoke(command, [*words, "--json"])
    assert said.exit_code == 0, said.output
    told = {each["name"]: each for each in orjson.loads(said.stdout)["replies"]}
    assert told["undeclared_parameter"]["answer"] == "by the run"
    assert "not_declared" in told["undeclared_parameter"]["said"]
    assert told["order_of_output"]["answer"] == "no"
    assert refresh not in said.output
    report = tmp_path / "report.json"
    report.write_text(said.stdout)
    same = CliRunner().invoke(command, [*words, "--against", str(report)])
    assert (same.exit_code, same.stdout) == (0, "no answer differs\n")
    report.write_text(said.stdout.replace('"by the run"', '"never"'))
    other = CliRunner().invoke(command, [*words, "--against", str(report)])
    assert (other.exit_code, other.stdout.count("\n")) == (1, 1)
    assert "undeclared_parameter: by the run here, never there" in other.stdout
    report.write_text("[]")
    assert CliRunner().invoke(command, [*words, "--against", str(report)]).exit_code == 2
    monkeypatch.delenv("AMC_REFRESH_TOKEN")
    said = CliRunner().invoke(command, words)
    assert said.exit_code == 2
    assert "AMC_REFRESH_TOKEN" in said.output


def test_sides_are_set_by_configuration() -> None:
    assert Unproven.read("{}") == Unproven()
    told = Unproven.read('{"most_ad_hoc_characters": 1024, "cancelled_by": ["PUT"]}')
    assert told == Unproven(most_ad_hoc_characters=1024, cancelled_by=frozenset({"PUT"}))
    for wrong, hint in (
        ("nonsense", "the whole"), ('{"unknown": 1}', "unknown"),
        ('{"takes_user_count_column": "perhaps"}', "takes_user_count_column"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=hint):
            Unproven.read(wrong)
