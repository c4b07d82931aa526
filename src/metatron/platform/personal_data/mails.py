"""What the person is told by mail."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.personal_data import Person
from metatron.platform.notifications.interface import (
    Mail,
    MailTemplate,
    register_templates,
    send_mails,
)

EXPORT_READY = "personal_data.export_ready"
ERASURE_ASKED = "personal_data.erasure_asked"
ERASURE_WITHDRAWN = "personal_data.erasure_withdrawn"

register_templates(
    MailTemplate(
        name=EXPORT_READY,
        version=1,
        subject="Your data is ready",
        text=(
            "A copy of what is kept about you is ready. Open this link before {{ ends_at }}:\n"
            "{{ link }}\n\n"
            "Whoever has the link can open the file: do not pass it on.\n"
        ),
    ),
    MailTemplate(
        name=ERASURE_ASKED,
        version=1,
        subject="Your data will be erased",
        text=(
            "Somebody, you or an administrator, asked to erase what your organisation keeps "
            "about you.\n\n"
            "It will be erased after {{ due_at }}. Until then it can be withdrawn here:\n"
            "{{ link }}\n\n"
            "Records of money are kept for as long as the law asks, without your name.\n"
        ),
    ),
    MailTemplate(
        name=ERASURE_WITHDRAWN,
        version=1,
        subject="Your data will not be erased",
        text=(
            "An operator of the platform withdrew the request to erase your data.\n\n"
            "If you did not ask for that, ask for the erasure again here:\n"
            "{{ link }}\n"
        ),
    ),
)


class Post:
    """Knows the page's address; `open` is called when the process starts."""

    def __init__(self) -> None:
        """Begin without an address."""
        self._public_url = ""

    def open(self, runtime: Any) -> None:
        """Take the settings of the process (a module start-up hook)."""
        self._public_url = runtime.settings.public_url.rstrip("/")

    async def export_ready(
        self,
        session: AsyncSession,
        context: Context,
        person: Person,
        *,
        path: str,
        ends_at: datetime,
        now: datetime,
    ) -> None:
        """Send the link of a copy."""
        places = {"link": self._public_url + path, "ends_at": _shown(ends_at)}
        mail = Mail(context, person.email, EXPORT_READY, places, person.user_id)
        await send_mails(session, context, mails=[mail], now=now)

    async def erasure_asked(
        self,
        session: AsyncSession,
        context: Context,
        person: Person,
        *,
        due_at: datetime,
        now: datetime,
    ) -> None:
        """Tell until when an erasure can be withdrawn."""
        places = {"link": f"{self._public_url}/settings/profile", "due_at": _shown(due_at)}
        mail = Mail(context, person.email, ERASURE_ASKED, places, person.user_id)
        await send_mails(session, context, mails=[mail], now=now)

    async def erasure_withdrawn(
        self, session: AsyncSession, context: Context, person: Person, *, now: datetime
    ) -> None:
        """Tell that an operator withdrew an erasure, and where to ask for it again."""
        places = {"link": f"{self._public_url}/settings/profile"}
        mail = Mail(context, person.email, ERASURE_WITHDRAWN, places, person.user_id)
        await send_mails(session, context, mails=[mail], now=now)


def _shown(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC")


post = Post()
