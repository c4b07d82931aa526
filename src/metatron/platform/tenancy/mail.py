"""Mails of organisations: asked for in the home database, rendered where the tenant's rows are.

A token on its way to a mail is sealed, so that neither the outbox nor the job queue shows it.
"""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.secrets import SecretBox
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.tables import Invitation, Tenant

SEND = "tenancy.send_mail"


class SendMail(Protocol):
    """What `platform.notifications.interface.send_mail` offers."""

    async def __call__(
        self,
        session: AsyncSession,
        context: Context,
        *,
        to: str,
        template: str,
        locale: str = "en",
        variables: dict[str, Any],
        now: datetime,
    ) -> Any:
        """Render a registered template and queue its delivery."""


class _Post:
    """The process's way to send mail and to seal what must not lie open until then."""

    def __init__(self, send: SendMail, settings: Settings) -> None:
        self.send = send
        self.public_url = settings.public_url.rstrip("/")
        self.box = SecretBox(settings.secret_keys.get_secret_value())


_post: _Post | None = None


def prepare_mail(send: SendMail, settings: Settings) -> None:
    """Take note of how this process sends mail; called once when it starts."""
    global _post
    _post = _Post(send, settings)


def post() -> _Post:
    """Return what `prepare_mail` noted."""
    assert _post is not None, "call tenancy's startup hook first"
    return _post


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
        secret_link=f"{post().public_url}/invitations/accept#token={token}",
        variables={"organisation": tenant.name},
    )


async def queue_mail(
    session: AsyncSession,
    context: Context,
    *,
    to: str,
    template: str,
    variables: dict[str, str],
    secret_link: str = "",
    run_at: datetime | None = None,
) -> None:
    """Queue a mail; `secret_link` becomes the variable `link` and travels sealed."""
    await enqueue(
        session,
        context,
        SEND,
        run_at=run_at,
        sealed_to=post().box.seal(to).decode(),
        template=template,
        sealed_link=post().box.seal(secret_link).decode(),
        variables=variables,
    )


async def send_queued_mail(
    session: AsyncSession,
    context: Context,
    *,
    now: datetime,
    sealed_to: str,
    template: str,
    sealed_link: str,
    variables: dict[str, str],
) -> None:
    """Hand a queued mail to notifications, in the tenant's database; runs as a job."""
    link = post().box.open(sealed_link.encode())
    await post().send(
        session,
        context,
        to=post().box.open(sealed_to.encode()),
        template=template,
        variables=variables | ({"link": link} if link else {}),
        now=now,
    )
