"""Asking people to join: a hashed token, bound to an e-mail address, good for seven days."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.announce import announce
from metatron.platform.tenancy.errors import (
    AlreadyMember,
    GrantAboveOwnRights,
    InvitationForOther,
    InvitationInvalid,
    InvitationPending,
)
from metatron.platform.tenancy.events import (
    InvitationAccepted,
    InvitationSent,
    InvitationWithdrawn,
)
from metatron.platform.tenancy.facts import TenantFacts, tenant_by_id
from metatron.platform.tenancy.grants import GivenRoles, roles_by_id
from metatron.platform.tenancy.invited_lately import check_invited_lately
from metatron.platform.tenancy.key_format import digest_of, random_text
from metatron.platform.tenancy.mail import mail_invitation
from metatron.platform.tenancy.members import join
from metatron.platform.tenancy.rights import SYSTEM_ROLE_IDS
from metatron.platform.tenancy.seats import check_seat_to_offer, needs_seat
from metatron.platform.tenancy.tables import Invitation, Role, SecretDigest

VALID = timedelta(days=7)
LONGEST_TOKEN = 200
_PLACE_OF_LINK = """
select tenant_id, subject_id as id from tenancy.secret_digest
where digest = $1 and kind = 'invitation'
"""
_PLACE_OF_WAITING = """
select tenant_id, subject_id as id from tenancy.secret_digest
where subject_id = $1 and address_digest = $2 and kind = 'invitation'
"""
_IS_MEMBER = text("""
select exists (select from identity.pub_user u
               join tenancy.member m on m.tenant_id = :tenant_id and m.user_id = u.id
               where lower(u.email) = :email and m.state = 'active')
""")


async def invite(
    session: AsyncSession,
    context: Context,
    *,
    email: str,
    role_ids: Iterable[UUID],
    now: datetime,
) -> Invitation:
    """Ask the person behind an address to join with these roles, and mail the link.

    Raises:
        GrantAboveOwnRights: the roles hold more than the actor.
        AlreadyMember: the address belongs to an active member.
        InvitationPending: an invitation to it has not expired.
        InvalidInput: an unknown role, or none.
        LimitReached: people and open invitations are as many as the plan allows.
        TooManyInvitations: to this address, or of this organisation, in a day.
    """
    context.demand_lasting("tenancy:manage_members")
    given = await roles_by_id(session, context, role_ids)
    if not given:
        raise InvalidInput.field("body.role_ids", "no_role", "Choose at least one role.")
    if not given.permissions() <= context.permissions:
        raise GrantAboveOwnRights
    email = email.strip().lower()
    await check_invited_lately(session, context, email=email)
    await _refuse_known(session, context, email, now)
    if needs_seat(given.keys()):
        await check_seat_to_offer(session, context, now=now)
    token = random_text(43)
    invitation = Invitation(
        tenant_id=context.tenant_id,
        id=new_id(),
        email=email,
        role_ids=given.ids(),
        token_digest=digest_of(token),
        invited_by=context.actor_id,
        created_at=now,
        expires_at=now + VALID,
    )
    session.add(invitation)
    await session.flush()
    address = digest_of(email)
    digest = SecretDigest.of(
        "invitation", invitation.token_digest, invitation, address_digest=address
    )
    session.add(digest)
    await session.flush()
    await announce(session, context, InvitationSent(aggregate_id=invitation.id), now=now)
    await mail_invitation(session, context, invitation, token)
    return invitation


async def _refuse_known(session: AsyncSession, context: Context, email: str, now: datetime) -> None:
    values = {"tenant_id": context.tenant_id, "email": email}
    if (await session.execute(_IS_MEMBER, values)).scalar_one():
        raise AlreadyMember
    pending = await session.scalar(
        select(Invitation)
        .where(
            Invitation.tenant_id == context.tenant_id,
            Invitation.email == email,
            Invitation.state == "pending",
        )
        .with_for_update()
    )
    if pending is None:
        return
    if pending.expires_at > now:
        raise InvitationPending
    await _withdraw(session, pending)


async def withdraw_invitation(
    session: AsyncSession, context: Context, *, invitation_id: UUID, now: datetime
) -> None:
    """Make an invitation void; raises `NotFound` unless it is pending."""
    context.demand("tenancy:manage_members")
    invitation = await session.get(
        Invitation, (context.tenant_id, invitation_id), with_for_update=True
    )
    if invitation is None or invitation.state != "pending":
        raise NotFound
    await _withdraw(session, invitation)
    await announce(session, context, InvitationWithdrawn(aggregate_id=invitation.id), now=now)


async def _withdraw(session: AsyncSession, invitation: Invitation) -> None:
    invitation.state = "withdrawn"
    invitation.version += 1
    await session.execute(
        delete(SecretDigest).where(SecretDigest.digest == invitation.token_digest)
    )
    await session.flush()


async def accept_invitation(
    database: Database, *, presented: str | UUID, user_id: UUID, email: str
) -> TenantFacts:
    """Make the invited person a member; of parallel calls with one invitation, one succeeds.

    Whether it is over is judged by the inviting organisation's clock: the person may come from a
    sandbox that runs ahead.

    Args:
        database: the process's database.
        presented: the token of the invitation's link, or the id of one that waits for `email`.
        user_id: the signed-in person.
        email: that person's verified address.

    Raises:
        InvitationInvalid: unknown, used, withdrawn or expired.
        InvitationForOther: it was sent to another address.
        LimitReached: all places were taken meanwhile; the invitation stays.
    """
    email = email.strip().lower()
    tenant_id, invitation_id = await _place_of(database, presented, email)
    context = Context(tenant_id, "user", actor_id=user_id)
    async with database.transaction(context, door="home") as session:
        now = await session_now(session)
        invitation = await session.get(Invitation, (tenant_id, invitation_id), with_for_update=True)
        if invitation is None or invitation.state != "pending" or invitation.expires_at <= now:
            raise InvitationInvalid
        if invitation.email != email:
            raise InvitationForOther
        await _accept(session, context, invitation, user_id, now)
    facts = await tenant_by_id(database, tenant_id)
    if facts is None:
        raise InvitationInvalid
    return facts


async def _place_of(database: Database, presented: str | UUID, email: str) -> tuple[UUID, UUID]:
    row = None
    if isinstance(presented, UUID):
        row = await database.system.fetchrow(_PLACE_OF_WAITING, presented, digest_of(email))
    elif len(presented) <= LONGEST_TOKEN:
        row = await database.system.fetchrow(_PLACE_OF_LINK, digest_of(presented))
    if row is None:
        raise InvitationInvalid
    return UUID(str(row["tenant_id"])), UUID(str(row["id"]))


async def _accept(
    session: AsyncSession, context: Context, invitation: Invitation, user_id: UUID, now: datetime
) -> None:
    invitation.state, invitation.accepted_by, invitation.accepted_at = "accepted", user_id, now
    invitation.version += 1
    await session.execute(
        delete(SecretDigest).where(SecretDigest.digest == invitation.token_digest)
    )
    given = await _roles_still_there(session, context, invitation)
    await join(session, context, user_id=user_id, given=given, now=now)
    event = InvitationAccepted(aggregate_id=invitation.id, user_id=user_id)
    await announce(session, context, event, now=now)


async def _roles_still_there(
    session: AsyncSession, context: Context, invitation: Invitation
) -> GivenRoles:
    """A custom role deleted since the invitation gives nothing, and does not void it."""
    customs = [i for i in invitation.role_ids if i not in SYSTEM_ROLE_IDS]
    known = await session.scalars(
        select(Role.id)
        .where(Role.tenant_id == context.tenant_id, Role.id.in_(customs))
        .order_by(Role.id)
        .with_for_update(read=True)
    )
    left = {*known, *SYSTEM_ROLE_IDS}
    return await roles_by_id(session, context, [i for i in invitation.role_ids if i in left])
