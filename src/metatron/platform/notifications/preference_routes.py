"""Routes of one's own preferences about mails."""

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from metatron.kernel.errors import ImpersonationForbidden, NotFound
from metatron.kernel.http.access import signed_in
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Unit
from metatron.platform.notifications.preferences import choose, chosen
from metatron.platform.notifications.schemas import (
    PreferenceBody,
    PreferenceItem,
    PreferencePage,
)
from metatron.platform.notifications.templates import known_kinds

router = Router(tags=["notifications"])


@router.get("/notification-preferences")
@signed_in()
async def list_preferences(unit: Unit) -> PreferencePage:
    """List the kinds of mail one may choose about, each with what one has chosen.

    What moves money, tells a step of a campaign or concerns one's account is not among them.
    """
    reader = unit.context.actor_id
    wishes = await chosen(unit.session, unit.context, [] if reader is None else [reader])
    return PreferencePage(
        items=[
            PreferenceItem(
                kind=kind.name,
                title=kind.title,
                description=kind.description,
                delivery="at_once"
                if reader is None
                else wishes.get((reader, kind.name), "at_once"),
            )
            for kind in known_kinds()
        ]
    )


@router.put("/notification-preferences/{kind}", status_code=204)
@signed_in(raises=(NotFound, ImpersonationForbidden))
async def change_preference(
    kind: Annotated[str, Path(pattern=r"^[a-z_.]{1,80}$")], body: PreferenceBody, unit: Unit
) -> Response:
    """Choose how a kind of mail reaches oneself: at once, in a daily digest, or not at all."""
    await choose(unit.session, unit.context, kind=kind, delivery=body.delivery, now=unit.now)
    return Response(status_code=204)
