"""Streams: which events go over Redis, in which sequence, and who has handled how many of them."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.scripts import run_script

revision = "kernel_0005"
down_revision = "kernel_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three tables."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop them: the log has every event."""
    op.execute("drop table kernel.stream_group, kernel.stream_entry, kernel.stream")
