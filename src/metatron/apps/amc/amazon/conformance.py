"""Asks an AMC what Amazon's texts leave open or say in two ways, and notes its answers.

Queries run dry, workflows have names of their own and are deleted again.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from metatron.apps.amc.amazon.client import Scope
from metatron.apps.amc.amazon.errors import AmazonError, AmazonRefused, LostAnswer
from metatron.apps.amc.amazon.wire import AccountHeaders, Wire

LENGTHS = (1_024, 1_025, 10_000, 51_200, 51_201, 99_000)
"""Of the limits that are told of: 1,024 characters, 50 KB, none."""
LOOKS = 60
_QUERY = "SELECT COUNT(*) AS n FROM dsp_impressions"
_DAY = {
    "timeWindowType": "EXPLICIT",
    "timeWindowStart": "2026-09-01T00:00:00",
    "timeWindowEnd": "2026-09-02T00:00:00",
}
_UNFINISHED = frozenset({"PENDING", "RUNNING"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What an AMC answered to a question; `said` holds its own words, where it refused."""

    name: str
    question: str
    answer: str
    said: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as one row of a report."""
        return asdict(self)


class Asker:
    """Asks about one instance."""

    def __init__(self, wire: Wire, scope: Scope, *, look_seconds: float) -> None:
        """Prepare; nothing is sent."""
        self._wire = wire
        self._account = AccountHeaders(scope.account_id, scope.marketplace_id)
        self._at = f"/amc/reporting/{scope.instance_id}"
        self._look_seconds = look_seconds

    async def replies(self) -> list[Reply]:
        """Ask everything, one question after the other."""
        found = []
        for name, (question, ask) in self._questions().items():
            try:
                answer, said = await ask()
            except AmazonError as error:
                answer, said = "not known", str(error)
            found.append(Reply(name, question, answer, said))
        return found

    def _questions(self) -> dict[str, tuple[str, Callable[[], Awaitable[tuple[str, str]]]]]:
        return {
            "ad_hoc_sql_length": (
                "How long may the SQL of a run without a workflow be?", self._ad_hoc_length,
            ),
            "workflow_sql_length": (
                "How long may the SQL of a workflow be?", self._workflow_length,
            ),
            "user_count_column": (
                "Does a workflow take distinctUserCountColumn?", self._user_count_column,
            ),
            "cancel_by_put": (
                "Does PUT with status CANCELLED cancel a run?", lambda: self._cancel("PUT"),
            ),
            "cancel_by_delete": ("Does DELETE cancel a run?", lambda: self._cancel("DELETE")),
            "undeclared_parameter": (
                "When is an undeclared CUSTOM_PARAMETER refused?", self._undeclared,
            ),
            "window_with_z": ("Is a time window that ends in Z taken?", self._zulu),
            "limit": ("Is LIMIT taken?", lambda: self._dry(f"{_QUERY} LIMIT 10")),
            "order_of_output": (
                "Is ORDER BY outside of a window taken?", lambda: self._dry(f"{_QUERY} ORDER BY n"),
            ),
        }  # fmt: skip

    async def _ad_hoc_length(self) -> tuple[str, str]:
        async def send(sql: str) -> None:
            await self._run({"workflow": {"sqlQuery": sql}, "dryRun": True})

        return await self._longest(send)

    async def _workflow_length(self) -> tuple[str, str]:
        async def send(sql: str) -> None:
            await self._delete(await self._save({"sqlQuery": sql}))

        return await self._longest(send)

    async def _longest(self, send: Callable[[str], Awaitable[None]]) -> tuple[str, str]:
        taken = 0
        for length in LENGTHS:
            try:
                await send(_of_length(length))
            except AmazonRefused as error:
                return f"{taken:,} is taken, {length:,} is not", error.details
            taken = length
        return f"{taken:,} is taken", ""

    async def _user_count_column(self) -> tuple[str, str]:
        try:
            await self._delete(
                await self._save({"sqlQuery": _QUERY, "distinctUserCountColumn": "users"})
            )
        except AmazonRefused as error:
            return "no", error.details
        return "yes", ""

    async def _cancel(self, method: str) -> tuple[str, str]:
        execution_id = await self._run({"workflow": {"sqlQuery": _QUERY}})
        body = {"status": "CANCELLED"} if method == "PUT" else None
        path = f"{self._at}/workflowExecutions/{execution_id}"
        try:
            await self._wire.call(method, path, account=self._account, body=body)
        except AmazonRefused as error:
            return "no", f"{error.status}: {error.details}"
        status, _ = await self._ended(execution_id)
        return ("yes" if status == "CANCELLED" else f"taken, and then {status}"), ""

    async def _undeclared(self) -> tuple[str, str]:
        sql = f"{_QUERY} WHERE campaign = CUSTOM_PARAMETER('not_declared')"
        try:
            workflow_id = await self._save({"sqlQuery": sql})
        except AmazonRefused as error:
            return "when the workflow is saved", error.details
        try:
            status, reason = await self._ended(await self._run({"workflowId": workflow_id}))
        except AmazonRefused as error:
            return "when it is run", error.details
        finally:
            await self._delete(workflow_id)
        return ("never" if status == "SUCCEEDED" else "by the run"), reason

    async def _zulu(self) -> tuple[str, str]:
        window = {name: f"{each}Z" if "Type" not in name else each for name, each in _DAY.items()}
        try:
            await self._run({"workflow": {"sqlQuery": _QUERY}, "dryRun": True, **window})
        except AmazonRefused as error:
            return "no", error.details
        return "yes", ""

    async def _dry(self, sql: str) -> tuple[str, str]:
        try:
            ended = await self._ended(
                await self._run({"workflow": {"sqlQuery": sql}, "dryRun": True})
            )
        except AmazonRefused as error:
            return "no", error.details
        return ("yes" if ended[0] == "SUCCEEDED" else "no"), ended[1]

    async def _save(self, body: dict[str, Any]) -> str:
        workflow_id = f"conformance-{uuid.uuid4()}"
        path = f"{self._at}/workflows"
        asked = {"workflowId": workflow_id, **body}
        try:
            await self._wire.call(
                "POST", path, account=self._account, body=asked, repeatable=False
            )
        except LostAnswer:
            # It may be there: what follows finds out.
            return workflow_id
        return workflow_id

    async def _delete(self, workflow_id: str) -> None:
        path = f"{self._at}/workflows/{workflow_id}"
        await self._wire.call("DELETE", path, account=self._account)

    async def _run(self, body: dict[str, Any]) -> str:
        path = f"{self._at}/workflowExecutions"
        told = await self._wire.call(
            "POST", path, account=self._account, body={**_DAY, **body}, repeatable=False
        )
        return str(told["workflowExecutionId"])

    async def _ended(self, execution_id: str) -> tuple[str, str]:
        path = f"{self._at}/workflowExecutions/{execution_id}"
        for _ in range(LOOKS):
            told = await self._wire.call("GET", path, account=self._account)
            if told.get("status") not in _UNFINISHED:
                return str(told.get("status")), str(told.get("statusReason") or "")
            await asyncio.sleep(self._look_seconds)
        return "nothing yet", ""


def _of_length(characters: int) -> str:
    """Return a query of exactly so many characters; a text in it is as long as needed."""
    start, end = f"{_QUERY} WHERE campaign <> '", "'"
    return f"{start}{'x' * (characters - len(start) - len(end))}{end}"
