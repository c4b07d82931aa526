"""The name of an attached file that is called after its uploader can be forgotten as well."""

from pathlib import Path

from metatron.kernel.database.scripts import run_script

revision = "files_0003"
down_revision = "files_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a name be forgotten, never become another one; its ending stays."""
    run_script(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Let only names of deleted files be forgotten."""
    run_script(Path(__file__).with_name("files_0003_back.sql"))
