"""Routes of the build guides."""

import asyncio
from typing import Annotated, Any

import orjson
from fastapi import Path
from starlette.responses import Response

from metatron.apps.amc.declarations import as_rows
from metatron.apps.amc.edge import Page, answer_json
from metatron.apps.amc.guides import schemas
from metatron.apps.amc.guides.errors import GuideNotFound, SectionNotFound
from metatron.apps.amc.guides.guide import Guide
from metatron.apps.amc.guides.progress import DONE, note_progress, sections_done
from metatron.apps.amc.guides.reading import guides
from metatron.apps.amc.library.saving import Origin, create_workflow
from metatron.apps.amc.library.schemas import WorkflowAnswer
from metatron.apps.amc.library.showing import show_workflow_of
from metatron.apps.amc.permissions import EDIT, READ
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Reader, Unit

router = Router(prefix="/amc/guides", tags=["amc guides"])
Slug = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]
FOLDER = "Guides"


@router.get("", response_model=Page[schemas.GuideSummary])
@requires(READ)
async def list_guides(read: Read) -> Response:
    """List the guides, the easy ones first, with how far one has read each."""
    every = await asyncio.to_thread(guides)
    done = await _done(read)
    items = [each.summary_json(done.get(each.slug, set())) for each in every.values()]
    return answer_json({"items": items, "next_cursor": None})


@router.get("/{guide}", response_model=schemas.GuideAnswer)
@requires(READ, raises=(GuideNotFound,))
async def show_guide(guide: Slug, read: Read) -> Response:
    """Show a guide: its texts, queries with sample rows, and glossary."""
    found = await _guide(guide)
    done = (await _done(read, guide)).get(guide, set())
    sections = [each.as_json() | {"done": each.key in done} for each in found.sections]
    return answer_json(found.summary_json(done) | {"sections": sections})


@router.put("/{guide}/progress", response_model=schemas.ProgressAnswer)
@requires(READ, raises=(GuideNotFound, SectionNotFound))
async def note_guide_progress(guide: Slug, body: schemas.ProgressBody, unit: Unit) -> Response:
    """Note that one has read a section, or take the mark away."""
    found = await _guide(guide)
    if body.section not in {each.key for each in found.sections}:
        raise SectionNotFound
    await note_progress(
        unit.session, unit.context, guide=guide, section=body.section, done=body.done, now=unit.now
    )
    done = await sections_done(unit.session, unit.context, guide=guide)
    return answer_json(found.summary_json(done)["progress"])


@router.post("/{guide}/use", status_code=201, response_model=WorkflowAnswer)
@requires(EDIT, raises=(GuideNotFound, SectionNotFound))
async def use_guide(guide: Slug, unit: Unit, body: schemas.UseBody | None = None) -> Response:
    """Copy a query of a guide into the library, with its parameters."""
    found = await _guide(guide)
    wanted = body.query if body else None
    named = (
        (each.query, {None, each.key, each.query.key}) for each in found.sections if each.query
    )
    query = next((each for each, names in named if wanted in names), None)
    if query is None:
        raise SectionNotFound
    made = await create_workflow(
        unit.session,
        unit.context,
        about={
            "name": query.title, "description": found.summary, "folder": FOLDER,
            "tags": [found.category], "category": found.category,
        },
        text={
            "sql": query.sql, "parameters": as_rows(query.parameters), "privacy": "REMOVE_ROWS",
        },
        note=f"From the guide {found.title}",
        origin=Origin(guide=guide),
        now=unit.now,
    )  # fmt: skip
    return await show_workflow_of(unit, made.id, status=201)


async def _guide(slug: str) -> Guide:
    """Return the guide.

    Raises:
        GuideNotFound: there is none of that name.
    """
    found = (await asyncio.to_thread(guides)).get(slug)
    if found is None:
        raise GuideNotFound
    return found


async def _done(read: Reader, guide: str | None = None) -> dict[str, set[Any]]:
    found = await read.direct.json(read.context, DONE, read.context.actor_id, guide)
    return {name: set(sections) for name, sections in orjson.loads(found or b"{}").items()}
