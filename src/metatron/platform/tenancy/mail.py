"""Mails of organisations: asked for in the home database, rendered where the tenant's rows are.

Address and link are sealed on their way, so that neither the outbox nor the job queue shows them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, any_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.platform.notifications.interface import (
    MailTemplate,
    register_templates,
    send_mail,
)
from metatron.platform.tenancy.site import site
from metatron.platform.tenancy.tables import Invitation, Operator, OperatorGrant, Tenant

SEND = "tenancy.send_mail"

register_templates(
    MailTemplate(
        name="tenancy.invitation",
        version=1,
        subject="Join {{ organisation }}",
        text=(
            "You are invited to join {{ organisation }}.\n\n"
            "Open this link within seven days and sign in with this e-mail address:\n"
            "{{ link }}\n\n"
            "If you did not expect this, do nothing: the link ends by itself.\n"
        ),
    ),
    MailTemplate(
        name="tenancy.operator_link",
        version=1,
        subject="Your operator access",
        text=(
            "Hello {{ display_name }},\n\n"
            "Sign in with this e-mail address and open this link within 24 hours. It works once:\n"
            "{{ link }}\n"
        ),
    ),
    MailTemplate(
        name="tenancy.welcome",
        version=1,
        subject="{{ organisation }} is ready",
        text=(
            "Welcome! {{ organisation }} is set up.\n\n"
            "Sign in here with this e-mail address:\n{{ link }}\n"
        ),
    ),
    MailTemplate(
        name="tenancy.follow_up_day",
        version=1,
        subject="First steps with {{ organisation }}",
        text=(
            "{{ organisation }} has been ready for a day. Good first steps: invite your"
            " colleagues,\ngive them roles, and create an API key for your programs.\n\n"
            "{{ link }}\n"
        ),
    ),
    MailTemplate(
        name="tenancy.follow_up_week",
        version=1,
        subject="A week with {{ organisation }}",
        text=(
            "{{ organisation }} is a week old. Tell us what is missing by answering this mail.\n\n"
            "{{ link }}\n"
        ),
    ),
)


async def mail_invitation(
    session: AsyncSession, context: Context, invitation: Invitation, token: str
) -> None:
    """Queue the invitation's mail with its link."""
    tenant = await session.get(Tenant, context.tenant_id)
    assert tenant is not None, "an invitation of no organisation"
    await queue_mail(
        session,
        context,
        to=invitation.email,
        template="tenancy.invitation",
        path=f"/invitations/accept#token={token}",
        variables={"organisation": tenant.name},
    )


async def queue_mail(
    session: AsyncSession,
    context: Context,
    *,
    to: str,
    template: str,
    path: str,
    variables: dict[str, str],
    run_at: datetime | None = None,
) -> UUID:
    """Queue a mail, returning the request's id; the template's `link` leads to `path`."""
    box = site().box
    return await enqueue(
        session,
        context,
        SEND,
        run_at=run_at,
        template=template,
        sealed_to=box.seal(to).decode(),
        sealed_link=box.seal(site().public_url + path).decode(),
        variables=variables,
    )


async def send_queued_mail(
    session: AsyncSession,
    context: Context,
    *,
    now: datetime,
    template: str,
    sealed_to: str,
    sealed_link: str,
    variables: dict[str, str],
) -> None:
    """Hand a queued mail to notifications, in the tenant's database; runs as a job."""
    box = site().box
    await send_mail(
        session,
        context,
        to=box.open(sealed_to.encode()),
        template=template,
        variables=variables | {"link": box.open(sealed_link.encode())},
        now=now,
    )


async def mail_operators(
    session: AsyncSession,
    context: Context,
    permission: str,
    *,
    tenant_id: UUID | None = None,
    template: str,
    path: str,
    variables: dict[str, str],
) -> int:
    """Queue a mail to every active operator who holds `permission` over everything.

    What concerns one tenant is told to those as well whose grant names it or its account.
    `session` is a transaction of the system role; returns how many are told.
    """
    resource, _, action = permission.partition(":")
    reaches = OperatorGrant.scope == "all"
    if tenant_id is not None:
        account_id = select(Tenant.account_id).where(Tenant.id == tenant_id).scalar_subquery()
        reaches = or_(
            reaches,
            and_(OperatorGrant.scope == "tenants", OperatorGrant.subject_ids.contains([tenant_id])),
            and_(OperatorGrant.scope == "accounts", account_id == any_(OperatorGrant.subject_ids)),
        )
    holds = exists().where(
        OperatorGrant.operator_id == Operator.id,
        reaches,
        OperatorGrant.resource.in_((resource, "*")),
        OperatorGrant.action.in_((action, "*")),
    )
    found = await session.scalars(select(Operator.email).where(Operator.state == "active", holds))
    addresses = sorted(found)
    for address in addresses:
        await queue_mail(
            session, context, to=address, template=template, path=path, variables=variables
        )
    return len(addresses)
