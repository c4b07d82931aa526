"""A session's person and what they may do in an organisation, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.platform.tenancy.facts import MEMBER, AccessFacts, access_facts

# Nothing here says that the session is of this organisation: a token may name another one of the
# person's, and where they are no member they hold no rights.
_SESSION = f"""
select s.user_id, s.version, s.mfa_pending, s.email_verified, s.impersonator_id, s.expires_at,
       a.*
from identity.pub_session s
left join lateral ({MEMBER} and m.tenant_id = $2 and m.user_id = s.user_id) a on true
where s.id = $1 and s.state = 'active'
"""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """An active session; `access` is None where its person is no active member."""

    user_id: UUID
    version: int
    mfa_pending: bool
    email_verified: bool
    impersonator_id: UUID | None
    expires_at: datetime
    access: AccessFacts | None


async def resolve_session(
    database: Database, session_id: UUID, tenant_id: UUID
) -> SessionFacts | None:
    """Return an active session and its person's rights in a tenant; None when it has ended."""
    row = await database.look_ups.fetchrow(_SESSION, session_id, tenant_id)
    if row is None:
        return None
    return SessionFacts(
        UUID(str(row["user_id"])),
        row["version"],
        row["mfa_pending"],
        row["email_verified"],
        row["impersonator_id"] and UUID(str(row["impersonator_id"])),
        row["expires_at"],
        None if row["member_id"] is None else access_facts(row),
    )
