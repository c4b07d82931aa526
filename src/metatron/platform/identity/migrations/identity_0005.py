"""People erased from an organisation have no name there; what a copy of one's data may tell."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "identity_0005"
down_revision = "identity_0004"
branch_labels = None
depends_on = "tenancy_0010"


def upgrade() -> None:
    """Hide the names, and publish when a session was confirmed, devices and passkeys' names."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Take it back."""
    run_script(Path(__file__).with_name("identity_0005_back.sql"))
