"""The main picture: an address elsewhere, or a file uploaded here that everybody may look at.

A campaign keeps one address in either case. That of an uploaded file names tenant and file, so it
never shows anything else and may be kept by browsers for good.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import PictureNotFound
from metatron.apps.campaigns.permissions import ORGANISE, READ
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.platform.files import interface as files

PURPOSE = "campaign_picture"
MOST_BYTES = 5 * 1_048_576
PATH = "/api/v1/public/campaign-pictures/"
files.register_purpose(
    files.FilePurpose(
        PURPOSE,
        ("image/jpeg", "image/png", "image/webp"),
        MOST_BYTES,
        READ,
        upload_permission=ORGANISE,
    )
)


def with_picture(context: Context, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with the uploaded file that `picture_file_id` names as `picture_url`."""
    file_id = fields.get("picture_file_id")
    rest = {name: value for name, value in fields.items() if name != "picture_file_id"}
    if file_id is None:
        return rest
    return rest | {"picture_url": f"{PATH}{context.tenant_id}/{file_id}"}


async def change_picture(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    *,
    before: str | None,
    now: datetime,
) -> None:
    """Attach the campaign's uploaded picture, and delete the one it had, unless another shows it.

    Raises:
        InvalidInput: there is no such uploaded picture.
    """
    file_id = _file_of(context, campaign.picture_url)
    if file_id is not None:
        try:
            await files.attach(
                session, context, file_id=file_id, purpose=PURPOSE,
                subject_kind="campaign_picture", subject_id=campaign.id, now=now,
            )  # fmt: skip
        except files.FileNotFound as error:
            hint = "The uploaded picture is not there any more; upload it again."
            raise InvalidInput.field("body.picture_url", "not_found", hint) from error
    old_id = _file_of(context, before)
    if old_id is None or old_id == file_id:
        return
    others = select(Campaign.id).where(
        Campaign.tenant_id == context.tenant_id,
        Campaign.picture_url == before,
        Campaign.id != campaign.id,
    )
    if (await session.execute(others.limit(1))).first() is None:
        await files.delete(session, context, file_id=old_id, now=now)


async def public_picture(
    session: AsyncSession, context: Context, *, file_id: UUID
) -> files.FileFacts:
    """Return the facts of a picture that a campaign shows.

    Raises:
        PictureNotFound: there is none, it is no picture of a campaign, or none shows it yet.
    """
    try:
        found = await files.facts(session, context, file_id=file_id)
    except files.FileNotFound as error:
        raise PictureNotFound from error
    # What is attached to nothing still has an end; attaching took it away.
    if found.purpose != PURPOSE or found.expires_at is not None:
        raise PictureNotFound
    return found


def _file_of(context: Context, picture_url: str | None) -> UUID | None:
    """Return the id of the organisation's own uploaded file behind an address."""
    own = f"{PATH}{context.tenant_id}/"
    if picture_url is None or not picture_url.startswith(own):
        return None
    try:
        return UUID(picture_url.removeprefix(own))
    except ValueError:
        return None
