"""The invitations that wait for one person, of every organisation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.platform.tenancy.key_format import digest_of

MOST = 50
# Each is over by its own organisation's clock.
_WAITING = """
select i.id, t.name as organisation_name, i.expires_at
from tenancy.secret_digest d
join tenancy.invitation i on i.tenant_id = d.tenant_id and i.id = d.subject_id
join tenancy.tenant t on t.id = i.tenant_id
left join kernel.tenant_clock c on c.tenant_id = i.tenant_id
where d.address_digest = $1 and d.kind = 'invitation' and i.state = 'pending'
  and t.deleted_at is null
  and i.expires_at > now() + make_interval(secs => coalesce(c.offset_seconds, 0))
order by i.created_at desc, i.id
limit $2
"""


@dataclass(frozen=True, slots=True)
class WaitingInvitation:
    """An invitation its person can accept; `expires_at` is on the organisation's clock."""

    id: UUID
    organisation_name: str
    expires_at: datetime


async def waiting_invitations(database: Database, *, email: str) -> list[WaitingInvitation]:
    """Return what waits for a verified address, newest first, 50 at most.

    The address is the proof, as it is for the mailed link: it must be the person's own.
    """
    rows = await database.look_ups.fetch(_WAITING, digest_of(email.strip().lower()), MOST)
    return [
        WaitingInvitation(UUID(str(row["id"])), row["organisation_name"], row["expires_at"])
        for row in rows
    ]
