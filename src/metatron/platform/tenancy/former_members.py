"""Who was a member of an organisation: for naming them in records that stay."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.platform.tenancy.pages import Count, paged

FORMER = paged(
    """m.id, m.user_id, m.removed_at, m.erased_at is not null as is_erased,
       case when m.erased_at is null then u.display_name end as display_name""",
    """tenancy.member m left join lateral (
         select display_name from identity.pub_user where id = m.user_id limit 1) u on true
       where m.tenant_id = bound.t::uuid and m.state = 'removed'""",
    ("coalesce(m.removed_at, m.joined_at)", "m.id"),
    ("timestamptz", "uuid"),
    descends=True,
)


class FormerMember(BaseModel):
    """Somebody who was a member; whoever was erased has no name."""

    id: UUID
    user_id: UUID
    display_name: str | None
    is_erased: bool
    removed_at: datetime | None


class FormerMemberPage(BaseModel):
    """A page of former members, the latest to leave first."""

    items: list[FormerMember]
    next_cursor: str | None
    count: Count | None = None
