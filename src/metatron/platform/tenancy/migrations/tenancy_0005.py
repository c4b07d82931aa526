"""The invitations that wait for one address are found without reading all of them.

Those sent before stay what they were: joined by their link, and over within seven days.
"""

from alembic import op

revision = "tenancy_0005"
down_revision = "tenancy_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the directory lead from an address as well, kept as a digest like the rest of it."""
    op.execute("alter table tenancy.secret_digest add column address_digest bytea")
    op.execute(
        "create index secret_digest_address_ix on tenancy.secret_digest (address_digest)"
        " where address_digest is not null"
    )


def downgrade() -> None:
    """Drop it, and its index with it."""
    op.execute("alter table tenancy.secret_digest drop column address_digest")
