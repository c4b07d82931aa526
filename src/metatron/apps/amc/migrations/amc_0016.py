"""What instances list of tables, columns added to their results, and keys that lists go by.

Behind row-level security PostgreSQL compares by an index only what leaks nothing: columns do, the
functions that made these keys do not. So the keys become columns, kept by PostgreSQL itself.
"""

from alembic import op

revision = "amc_0016"
down_revision = "amc_0015"
branch_labels = None
depends_on = None
_LOWER = "text generated always as (lower({})) stored"
_COUNTED = "bigint generated always as (coalesce({} + 1, 0)) stored"
_KEYS = {
    "run": [("name_key", _LOWER, "name"), ("rows_key", _COUNTED, "row_count"),
            ("size_key", _COUNTED, "size_bytes")],
    "asin": [("title_key", _LOWER, "title")],
} | {
    table: [("name_key", _LOWER, "name")]
    for table in ("workflow", "instance", "collection", "ad_campaign", "schedule", "board",
                  "destination", "alert")
}  # fmt: skip
_ID = {"asin": "asin", "ad_campaign": "campaign_id"}
_BEFORE = {
    "workflow_name_ix": "workflow (tenant_id, lower(name), id)",
    "run_name_ix": "run (tenant_id, lower(name), id)",
    "run_rows_ix": "run (tenant_id, (coalesce(row_count + 1, 0)), id)",
    "run_size_ix": "run (tenant_id, (coalesce(size_bytes + 1, 0)), id)",
    "instance_lower_name_ix": "instance (tenant_id, lower(name), id)",
    "asin_title_ix": "asin (tenant_id, lower(title), asin)",
    "collection_name_ix": "collection (tenant_id, lower(name), id)",
    "ad_campaign_name_ix": "ad_campaign (tenant_id, lower(name), campaign_id)",
    "board_name_ix": "board (tenant_id, lower(name), id)",
}


def upgrade() -> None:
    """Add the columns and the indexes by them."""
    op.execute(
        "alter table amc.instance add column listed jsonb, add column listed_at timestamptz,"
        " add column extra_columns jsonb not null default '{}'"
    )
    op.execute("alter table amc.run add column extra_columns jsonb not null default '{}'")
    for index in _BEFORE:
        op.execute(f"drop index amc.{index}")
    for table, keys in _KEYS.items():
        added = ", ".join(f"add column {name} {form.format(of)}" for name, form, of in keys)
        op.execute(f"alter table amc.{table} {added}")
        for name, _, _ in keys:
            columns = f"tenant_id, {name}, {_ID.get(table, 'id')}"
            op.execute(f"create index {table}_{name}_ix on amc.{table} ({columns})")


def downgrade() -> None:
    """Drop them; the indexes by expressions come back."""
    for table, keys in _KEYS.items():
        dropped = ", ".join(f"drop column {name}" for name, _, _ in keys)
        op.execute(f"alter table amc.{table} {dropped}")
    for index, columns in _BEFORE.items():
        op.execute(f"create index {index} on amc.{columns}")
    op.execute("alter table amc.run drop column extra_columns")
    op.execute(
        "alter table amc.instance drop column listed, drop column listed_at,"
        " drop column extra_columns"
    )
