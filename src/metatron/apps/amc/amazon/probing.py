"""Small calls of the reporting API, made as the questions of conformance need them."""

import asyncio
import uuid
from contextlib import suppress
from typing import Any

from metatron.apps.amc.amazon.client import Scope
from metatron.apps.amc.amazon.errors import LostAnswer
from metatron.apps.amc.amazon.wire import AccountHeaders, Wire

LOOKS = 60
QUERY = "SELECT COUNT(*) AS n FROM dsp_impressions"
DAY = {
    "timeWindowType": "EXPLICIT",
    "timeWindowStart": "2026-09-01T00:00:00",
    "timeWindowEnd": "2026-09-02T00:00:00",
}
_UNFINISHED = frozenset({"PENDING", "RUNNING"})


class Probe:
    """Calls about one instance; every method raises what `Wire.call` raises."""

    def __init__(self, wire: Wire, scope: Scope, *, look_seconds: float) -> None:
        """Prepare; nothing is sent."""
        self._wire = wire
        self._account = AccountHeaders(scope.account_id, scope.marketplace_id)
        self._at = f"/amc/reporting/{scope.instance_id}"
        self._look_seconds = look_seconds

    async def save(self, body: dict[str, Any]) -> str:
        """Save a workflow under a name of its own or the body's, which is returned."""
        path = f"{self._at}/workflows"
        asked = {"workflowId": f"conformance-{uuid.uuid4()}", **body}
        # After a lost answer it may be there: what follows finds out.
        with suppress(LostAnswer):
            await self._wire.call("POST", path, account=self._account, body=asked, repeatable=False)
        return str(asked["workflowId"])

    async def read(self, path: str, query: dict[str, str]) -> None:
        """Read what stands at a path of the instance."""
        await self._wire.call("GET", f"{self._at}{path}", account=self._account, query=query)

    async def delete(self, workflow_id: str) -> None:
        """Delete a workflow."""
        path = f"{self._at}/workflows/{workflow_id}"
        await self._wire.call("DELETE", path, account=self._account)

    async def run(self, body: dict[str, Any]) -> str:
        """Ask for a run of one day; returns its id."""
        path = f"{self._at}/workflowExecutions"
        told = await self._wire.call(
            "POST", path, account=self._account, body={**DAY, **body}, repeatable=False
        )
        return str(told["workflowExecutionId"])

    async def ended(self, execution_id: str) -> tuple[str, str]:
        """Wait for a run's end; returns its status and the reason of it."""
        path = f"{self._at}/workflowExecutions/{execution_id}"
        for _ in range(LOOKS):
            told = await self._wire.call("GET", path, account=self._account)
            if told.get("status") not in _UNFINISHED:
                return str(told.get("status")), str(told.get("statusReason") or "")
            await asyncio.sleep(self._look_seconds)
        return "nothing yet", ""

    async def cancel(self, method: str, execution_id: str) -> None:
        """Cancel a run, by PUT or by DELETE."""
        body = {"status": "CANCELLED"} if method == "PUT" else None
        path = f"{self._at}/workflowExecutions/{execution_id}"
        await self._wire.call(method, path, account=self._account, body=body)


def of_length(characters: int) -> str:
    """Return a query of exactly so many characters; a text in it is as long as needed."""
    start, end = f"{QUERY} WHERE campaign <> '", "'"
    return f"{start}{'x' * (characters - len(start) - len(end))}{end}"
