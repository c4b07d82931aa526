"""The database announces what the gate remembers of sessions, people and their organisations."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "gateway_0005"
down_revision = "gateway_0004"
branch_labels = None
depends_on = "identity_0006"  # and by it on tenancy_0010


def upgrade() -> None:
    """Create the triggers."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Leave it to the code that makes the changes."""
    op.execute("drop function gateway.tell_access() cascade")
