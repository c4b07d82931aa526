"""Routes of one's own views of lists."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from metatron.kernel.errors import ImpersonationForbidden
from metatron.kernel.http.access import signed_in
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Unit
from metatron.platform.records.errors import TooManyViews, ViewNotFound
from metatron.platform.records.schemas import ListName, NewView, SavedView, SavedViews
from metatron.platform.records.views import View, forget_view, save_view, views_of

router = Router(prefix="/saved-views", tags=["saved views"])


@router.get("")
@signed_in()
async def list_saved_views(
    unit: Unit, list_name: Annotated[ListName, Query(alias="list")]
) -> SavedViews:
    """List one's own views of a list, the oldest first."""
    found = await views_of(unit.session, unit.context, list_name)
    return SavedViews(items=[_shown(each) for each in found])


@router.post("", status_code=201)
@signed_in(raises=(TooManyViews, ImpersonationForbidden))
async def save_saved_view(body: NewView, unit: Unit) -> SavedView:
    """Keep a view of a list under a name; one of that name makes room for it."""
    kept = await save_view(unit.session, unit.context, **body.model_dump(), now=unit.now)
    return _shown(kept)


@router.delete("/{view_id}", status_code=204)
@signed_in(raises=(ViewNotFound, ImpersonationForbidden))
async def forget_saved_view(view_id: UUID, unit: Unit) -> Response:
    """Let go of one of one's own views."""
    await forget_view(unit.session, unit.context, view_id=view_id, now=unit.now)
    return Response(status_code=204)


def _shown(view: View) -> SavedView:
    return SavedView(id=view.id, list_name=view.list_name, name=view.name, search=view.search)
