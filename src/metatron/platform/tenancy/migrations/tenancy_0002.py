"""Which tenants are suspended because their client account is."""

from alembic import op

revision = "tenancy_0002"
down_revision = "tenancy_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note it at the tenant; nobody is so far."""
    op.execute(
        "alter table tenancy.tenant"
        " add column suspended_with_account boolean not null default false"
    )


def downgrade() -> None:
    """Forget it; who is suspended stays suspended."""
    op.execute("alter table tenancy.tenant drop column suspended_with_account")
