"""Alerts can be paused; long lists are sorted by what their columns say."""

from alembic import op

revision = "amc_0015"
down_revision = "amc_0014"
branch_labels = None
depends_on = None
_INDEXES = {
    "workflow_name_ix": "workflow (tenant_id, lower(name), id)",
    "run_name_ix": "run (tenant_id, lower(name), id)",
    "run_rows_ix": "run (tenant_id, (coalesce(row_count + 1, 0)), id)",
    "run_size_ix": "run (tenant_id, (coalesce(size_bytes + 1, 0)), id)",
    "instance_lower_name_ix": "instance (tenant_id, lower(name), id)",
    "instance_synced_ix": "instance (tenant_id, synced_at, id)",
    "asin_title_ix": "asin (tenant_id, lower(title), asin)",
    "asin_seen_ix": "asin (tenant_id, seen_at, asin)",
    "ad_campaign_brand_ix": "ad_campaign (tenant_id, brand, campaign_id)",
    "ad_campaign_id_ix": "ad_campaign (tenant_id, campaign_id)",
    "collection_name_ix": "collection (tenant_id, lower(name), id)",
}


def upgrade() -> None:
    """Add the column and the indexes."""
    op.execute("alter table amc.alert add column paused_at timestamptz")
    for name, columns in _INDEXES.items():
        op.execute(f"create index {name} on amc.{columns}")


def downgrade() -> None:
    """Drop them."""
    for name in _INDEXES:
        op.execute(f"drop index amc.{name}")
    op.execute("alter table amc.alert drop column paused_at")
