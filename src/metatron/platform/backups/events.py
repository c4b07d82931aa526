"""All that backups announce: in the platform's own log, and a restoration in the tenant's."""

from datetime import datetime

from metatron.kernel.events.event import Event


class BackupMade(Event):
    """A backup is complete; `bytes` is its size, `pruned` names those that went for it."""

    name = "backups.backup_made.v1"
    backup: str
    bytes: int
    pruned: list[str]


class BackupFailed(Event):
    """A backup that was due could not be made."""

    name = "backups.backup_failed.v1"
    cause: str


class BackupOverdue(Event):
    """The newest backup is older than it may be; None when there is none at all."""

    name = "backups.backup_overdue.v1"
    newest_at: datetime | None = None


class TenantRestored(Event):
    """The tenant's rows were put back to an instant; its log before it is as it was then."""

    name = "backups.tenant_restored.v1"
    restored_to: datetime
    rows: int
    replaced_rows: int
