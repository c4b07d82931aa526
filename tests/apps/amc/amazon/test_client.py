"""The wire client against the local AMC: every operation, every kind of answer."""

import datetime as dt
from typing import Any

import pytest

from metatron.apps.amc.amazon import errors
from metatron.apps.amc.amazon.answers import execution
from metatron.apps.amc.amazon.client import AmcClient, NoAmazonId
from metatron.apps.amc.amazon.drafts import ExecutionDraft, InputParameter, WorkflowDraft
from metatron.apps.amc.amazon.identifiers import AmcExecutionId, AmcWorkflowId
from metatron.apps.amc.amazon.one_line import NotOneLine, one_line
from metatron.apps.amc.amazon.wire import retry_after_seconds
from metatron.kernel.clock import utc_now
from tests.apps.amc.amazon.conftest import Caller

SQL = """
-- what is it for
SELECT campaign, COUNT(*) AS n
FROM dsp_impressions  /* all
of them */
GROUP BY campaign
"""
START = dt.datetime.fromisoformat("2026-09-01")
END = dt.datetime.fromisoformat("2026-09-02")
DRAFT = ExecutionDraft(WorkflowDraft(SQL), START, END)


async def test_accounts_and_their_instances(caller: Caller) -> None:
    client = caller.client()
    accounts = await client.accounts()
    assert {each.account_id for each in accounts} == {"ENTITY1LOCALUS", "ENTITY2LOCALDE"}
    found = [each.instance_id for account in accounts for each in await client.instances(account)]
    assert sorted(found) == ["amclocal0001", "amclocal0002", "amclocal0003"]


async def test_data_sources(caller: Caller) -> None:
    tables = {each.name: each for each in await caller.client().data_sources()}
    assert {column.name for column in tables["dsp_impressions"].columns} >= {"campaign", "user_id"}


async def test_a_workflow_lives_and_goes(caller: Caller) -> None:
    client, name = caller.client(), AmcWorkflowId("reach.v1")
    draft = WorkflowDraft(SQL, (InputParameter("asins", is_list=True), InputParameter("day")))
    await client.create_workflow(name, draft)
    with pytest.raises(errors.AmazonRefused, match="already exists"):
        await client.create_workflow(name, draft)
    assert "\n" not in (await client.workflow(name)).sql
    await client.put_workflow(name, WorkflowDraft("SELECT 1"))
    assert (await client.workflow(name)).sql == "SELECT 1"
    await client.delete_workflow(name)
    with pytest.raises(errors.NotAtAmazon, match="does not exist"):
        await client.workflow(name)


async def test_an_execution_is_listed_and_cancelled(caller: Caller) -> None:
    caller.amazon.chaos({"fault": "slow_run", "value": 5.0})
    client, began = caller.client(), utc_now() - dt.timedelta(seconds=5)
    made = await client.create_execution(DRAFT)
    assert (made.window_start, made.window_end) == (
        START.replace(tzinfo=dt.UTC), END.replace(tzinfo=dt.UTC),
    )  # fmt: skip
    listed = await client.executions(began, include_workflow=True)
    ours = next(each for each in listed if each.execution_id == made.execution_id)
    assert ours.sql == one_line(SQL)
    cancelled = await client.cancel(made.execution_id)
    assert cancelled.is_cancelled
    hidden = await client.executions(began, include_cancelled=False)
    assert made.execution_id not in {each.execution_id for each in hidden}
    with pytest.raises(errors.NotAtAmazon):
        await client.execution(AmcExecutionId("0-0"))


async def test_long_lists_are_followed_to_their_end(caller: Caller) -> None:
    began = utc_now() - dt.timedelta(seconds=5)
    for number in range(205):
        caller.amazon.change(
            "insert into execution (execution_id, instance_id, workflow_id, status, request,"
            " window_start, window_end, created_at, updated_at, expires_at)"
            " values (?, 'amclocal0001', 'w', 'CANCELLED', ?, '', '', ?, 0, 0)",
            f"old-{number}",
            '{"timeWindowType": "ALL", "timeWindowStart": null, "timeWindowEnd": null,'
            ' "timeWindowTimeZone": "UTC", "parameterValues": {}, "requireSyntheticData": false,'
            ' "disableAggregationControls": false, "dryRun": false, "workflow": {}}',
            began.timestamp() + 1 + number,
        )
    caller.sent.clear()
    found = await caller.client().executions(began)
    assert [each.execution_id for each in found if each.execution_id.startswith("old-")] == [
        f"old-{number}" for number in range(205)
    ]
    assert len(caller.sent) == 3
    caller.amazon.change("delete from execution where execution_id like 'old-%'")


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a b", "", "a?b=c", "a%2Fb", "é", "x" * 300])
async def test_what_is_no_id_is_never_sent(caller: Caller, name: str) -> None:
    with pytest.raises(NoAmazonId):
        await caller.client().workflow(AmcWorkflowId(name))
    assert caller.sent == []


async def test_amazons_words_of_a_403_are_kept(caller: Caller) -> None:
    caller.amazon.chaos({"fault": "forbidden_instance"})
    with pytest.raises(errors.AmazonForbade) as refused:
        await caller.client().create_execution(DRAFT)
    assert refused.value.details == "The AMC terms were not accepted."


@pytest.mark.parametrize(
    ("status", "kind"),
    [("REJECTED", "has_failed"), ("FAILED", "has_failed"), ("SUCCEEDED", "has_succeeded"),
     ("CANCELLED", "is_cancelled"), ("EXPIRED_SOMEHOW", "is_unknown")],
)  # fmt: skip
def test_statuses(status: str, kind: str) -> None:
    found = execution({"workflowExecutionId": "x", "status": status})
    kinds = ("has_failed", "has_succeeded", "is_cancelled", "is_unknown")
    assert [name for name in kinds if getattr(found, name)] == [kind]


@pytest.mark.parametrize("told", [{}, {"status": "PENDING"}, {"workflowExecutionId": 5}])
def test_an_answer_that_is_none(told: dict[str, Any]) -> None:
    with pytest.raises(errors.AnswerUnreadable):
        execution(told)


def test_one_line_means_the_same() -> None:
    assert one_line("select 'it''s -- no remark' as a -- one\n,b\t from t") == (
        "select 'it''s -- no remark' as a   ,b from t"
    )
    assert one_line("a /* b\n c */ d") == "a /* b c */ d"
    for text in ("select 'a\nb'", 'select "a\tb"', "select `a\nb`"):
        with pytest.raises(NotOneLine):
            one_line(text)


def test_a_window_is_written_without_zone() -> None:
    told = ExecutionDraft(AmcWorkflowId("w"), START, END, "America/New_York").document()
    assert told["timeWindowStart"] == "2026-09-01T00:00:00"
    assert told["timeWindowTimeZone"] == "America/New_York"
    assert told["workflowId"] == "w"
    assert "workflow" not in told


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, 1.0), ("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", 1.0), ("999999", 3_600.0),
     ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)  # fmt: skip
def test_retry_after(header: str | None, seconds: float) -> None:
    assert retry_after_seconds(header) == seconds


def test_a_client_says_nothing_secret(caller: Caller) -> None:
    shown = f"{caller.holder.tokens!r} {AmcClient(caller.client()._wire)!r}"
    assert caller.holder.tokens.access not in shown
    assert caller.holder.tokens.refresh not in shown
