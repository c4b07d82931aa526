"""Executions as Amazon shows and lists them."""

import datetime as dt
import json
from typing import Any

from metatron.apps.amc.twin.desk import Desk
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.store import Row
from metatron.apps.amc.twin.windows import stamp

WITHOUT_RESULT = {"FAILED", "CANCELLED", "REJECTED"}


def shown(row: Row, *, with_workflow: bool = False) -> dict[str, Any]:
    """Return an execution in Amazon's words."""
    asked = json.loads(row["request"])
    state = "AVAILABLE" if row["status"] == "SUCCEEDED" else "PENDING"
    if row["status"] in WITHOUT_RESULT:
        state = "UNAVAILABLE"
    told: dict[str, Any] = {
        "workflowExecutionId": row["execution_id"],
        "workflowId": row["workflow_id"],
        "status": row["status"],
        "statusReason": row["status_reason"],
        "createTime": stamp(row["created_at"]),
        "lastUpdatedTime": stamp(row["updated_at"]),
        "expireTime": stamp(row["expires_at"]),
        "timeWindowType": asked["timeWindowType"],
        "timeWindowStart": f"{row['window_start']}Z",
        "timeWindowEnd": f"{row['window_end']}Z",
        "timeWindowStartOriginal": asked["timeWindowStart"] or row["window_start"],
        "timeWindowEndOriginal": asked["timeWindowEnd"] or row["window_end"],
        "timeWindowTimeZone": asked["timeWindowTimeZone"],
        "parameterValues": asked["parameterValues"],
        "requireSyntheticData": asked["requireSyntheticData"],
        "disableAggregationControls": asked["disableAggregationControls"],
        "dryRun": asked["dryRun"],
        "executionCategory": "AD_HOC",
        "outputChannels": [{"channel": {"type": "DOWNLOAD"}, "status": state}],
    }
    told["outputColumns"] = json.loads(row["output_columns"] or "null")
    # Ours alone: Amazon does not tell.
    told["localRowsScanned"] = row["rows_scanned"]
    told["workflow"] = asked["workflow"] if with_workflow else None
    return {name: value for name, value in told.items() if value is not None}


def listed(
    desk: Desk,
    instance_id: str,
    *,
    workflow_id: str | None,
    since: str | None,
    until: str | None,
    cancelled: bool,
    ascending: bool,
) -> list[Row]:
    """Return the executions of a workflow, or those made since a time.

    Raises:
        Refusal: 400 without either, or for a bad time.
    """
    if workflow_id is None and since is None:
        raise Refusal(400, "workflowId or minCreationTime is required.")
    found = desk.store.rows(
        "select * from execution where instance_id = ? and (? is null or workflow_id = ?)"
        " and created_at >= ? and created_at <= ? and (? or status <> 'CANCELLED')"
        " order by created_at, number",
        instance_id, workflow_id, workflow_id, _seconds(since, 0.0), _seconds(until, 1e12),
        cancelled,
    )  # fmt: skip
    return found if ascending else found[::-1]


def _seconds(text: str | None, absent: float) -> float:
    if text is None:
        return absent
    try:
        at = dt.datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refusal(400, "minCreationTime and maxCreationTime must be times.") from None
