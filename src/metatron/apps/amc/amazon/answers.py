"""Amazon's answers as values. Unknown words are kept as they came, never refused."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metatron.apps.amc.amazon.errors import AnswerUnreadable
from metatron.apps.amc.amazon.identifiers import (
    AmcAccountId,
    AmcExecutionId,
    AmcInstanceId,
    AmcWorkflowId,
)

UNFINISHED = frozenset({"PENDING", "RUNNING"})
FAILED = frozenset({"FAILED", "REJECTED"})


@dataclass(frozen=True, slots=True)
class Account:
    """An AMC account in a marketplace."""

    account_id: AmcAccountId
    name: str
    marketplace_id: str


@dataclass(frozen=True, slots=True)
class Instance:
    """An AMC instance; it can be used once `status` is COMPLETED.

    `first_day` and `last_day` are the days it has data of, both included, where that is told.
    """

    instance_id: AmcInstanceId
    name: str
    status: str
    advertiser_types: tuple[str, ...]
    entities: tuple[str, ...]
    first_day: dt.date | None = None
    last_day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a data source; Amazon names neither thresholds nor units."""

    name: str
    data_type: str
    column_type: str
    description: str


@dataclass(frozen=True, slots=True)
class DataSource:
    """A table of an instance."""

    name: str
    description: str
    columns: tuple[Column, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow as Amazon keeps it; `document` is the whole of it."""

    workflow_id: AmcWorkflowId
    sql: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of a result."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Execution:
    """A run at Amazon. Times are aware; the window is in UTC.

    `sql` is there only when the list was asked to include workflows.
    """

    execution_id: AmcExecutionId
    workflow_id: AmcWorkflowId
    status: str
    status_reason: str | None
    created_at: dt.datetime | None
    updated_at: dt.datetime | None
    expires_at: dt.datetime | None
    window_start: dt.datetime | None
    window_end: dt.datetime | None
    output_columns: tuple[OutputColumn, ...] | None
    sql: str | None = None
    rows_scanned: int | None = None
    """Only the local AMC tells."""

    @property
    def has_succeeded(self) -> bool:
        """Whether there is a result to fetch."""
        return self.status == "SUCCEEDED"

    @property
    def has_failed(self) -> bool:
        """Whether it ended without a result; REJECTED counts as failed."""
        return self.status in FAILED

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody cancelled it."""
        return self.status == "CANCELLED"

    @property
    def is_unknown(self) -> bool:
        """Whether the status is a word we do not know: not finished, and worth a warning."""
        known = self.has_succeeded or self.has_failed or self.is_cancelled
        return not known and self.status not in UNFINISHED


@dataclass(frozen=True, slots=True)
class DownloadUrls:
    """Links to a result's files, good for minutes; they are secrets and have no repr."""

    files: tuple[str, ...] = field(repr=False)
    metadata: tuple[str, ...] = field(repr=False)


def account(told: Mapping[str, Any]) -> Account:
    """Read an account."""
    return Account(
        AmcAccountId(_text(told, "accountId")),
        str(told.get("accountName") or told["accountId"]),
        _text(told, "marketplaceId"),
    )


def instance(told: Mapping[str, Any]) -> Instance:
    """Read an instance."""
    return Instance(
        AmcInstanceId(_text(told, "instanceId")),
        str(told.get("instanceName") or told["instanceId"]),
        str(told.get("creationStatus") or "UNKNOWN"),
        tuple(str(each) for each in told.get("advertiserTypes") or ()),
        tuple(str(each) for each in told.get("entities") or ()),
        *_days(told.get("localData")),
    )


def _days(told: Any) -> tuple[dt.date | None, dt.date | None]:
    """Only the local AMC tells of which days it has data; Amazon does not."""
    try:
        first, last = (dt.date.fromisoformat(told[name]) for name in ("firstDay", "lastDay"))
    except (KeyError, TypeError, ValueError):
        return None, None
    return first, last


def data_source(told: Mapping[str, Any]) -> DataSource:
    """Read a table's description."""
    columns = tuple(
        Column(
            str(each["name"]),
            str(each.get("dataType") or each.get("columnType") or ""),
            str(each.get("columnType") or ""),
            str(each.get("description") or ""),
        )
        for each in told.get("columns") or ()
    )
    name = str(told.get("name") or told.get("dataSourceId"))
    tags = tuple(str(each) for each in told.get("tags") or ())
    return DataSource(name, str(told.get("description") or ""), columns, tags)


def workflow(told: Mapping[str, Any]) -> Workflow:
    """Read a workflow."""
    sql = str(told.get("sqlQuery") or "")
    return Workflow(AmcWorkflowId(_text(told, "workflowId")), sql, dict(told))


def execution(told: Mapping[str, Any]) -> Execution:
    """Read an execution."""
    columns = told.get("outputColumns")
    return Execution(
        execution_id=AmcExecutionId(_text(told, "workflowExecutionId")),
        workflow_id=AmcWorkflowId(str(told.get("workflowId") or "")),
        status=_text(told, "status"),
        status_reason=told.get("statusReason"),
        created_at=_instant(told.get("createTime")),
        updated_at=_instant(told.get("lastUpdatedTime")),
        expires_at=_instant(told.get("expireTime")),
        window_start=_instant(told.get("timeWindowStart")),
        window_end=_instant(told.get("timeWindowEnd")),
        output_columns=None if columns is None else tuple(_output(each) for each in columns),
        sql=(told.get("workflow") or {}).get("sqlQuery"),
        rows_scanned=_count(told.get("localRowsScanned")),
    )


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and told >= 0 else None


def download_urls(told: Mapping[str, Any]) -> DownloadUrls:
    """Read the links of a result."""
    return DownloadUrls(
        tuple(str(each) for each in told.get("downloadUrls") or ()),
        tuple(str(each) for each in told.get("metadataDownloadUrls") or ()),
    )


def _output(told: Mapping[str, Any]) -> OutputColumn:
    return OutputColumn(_text(told, "name"), str(told.get("dataType") or told.get("type") or ""))


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise AnswerUnreadable(f"Amazon's answer has no {name}")
    return value


def _instant(text: object) -> dt.datetime | None:
    if not isinstance(text, str):
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
