"""What the files module keeps about people."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.personal_data import ERASED_WORDS, Person, PersonalData
from metatron.platform.files.attaching import delete
from metatron.platform.files.tables import FileRow

_FORGET_NAMES = text("""
update files.file set name = :words
where tenant_id = :tenant_id and uploaded_by = :user_id and state = 'deleted' and name <> :words
""")


async def delete_loose(
    session: AsyncSession, context: Context, person: Person, now: datetime
) -> int:
    """Delete what the person uploaded and nothing holds, copies of their own data among it."""
    loose = await session.scalars(
        select(FileRow.id).where(
            FileRow.tenant_id == context.tenant_id,
            FileRow.uploaded_by == person.user_id,
            FileRow.state == "stored",
            FileRow.expires_at.is_not(None),
        )
    )
    found = list(loose)
    for file_id in found:
        await delete(session, context, file_id=file_id, now=now)
    await session.flush()
    values = {"tenant_id": context.tenant_id, "user_id": person.user_id, "words": ERASED_WORDS}
    await session.execute(_FORGET_NAMES, values)
    return len(found)


# What a file is called is part of the record that holds it, unless it is called after its person.
_NAMED_AFTER = """
update files.file
set name = cast(:words as text) || coalesce(substring(name from '\\.[A-Za-z0-9]{1,8}$'), '')
where tenant_id = :tenant_id and uploaded_by = :user_id
  and ((cast(:email as text) <> '' and strpos(lower(name), cast(:email as text)) > 0)
    or (length(cast(:name as text)) >= 3 and strpos(lower(name), lower(cast(:name as text))) > 0))
"""

PERSONAL_DATA = (
    PersonalData(
        name="loose_files",
        title="Files you uploaded that are attached to nothing",
        fate="erased",
        tables=("files.file",),
        select="""
select id, name, media_type, size_bytes, purpose, uploaded_at, expires_at from files.file
where tenant_id = :tenant_id and uploaded_by = :user_id and state = 'stored'
  and expires_at is not null and id > :after order by id limit :most
""",
        work=delete_loose,
    ),
    PersonalData(
        name="attached_files",
        title="Files you attached to records, such as evidence",
        fate="kept",
        tables=("files.attachment",),
        why="They are part of the organisation's records; who uploaded them has no name any more",
        years=7,
        erase=(_NAMED_AFTER,),
        select="""
select id, name, media_type, size_bytes, purpose, uploaded_at from files.file
where tenant_id = :tenant_id and uploaded_by = :user_id and state = 'stored'
  and expires_at is null and id > :after order by id limit :most
""",
    ),
)
