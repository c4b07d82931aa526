"""Making a copy of what is kept about a person: one archive, begun anew when it was cut short."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database, Door
from metatron.kernel.database.session import at_home
from metatron.kernel.events.event import publish
from metatron.kernel.personal_data import Person
from metatron.platform.files.interface import FilePurpose, register_purpose, signed_link, store
from metatron.platform.personal_data import plan
from metatron.platform.personal_data.archive import Archive
from metatron.platform.personal_data.events import ExportMade
from metatron.platform.personal_data.mails import post
from metatron.platform.personal_data.people import person_of
from metatron.platform.personal_data.tables import RequestRow

LINK_DAYS = 7
PURPOSE = "personal_data_export"
# Nobody holds this: the archive is opened by its person, or with the link that was mailed.
register_purpose(
    FilePurpose(
        name=PURPOSE,
        media_types=("application/zip",),
        max_bytes=50 * 1_048_576,
        read_permission="personal_data:own",
        upload_permission="personal_data:own",
    )
)


@dataclass(frozen=True, slots=True)
class Made:
    """A finished copy."""

    person: Person
    content: bytes
    rows: int


async def export_person(
    database: Database, context: Context, *, request_id: UUID, now: datetime
) -> None:
    """Make the copy that a request asks for, keep it for a week and mail its link.

    Raises:
        LimitReached, FileTooLarge: there is no room for it; it is tried again.
    """
    async with database.transaction(context) as session:
        row = await session.get(RequestRow, (context.tenant_id, request_id))
        if row is None or row.kind != "export" or row.state not in {"waiting", "running"}:
            return
        row.state = "running"
        async with at_home(session) as home:
            person = await person_of(home, row.user_id)
    with TemporaryFile() as file:
        rows = await _write(database, context, person, file, now)
        file.seek(0)
        made = Made(person, file.read(), rows)
        await _keep(database, context, request_id, made, now)


async def _write(
    database: Database, context: Context, person: Person, file: IO[bytes], now: datetime
) -> int:
    with Archive(file, made_at=now) as archive:
        for part in plan.parts():
            door: Door = "home" if part.kind.at_home else "tenant"
            async with database.transaction(context, door=door) as session:
                await archive.add(session, context, part, person)
        archive.close_index()
        return archive.rows


async def _keep(
    database: Database,
    context: Context,
    request_id: UUID,
    made: Made,
    now: datetime,
) -> None:
    person = made.person
    ends_at = now + timedelta(days=LINK_DAYS)
    # In the person's name, so that they, and nobody else, open it without a link as well.
    own = Context(context.tenant_id, "user", actor_id=person.user_id, request_id=context.request_id)
    async with database.transaction(context) as session:
        row = await session.get(RequestRow, (context.tenant_id, request_id), with_for_update=True)
        if row is None or row.state != "running":
            return
        name = f"personal-data-{now:%Y-%m-%d}.zip"
        kept = await store(
            session,
            own,
            purpose=PURPOSE,
            name=name,
            content=made.content,
            expires_at=ends_at,
            now=now,
        )
        row.state, row.ended_at = "done", now
        row.file_id, row.link_expires_at = kept.id, ends_at
        row.version += 1
        event = ExportMade(
            aggregate_id=row.id, user_id=person.user_id, file_id=kept.id, rows=made.rows
        )
        await publish(session, context, event, now=now)
        path = signed_link(context, file_id=kept.id, expires_at=ends_at, now=now)
        await post.export_ready(session, context, person, path=path, ends_at=ends_at, now=now)
