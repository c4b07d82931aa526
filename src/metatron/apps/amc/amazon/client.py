"""AMC administration and reporting, in Amazon's terms (workflow management service, v3.0)."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metatron.apps.amc.amazon import answers
from metatron.apps.amc.amazon.downloads import Downloaded, download
from metatron.apps.amc.amazon.drafts import ExecutionDraft, ScheduleDraft, WorkflowDraft
from metatron.apps.amc.amazon.errors import (
    AmazonRefused,
    AnswerUnreadable,
    LostAnswer,
    NotAtAmazon,
)
from metatron.apps.amc.amazon.identifiers import (
    AmcAccountId,
    AmcExecutionId,
    AmcInstanceId,
    AmcScheduleId,
    AmcWorkflowId,
)
from metatron.apps.amc.amazon.wire import AccountHeaders, Wire

MOST_PAGES = 1_000
_ID = re.compile(r"[A-Za-z0-9._-]{1,256}", re.ASCII)


class NoAmazonId(ValueError):
    """What was given is no id of Amazon's: it would lead to another address."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The instance that calls are about, and the account that owns it."""

    account_id: AmcAccountId
    marketplace_id: str
    instance_id: AmcInstanceId


class AmcClient:
    """Calls about accounts and, when it has a scope, about one instance.

    Every method raises what `Wire.call` raises.
    """

    def __init__(self, wire: Wire, scope: Scope | None = None) -> None:
        """Prepare; nothing is sent."""
        self._wire = wire
        self._scope = scope

    @property
    def wire(self) -> Wire:
        """The wire below: clients of Amazon's other APIs share it."""
        return self._wire

    async def accounts(self) -> tuple[answers.Account, ...]:
        """Return the AMC accounts of whoever signed in."""
        told = await self._wire.call("GET", "/amc/accounts")
        return tuple(answers.account(each) for each in told.get("amcAccounts") or ())

    async def instances(self, account: answers.Account) -> tuple[answers.Instance, ...]:
        """Return all instances of an account, also those that cannot be used yet."""
        headers = AccountHeaders(account.account_id, account.marketplace_id)
        found = await self._pages("/amc/instances", "instances", {}, headers)
        return tuple(answers.instance(each) for each in found)

    async def data_sources(self) -> tuple[answers.DataSource, ...]:
        """Return the instance's tables."""
        found = await self._pages(f"{self._at}/dataSources", "dataSources", {}, self._account)
        return tuple(answers.data_source(each) for each in found)

    async def workflow(self, workflow_id: AmcWorkflowId) -> answers.Workflow:
        """Return a workflow that is saved at Amazon."""
        path = f"{self._at}/workflows/{_segment(workflow_id)}"
        return answers.workflow(await self._wire.call("GET", path, account=self._account))

    async def create_workflow(self, workflow_id: AmcWorkflowId, draft: WorkflowDraft) -> None:
        """Save a workflow at Amazon under an id of ours.

        Raises:
            LostAnswer: it may be saved; `workflow` tells.
        """
        _segment(workflow_id)
        await self._wire.call(
            "POST", f"{self._at}/workflows", account=self._account,
            body=draft.document(workflow_id), repeatable=False,
        )  # fmt: skip

    async def put_workflow(self, workflow_id: AmcWorkflowId, draft: WorkflowDraft) -> None:
        """Replace a workflow at Amazon."""
        path = f"{self._at}/workflows/{_segment(workflow_id)}"
        body = draft.document(workflow_id)
        await self._wire.call("PUT", path, account=self._account, body=body)

    async def delete_workflow(self, workflow_id: AmcWorkflowId) -> None:
        """Delete a workflow at Amazon; it refuses while a schedule of its own uses it."""
        path = f"{self._at}/workflows/{_segment(workflow_id)}"
        await self._wire.call("DELETE", path, account=self._account)

    async def put_schedule(self, draft: ScheduleDraft) -> None:
        """Replace a schedule of Amazon's own, or make it.

        Raises:
            LostAnswer: it may have been made; the same again does no harm.
        """
        path = f"{self._at}/schedules"
        told = draft.document()
        try:
            at = f"{path}/{_segment(draft.schedule_id)}"
            await self._wire.call("PUT", at, account=self._account, body=told)
        except NotAtAmazon:
            await self._wire.call("POST", path, account=self._account, body=told, repeatable=False)

    async def delete_schedule(self, schedule_id: AmcScheduleId) -> None:
        """Delete a schedule of Amazon's own."""
        path = f"{self._at}/schedules/{_segment(schedule_id)}"
        await self._wire.call("DELETE", path, account=self._account)

    async def create_execution(self, draft: ExecutionDraft) -> answers.Execution:
        """Ask for a run; never sent twice, for the API knows no idempotency key.

        Raises:
            LostAnswer: the run may be there; look among `executions` before asking again.
        """
        told = await self._wire.call(
            "POST", f"{self._at}/workflowExecutions", account=self._account,
            body=draft.document(), repeatable=False,
        )  # fmt: skip
        try:
            return answers.execution(told)
        except AnswerUnreadable as error:
            raise LostAnswer(str(error)) from None

    async def executions(
        self,
        since: dt.datetime,
        *,
        include_cancelled: bool = True,
        include_workflow: bool = False,
    ) -> tuple[answers.Execution, ...]:
        """Return the runs made since an instant, oldest first, with their SQL when asked for."""
        assert since.tzinfo is not None, "an instant has a zone"
        query = {
            "minCreationTime": f"{since.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}",
            "includeCancelled": _yes(include_cancelled),
            "includeWorkflow": _yes(include_workflow),
            "sortAscending": "true",
        }
        found = await self._pages(
            f"{self._at}/workflowExecutions", "executions", query, self._account
        )
        return tuple(answers.execution(each) for each in found)

    async def execution(self, execution_id: AmcExecutionId) -> answers.Execution:
        """Return a run."""
        path = f"{self._at}/workflowExecutions/{_segment(execution_id)}"
        return answers.execution(await self._wire.call("GET", path, account=self._account))

    async def cancel(self, execution_id: AmcExecutionId) -> answers.Execution:
        """Cancel a run and return it as it is then.

        Amazon's texts differ on how: its code changes the status, its guide deletes.

        Raises:
            AmazonRefused: it has ended already.
        """
        path = f"{self._at}/workflowExecutions/{_segment(execution_id)}"
        body = {"status": "CANCELLED"}
        try:
            await self._wire.call("PUT", path, account=self._account, body=body)
        except AmazonRefused as error:
            if error.status != 405:
                raise
            await self._wire.call("DELETE", path, account=self._account)
        return await self.execution(execution_id)

    async def download_urls(self, execution_id: AmcExecutionId) -> answers.DownloadUrls:
        """Return links to a result's files, good for ten minutes at most."""
        path = f"{self._at}/workflowExecutions/{_segment(execution_id)}/downloadUrls"
        return answers.download_urls(await self._wire.call("GET", path, account=self._account))

    async def download(self, url: str, to: Path, *, most_bytes: int | None = None) -> Downloaded:
        """Write the file behind a link to `to`; see `downloads.download`."""
        return await download(self._wire.http, url, to, most_bytes=most_bytes)

    async def _pages(
        self, path: str, name: str, query: Mapping[str, str], account: AccountHeaders
    ) -> list[Any]:
        found: list[Any] = []
        token: str | None = None
        for _ in range(MOST_PAGES):
            asked = {**query, "limit": "100"} | ({"nextToken": token} if token else {})
            told = await self._wire.call("GET", path, account=account, query=asked)
            found += told.get(name) or ()
            following = told.get("nextToken")
            if not following or following == token:
                return found
            token = str(following)
        raise AnswerUnreadable(f"Amazon's list of {name} does not end")

    @property
    def _at(self) -> str:
        assert self._scope is not None, "this client is about no instance"
        return f"/amc/reporting/{_segment(self._scope.instance_id)}"

    @property
    def _account(self) -> AccountHeaders:
        assert self._scope is not None, "this client is about no instance"
        return AccountHeaders(self._scope.account_id, self._scope.marketplace_id)


def _segment(name: str) -> str:
    if not _ID.fullmatch(name) or set(name) == {"."}:
        raise NoAmazonId(f"{name[:60]!r} is no id of Amazon's")
    return name


def _yes(truth: bool) -> str:
    return "true" if truth else "false"
