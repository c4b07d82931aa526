"""Calls by month, so that a plan's limit holds and its use can be shown."""

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; a tenant may read its own rows, the system role writes them."""
    op.execute("""
        create table gateway.month_calls (
          tenant_id uuid not null,
          month date not null check (extract(day from month) = 1),
          calls bigint not null check (calls >= 0),
          primary key (tenant_id, month)
        )
    """)
    secure_tenant_table(
        op.execute,
        "gateway.month_calls",
        app="select",
        system="select, insert, update, delete",
    )


def downgrade() -> None:
    """Forget the counts."""
    op.execute("drop table gateway.month_calls")
