"""The name of a deleted file is forgotten when its uploader's personal data is erased."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "files_0002"
down_revision = "files_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let nothing else of a file change."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Let nothing of a file change."""
    run_script(Path(__file__).with_name("files_0002_back.sql"))
