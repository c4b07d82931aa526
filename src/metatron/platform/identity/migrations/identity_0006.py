"""Whoever was erased is called "Former member", as on the page."""

from alembic import op

revision = "identity_0006"
down_revision = "identity_0005"
branch_labels = None
depends_on = None

_VIEW = """
create or replace view identity.pub_user with (security_invoker = true) as
select id, email,
  case when exists (
    select from tenancy.member m
    where m.tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)
      and m.user_id = u.id and m.erased_at is not null)
  then '{name}' else display_name end as display_name,
  email_verified_at is not null as email_verified, state
from identity.user_account u
"""


def upgrade() -> None:
    """Change the word, also of those who were erased before."""
    _call_them("Former member")


def downgrade() -> None:
    """Take it back."""
    _call_them("Erased person")


def _call_them(name: str) -> None:
    op.execute(_VIEW.format(name=name))
    op.execute(f"update identity.user_account set display_name = '{name}' where state = 'erased'")
