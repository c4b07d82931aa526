"""Collections name where their results go; expired snapshots are found over all tenants."""

from alembic import op

revision = "amc_0013"
down_revision = "amc_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of snapshots the system sees whose they are and when they end, no figure."""
    op.execute("alter table amc.collection add column destination_ids jsonb not null default '[]'")
    op.execute("create index board_snapshot_ends_ix on amc.board_snapshot (tenant_id, expires_at)")
    op.execute(
        "create policy system on amc.board_snapshot for all to metatron_system"
        " using (true) with check (true)"
    )
    op.execute("grant select (tenant_id, expires_at) on amc.board_snapshot to metatron_system")


def downgrade() -> None:
    """Drop them."""
    op.execute("revoke select (tenant_id, expires_at) on amc.board_snapshot from metatron_system")
    op.execute("drop policy system on amc.board_snapshot")
    op.execute("drop index amc.board_snapshot_ends_ix")
    op.execute("alter table amc.collection drop column destination_ids")
