"""The platform's operators: invited by a one-time link, never given a password."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.announce import tell
from metatron.platform.tenancy.errors import (
    GrantAboveOwnRights,
    LinkInvalid,
    NameTaken,
    TransitionRefused,
)
from metatron.platform.tenancy.events import OperatorChanged
from metatron.platform.tenancy.key_format import digest_of, random_text
from metatron.platform.tenancy.mail import queue_mail
from metatron.platform.tenancy.operator_facts import Grant
from metatron.platform.tenancy.organisations import checked_name
from metatron.platform.tenancy.reach import Reach, reach_of
from metatron.platform.tenancy.tables import Operator, OperatorGrant

WRITE = "operators:write"
LINK_VALID = timedelta(hours=24)
_VERIFIED = text("select lower(email) from identity.pub_user where id = :id and email_verified")


async def invite_operator(
    session: AsyncSession,
    context: Context,
    *,
    email: str,
    display_name: str,
    grants: Iterable[Grant],
    now: datetime,
) -> Operator:
    """Make an operator and mail a link that works once, within 24 hours.

    Raises:
        GrantAboveOwnRights: the actor does not hold a grant's right over all of its scope.
        NameTaken: the address is an operator's already.
        InvalidInput: a grant amounts to nothing, or its scope and list do not fit.
    """
    await _check_grants(session, context, grants := tuple(grants))
    operator = Operator(
        id=new_id(),
        email=email.strip().lower(),
        display_name=checked_name(display_name),
        created_at=now,
    )
    session.add(operator)
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken("This address belongs to an operator.") from error
    await _store_grants(session, operator.id, grants)
    await _send_link(session, context, operator, now)
    await _announce(session, context, operator, "invited", now)
    return operator


async def resend_link(
    session: AsyncSession, context: Context, *, operator_id: UUID, now: datetime
) -> None:
    """Mail a new link to an invited operator; the old one is void.

    Raises:
        NotFound: there is no such operator.
        TransitionRefused: they have access already.
    """
    operator = await _load(session, context, operator_id)
    if operator.state != "invited":
        raise TransitionRefused
    await _send_link(session, context, operator, now)
    await _announce(session, context, operator, "link_sent", now)


async def accept_link(
    session: AsyncSession, context: Context, *, token: str, now: datetime
) -> Operator:
    """Make the signed-in person the operator to whose verified address the link was sent.

    Raises:
        LinkInvalid: unknown, used, expired, or sent to another address: the answer is the same.
    """
    operator = await session.scalar(
        select(Operator).where(Operator.link_digest == digest_of(token)).with_for_update()
    )
    email = (await session.execute(_VERIFIED, {"id": context.actor_id})).scalar_one_or_none()
    if operator is None or operator.link_expires_at is None or operator.link_expires_at <= now:
        raise LinkInvalid
    if operator.state != "invited" or email != operator.email or context.impersonator_id:
        raise LinkInvalid
    operator.user_id, operator.state = context.actor_id, "active"
    operator.link_digest = operator.link_expires_at = None
    await _announce(session, context, operator, "activated", now)
    return operator


async def step_operator(
    session: AsyncSession, context: Context, *, operator_id: UUID, step: str, now: datetime
) -> Operator:
    """Suspend or activate an operator; nobody does so to themselves.

    Raises:
        NotFound: there is no such operator.
        TransitionRefused: the state does not allow it, or the operator is the actor.
    """
    operator = await _load(session, context, operator_id)
    before, after = {"suspend": ("active", "suspended"), "activate": ("suspended", "active")}[step]
    if operator.state != before or operator.user_id == context.actor_id:
        raise TransitionRefused
    operator.state = after
    await _announce(session, context, operator, after, now)
    return operator


async def change_grants(
    session: AsyncSession,
    context: Context,
    *,
    operator_id: UUID,
    grants: Iterable[Grant],
    now: datetime,
) -> Operator:
    """Replace what an operator may do; raises as `invite_operator` and `step_operator` do."""
    operator = await _load(session, context, operator_id)
    if operator.user_id is not None and operator.user_id == context.actor_id:
        raise TransitionRefused("Nobody changes their own grants.")
    await _check_grants(session, context, grants := tuple(grants))
    await session.execute(delete(OperatorGrant).where(OperatorGrant.operator_id == operator.id))
    await _store_grants(session, operator.id, grants)
    await _announce(session, context, operator, "grants_changed", now)
    return operator


async def _check_grants(session: AsyncSession, context: Context, grants: tuple[Grant, ...]) -> None:
    own = await reach_of(session, context, WRITE)
    own.check_everything(WRITE)
    for grant in grants:
        if not grant.permissions() or (grant.scope == "all") != (not grant.subject_ids):
            hint = "Name a resource, an action, and for listed scopes the ids."
            raise InvalidInput.field("body.grants", "empty_grant", hint)
        for permission in grant.permissions():
            _check_within(await reach_of(session, context, permission), grant)


def _check_within(reach: Reach, grant: Grant) -> None:
    if reach.everything:
        return
    held = {"accounts": reach.accounts, "tenants": reach.tenants}.get(grant.scope, ())
    if grant.scope == "all" or not grant.subject_ids <= set(held):
        raise GrantAboveOwnRights


async def _store_grants(
    session: AsyncSession, operator_id: UUID, grants: tuple[Grant, ...]
) -> None:
    session.add_all(
        OperatorGrant(
            id=new_id(),
            operator_id=operator_id,
            scope=grant.scope,
            subject_ids=sorted(grant.subject_ids),
            resource=grant.resource,
            action=grant.action,
        )
        for grant in grants
    )
    await session.flush()


async def _send_link(
    session: AsyncSession, context: Context, operator: Operator, now: datetime
) -> None:
    token = random_text(43)
    operator.link_digest, operator.link_expires_at = digest_of(token), now + LINK_VALID
    await queue_mail(
        session,
        context,
        to=operator.email,
        template="tenancy.operator_link",
        path=f"/operators/accept#token={token}",
        variables={"display_name": operator.display_name},
    )


async def _load(session: AsyncSession, context: Context, operator_id: UUID) -> Operator:
    (await reach_of(session, context, WRITE)).check_everything(WRITE)
    operator = await session.get(Operator, operator_id, with_for_update=True)
    if operator is None:
        raise NotFound
    return operator


async def _announce(
    session: AsyncSession, context: Context, operator: Operator, change: str, now: datetime
) -> None:
    operator.version += 1
    await session.flush()
    event = OperatorChanged(aggregate_id=operator.id, change=change)
    await publish(session, context, event, now=now)
    if operator.user_id is not None:
        await tell(session, f"user:{operator.user_id}")
