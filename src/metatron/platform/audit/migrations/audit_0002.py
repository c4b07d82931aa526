"""A checkpoint signs a tree over the seals since the one before it, so that one can be proved."""

from alembic import op

revision = "audit_0002"
down_revision = "audit_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is covered, and its root; older checkpoints have neither."""
    op.execute(
        "alter table audit.checkpoint add column first bigint check (first between 1 and count), "
        "add column root bytea check (length(root) = 32), "
        "add constraint checkpoint_tree_check check ((first is null) = (root is null))"
    )


def downgrade() -> None:
    """Take the columns away; statements that signed a root cannot be checked then."""
    op.execute("alter table audit.checkpoint drop column first, drop column root")
