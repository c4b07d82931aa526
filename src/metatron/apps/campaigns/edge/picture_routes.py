"""Uploaded main pictures, for anybody: what an address shows never changes."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns.errors import PictureNotFound
from metatron.apps.campaigns.rules.pictures import public_picture
from metatron.kernel.context import system_context
from metatron.kernel.http.access import public
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db
from metatron.platform.files.interface import (
    ContentMissing,
    IfRange,
    Range,
    RangeNotSatisfiable,
    content_answer,
    content_responses,
)
from metatron.platform.tenancy.interface import tenant_by_id

router = Router(tags=["public"])
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_PICTURE = content_responses(dict.fromkeys(("image/jpeg", "image/png", "image/webp"), _BINARY))
FOR_GOOD = "public, max-age=31536000, immutable"


@router.get(
    "/public/campaign-pictures/{tenant_id}/{picture_id}",
    response_class=Response,
    responses=_PICTURE,
)
@public(raises=(PictureNotFound, ContentMissing, RangeNotSatisfiable))
async def show_picture(
    tenant_id: UUID,
    picture_id: UUID,
    database: Db,
    wanted: Range = None,
    only_if: IfRange = None,
) -> Response:
    """Show an uploaded main picture of a campaign."""
    tenant = await tenant_by_id(database, tenant_id)
    if tenant is None or tenant.state not in {"active", "moving"}:
        raise PictureNotFound
    context = system_context(tenant_id)
    async with database.transaction(context) as session:
        found = await public_picture(session, context, file_id=picture_id)
    return await content_answer(
        context, found, cache_control=FOR_GOOD, wanted=wanted, only_if=only_if
    )
