"""Steps of commitments whose money is taken at the close, and of their issues."""

from alembic import op

revision = "campaigns_0015"
down_revision = "campaigns_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Permit them; those before stay, for the code before still takes them."""
    op.execute("""
        insert into campaigns.allowed_transition (machine, name, from_state, to_state) values
          ('commitment', 'collect', 'placed', 'authorising'),
          ('commitment', 'collect', 'authorised', 'authorising'),
          ('commitment', 'let_go', 'placed', 'lapsed'),
          ('commitment', 'let_go', 'authorised', 'lapsed'),
          ('commitment', 'let_go', 'authorising', 'lapsed'),
          ('commitment', 'end_withdrawn', 'withdrawn', 'lapsed'),
          ('commitment', 'open_issue', 'allocated', 'allocated'),
          ('commitment', 'answer_issue', 'allocated', 'allocated'),
          ('commitment', 'close_issue', 'allocated', 'allocated')
    """)


def downgrade() -> None:
    """Take them away again."""
    op.execute(
        "delete from campaigns.allowed_transition "
        "where machine = 'commitment' and name in ('collect', 'let_go', 'end_withdrawn',"
        " 'open_issue', 'answer_issue', 'close_issue')"
    )
