"""What the approvals module keeps about people."""

from metatron.kernel.personal_data import PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="decisions",
        title="What you asked others to approve, and what you decided",
        fate="kept",
        tables=("approvals.approval", "approvals.settings"),
        why="Decisions about money, with the reasons given; who decided has no name any more",
        years=7,
        select="""
select id, action, summary, reason, requested_at, state, decided_at, decision_reason
from approvals.approval where tenant_id = :tenant_id
  and (requested_by = :user_id or decided_by = :user_id or agreed_by = :user_id)
  and id > :after order by id limit :most
""",
    ),
)
