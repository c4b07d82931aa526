"""What people choose to be mailed, and the mails that wait for a daily digest."""

from pathlib import Path

from alembic import op

from metatron.kernel.database.policies import secure_tenant_table
from metatron.kernel.database.scripts import run_script

revision = "notifications_0003"
down_revision = "notifications_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the states of messages that are not sent at once."""
    run_script(Path(__file__).with_suffix(".sql"))
    secure_tenant_table(op.execute, "notifications.preference", app="select, insert, update")


def downgrade() -> None:
    """Take them away; what waited counts as not delivered."""
    run_script("""
        drop index notifications.message_held_ix;
        update notifications.message set state = 'failed'
          where state in ('held', 'digested', 'withheld');
        alter table notifications.message drop constraint message_state_check;
        alter table notifications.message add constraint message_state_check
          check (state in ('queued', 'sent', 'failed'));
        drop table notifications.preference;
    """)
