"""Admin keys by name, for the logs that operators read."""

from alembic import op

revision = "tenancy_0006"
down_revision = "tenancy_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Publish which key is called what, to the system role alone."""
    op.execute(
        "create view tenancy.pub_admin_key with (security_invoker = true) as"
        " select id, name from tenancy.admin_key"
    )
    op.execute("grant select on tenancy.pub_admin_key to metatron_system")


def downgrade() -> None:
    """Take the view back."""
    op.execute("drop view tenancy.pub_admin_key")
