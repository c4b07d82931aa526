"""The worker deletes bodies when their term is over, of every tenant; it reads no address."""

from alembic import op

revision = "notifications_0002"
down_revision = "notifications_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the system see when bodies were written, and delete them."""
    op.execute(
        "create policy system on notifications.message_body for all to metatron_system"
        " using (true) with check (true)"
    )
    op.execute(
        "grant select (tenant_id, id, created_at), delete on notifications.message_body"
        " to metatron_system"
    )


def downgrade() -> None:
    """Take that back."""
    op.execute(
        "revoke select (tenant_id, id, created_at), delete on notifications.message_body"
        " from metatron_system"
    )
    op.execute("drop policy system on notifications.message_body")
