"""Walks a tenant's chain and names everything that does not fit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg

from metatron.platform.audit.canonical import COLUMNS, GENESIS, seal_hash
from metatron.platform.audit.checkpoints import Checkpoint, CheckpointVerifier
from metatron.platform.audit.merkle import root_of

Kind = Literal[
    "event_changed", "event_deleted", "event_inserted", "order_changed", "seal_missing",
    "tail_cut", "tail_regrown", "checkpoint_forged",
]  # fmt: skip
MOST_FINDINGS = 100
PAGE = 2_000
LONGEST_TRANSACTION = timedelta(minutes=15)
"""An event recorded this long before one sealed earlier was dated back."""
_EVENT = ", ".join(f"e.{name}" for name in COLUMNS)
_CHAIN = f"""
select s.sequence, s.event_id, s.previous_hash, s.hash, s.sealed_at, e.id is null as gone, {_EVENT}
from audit.seal s left join kernel.event e on e.tenant_id = s.tenant_id and e.id = s.event_id
where s.tenant_id = $1 and s.sequence > $2 order by s.sequence limit $3
"""
_UNSEALED = """
select e.id, e.recorded_at,
       (e.transaction_id, e.position) <= (h.transaction_id, h.position) as behind
from kernel.event e cross join audit.horizon h
where e.tenant_id = $1 and not exists (
  select from audit.seal s where s.tenant_id = e.tenant_id and s.event_id = e.id)
order by e.transaction_id, e.position
"""
_CHECKPOINTS = "select * from audit.checkpoint where tenant_id = $1 order by count, id"
_TENANTS = "select distinct tenant_id from kernel.event union select tenant_id from audit.seal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit; `sequence` counts seals from 1."""

    kind: Kind
    sequence: int | None
    event_id: UUID | None
    detail: str


@dataclass(slots=True)
class Report:
    """The outcome for one tenant; `intact` when nothing was found."""

    tenant_id: UUID
    sealed: int = 0
    unsealed: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)
    hashes: dict[int, bytes] = field(default_factory=dict)
    """Hashes as stored, at the sequences that checkpoints speak of."""
    roots: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """Roots over the seals as stored, for the windows that checkpoints speak of."""
    newest: datetime | None = None

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def find(self, kind: Kind, detail: str, *, at: int | None = None, event: Any = None) -> None:
        """Note a finding, up to a bound."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(kind, at, event, detail))


async def tenants_of(pool: "asyncpg.Pool[asyncpg.Record]") -> set[UUID]:
    """Return the tenants that have events or seals in a database."""
    return {row["tenant_id"] for row in await pool.fetch(_TENANTS)}


async def verify(
    pool: "asyncpg.Pool[asyncpg.Record]",
    tenant_id: UUID,
    *,
    outside: Iterable[Checkpoint],
    keys: CheckpointVerifier,
) -> Report:
    """Check one tenant's whole log against its chain and its checkpoints.

    Args:
        pool: a system pool of the tenant's database.
        tenant_id: whose log.
        outside: the checkpoints kept outside the database.
        keys: the public audit keys of this installation.
    """
    report = Report(tenant_id)
    # Read before the snapshot is taken: seals are committed before they are signed for.
    signed_outside = list(outside)
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        inside = [_checkpoint(row) for row in await connection.fetch(_CHECKPOINTS, tenant_id)]
        checkpoints = [*inside, *signed_outside]
        await _walk(connection, report, {(item.first, item.count) for item in checkpoints})
        await _look_for_insertions(connection, report)
    for checkpoint in checkpoints:
        _compare(report, checkpoint, keys)
    return report


async def _walk(connection: Any, report: Report, windows: set[tuple[int | None, int]]) -> None:
    """Follow the chain; note hash and root of every window that a checkpoint speaks of."""
    previous, after = GENESIS, 0
    trees = Trees(report, windows)
    while True:
        rows = await connection.fetch(_CHAIN, report.tenant_id, after, PAGE)
        for row in rows:
            _check_link(report, row, expected=after + 1, previous=previous)
            previous, after = row["hash"], row["sequence"]
            trees.grow(after, row["hash"])
        report.sealed = after
        if len(rows) < PAGE:
            return


class Trees:
    """Gathers the seals of the windows that checkpoints speak of; windows may overlap."""

    def __init__(self, report: Report, windows: set[tuple[int | None, int]]) -> None:
        """Note which sequences open and close a window."""
        self._report = report
        self._ends = {count for _, count in windows}
        self._open: dict[int, list[bytes]] = {}
        self._closing: dict[int, list[int]] = {}
        for first, count in windows:
            if first is not None and first <= count:
                self._closing.setdefault(count, []).append(first)
        self._firsts = {first for firsts in self._closing.values() for first in firsts}

    def grow(self, sequence: int, seal: bytes) -> None:
        """Take the next seal of the chain."""
        if sequence in self._firsts:
            self._open[sequence] = []
        for leaves in self._open.values():
            leaves.append(seal)
        if sequence in self._ends:
            self._report.hashes[sequence] = seal
        for first in self._closing.pop(sequence, ()):
            if first in self._open:
                self._report.roots[first, sequence] = root_of(self._open[first])
        if sequence in self._ends:
            still = {first for firsts in self._closing.values() for first in firsts}
            self._open = {first: found for first, found in self._open.items() if first in still}


def _check_link(report: Report, row: Mapping[str, Any], *, expected: int, previous: bytes) -> None:
    at, event_id = row["sequence"], row["event_id"]
    if at != expected:
        report.find("seal_missing", f"seals {expected} to {at - 1} are gone", at=at)
    elif row["previous_hash"] != previous:
        report.find(
            "order_changed", "the link to the seal before does not fit", at=at, event=event_id
        )
    if row["gone"]:
        report.find("event_deleted", "the sealed event is gone", at=at, event=event_id)
        return
    sealed = seal_hash(row, sequence=at, previous=row["previous_hash"], sealed_at=row["sealed_at"])
    if sealed != row["hash"]:
        report.find("event_changed", "the event is not the one sealed", at=at, event=event_id)
    if report.newest is not None and row["recorded_at"] < report.newest - LONGEST_TRANSACTION:
        report.find("event_inserted", "dated back before older seals", at=at, event=event_id)
    report.newest = max(report.newest or row["recorded_at"], row["recorded_at"])


async def _look_for_insertions(connection: Any, report: Report) -> None:
    async for row in connection.cursor(_UNSEALED, report.tenant_id):
        report.unsealed += 1
        dated_back = report.newest and row["recorded_at"] < report.newest - LONGEST_TRANSACTION
        if row["behind"] or dated_back:
            report.find("event_inserted", "no seal, yet older than sealed events", event=row["id"])


def _compare(report: Report, checkpoint: Checkpoint, keys: CheckpointVerifier) -> None:
    if checkpoint.tenant_id != report.tenant_id or not keys.holds(checkpoint):
        report.find("checkpoint_forged", "no key of ours signed this", at=checkpoint.count)
        return
    report.checkpoints += 1
    if checkpoint.count > report.sealed:
        detail = f"{checkpoint.count} seals were signed for, {report.sealed} are there"
        report.find("tail_cut", detail, at=checkpoint.count)
    elif report.hashes.get(checkpoint.count) != checkpoint.head:
        report.find("tail_regrown", "the chain is not the one signed for", at=checkpoint.count)
    elif checkpoint.first is not None and checkpoint.root != report.roots.get(
        (checkpoint.first, checkpoint.count)
    ):
        report.find("tail_regrown", "the tree is not the one signed for", at=checkpoint.count)


def _checkpoint(row: Mapping[str, Any]) -> Checkpoint:
    return Checkpoint(
        tenant_id=row["tenant_id"],
        count=row["count"],
        head=row["head"],
        signed_at=row["signed_at"],
        key_id=row["key_id"],
        signature=row["signature"],
        first=row["first"],
        root=row["root"],
    )
