<<<<<<< HEAD
"""Shares of very many commitments are released in batches."""
=======
"""The money of an issue is held apart until it is decided; claims on suppliers."""
>>>>>>> h-supplypage

from pathlib import Path

from alembic import op

<<<<<<< HEAD
=======
from metatron.kernel.database.policies import secure_tenant_table
>>>>>>> h-supplypage
from metatron.kernel.database.scripts import run_script

revision = "campaigns_0011"
down_revision = "campaigns_0010"
branch_labels = None
depends_on = None

<<<<<<< HEAD

def upgrade() -> None:
    """Add how far a share's release is, and by which payment each part went."""
    run_script(Path(__file__).with_name("shares_0011.sql"))


def downgrade() -> None:
    """Take that away again; a release that is under way has ended by then."""
    op.execute("alter table campaigns.share_release drop column payout_id")
    op.execute(
        "alter table campaigns.milestone drop column release_after, drop column share_carry_bp"
    )
=======
TABLES = ("supplier_claim", "claim_payment")


def upgrade() -> None:
    """Let issues name what is held apart for them; create the tables of claims."""
    run_script(Path(__file__).with_name("holding_0011.sql"))
    for table in TABLES:
        secure_tenant_table(op.execute, f"campaigns.{table}", app="select, insert, update")


def downgrade() -> None:
    """Take it back; what is held apart must be free and no claim written off before."""
    run_script(Path(__file__).with_name("holding_0011_back.sql"))
>>>>>>> h-supplypage
