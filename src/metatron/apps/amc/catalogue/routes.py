"""Routes of the catalogue: ASINs, campaigns, brands, imports."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from metatron.apps.amc.catalogue import answers, import_queries, importing, queries, schemas
from metatron.apps.amc.catalogue.errors import ImportNotFound
from metatron.apps.amc.catalogue.files import Subject
from metatron.apps.amc.catalogue.words import LAST, asked_words
from metatron.apps.amc.edge import Cursor, Limit, Page, Words, answer_json, answer_page
from metatron.apps.amc.permissions import EDIT, READ
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.http.access import Access, declare, requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, current_unit
from metatron.kernel.paging import cursor_keys

router = Router(prefix="/amc/catalogue", tags=["amc catalogue"])
FileName = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f/\\]{1,200}$")], Query()
]
BrandName = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")], Query()
]
_RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_IMPORTING = Access("permission", EDIT, max_body_bytes=importing.LARGEST_FILE_BYTES)


@router.get("/asins", response_model=Page[answers.AsinAnswer])
@requires(READ)
async def list_amc_asins(
    read: Read,
    *,
    q: Words = None,
    brand: Words = None,
    active: Annotated[bool | None, Query()] = None,
    sort: queries.AsinSort = "asin",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List products by ASIN; `q` looks for the beginnings of words of ASIN, brand and title."""
    words = asked_words(q)
    statement, kinds = queries.asins(sort, with_words=bool(words), deep=cursor is not None)
    arguments: list[Any] = [brand, active, *keys_of(cursor, kinds), limit + 1]
    if q is not None and not words:
        return answer_json({"items": [], "next_cursor": None})
    if words:
        arguments += [words, [word + LAST for word in words]]
    return await answer_page(read, statement, *arguments, limit=limit)


@router.get("/campaigns", response_model=Page[answers.AdCampaignAnswer])
@requires(READ)
async def list_amc_campaigns(
    read: Read,
    *,
    q: Words = None,
    kind: Annotated[schemas.Kind | None, Query(alias="type")] = None,
    brand: Words = None,
    in_amc: bool | None = None,
    sort: queries.CampaignSort = "name",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List campaigns by name; `q` looks into names, earlier names and ids.

    With `in_amc` those whose ids AMC knows: coupons and promotions of an export are none.
    """
    statement, kinds = queries.campaigns(sort, deep=cursor is not None)
    arguments = (kind, brand, q, *keys_of(cursor, kinds), limit + 1, in_amc)
    return await answer_page(read, statement, *arguments, limit=limit)


@router.get("/brands", response_model=answers.Brands)
@requires(READ)
async def list_amc_brands(read: Read) -> Response:
    """List brands with how many products and campaigns each has."""
    found = await read.direct.json(read.context, queries.BRANDS)
    return answer_json({"items": orjson.loads(found or b"[]")})


@router.get("/brands/members", response_model=answers.BrandMembers)
@requires(READ)
async def show_amc_brand(read: Read, *, brand: BrandName) -> Response:
    """Return the active products and the campaigns of a brand, as a mapping takes them."""
    found = await read.direct.json(read.context, queries.BRAND_MEMBERS, brand)
    return answer_json(found or b"{}")


@router.post(
    "/asins/import",
    status_code=202,
    response_model=answers.CatalogueImportAnswer,
    openapi_extra=_RAW_BODY,
)
@declare(_IMPORTING)
async def import_amc_asins(request: Request, *, file_name: FileName = "asins.csv") -> Response:
    """Take a file of products (the raw body); the import's record says what became of it."""
    return await _import(request, "asins", file_name)


@router.post(
    "/campaigns/import",
    status_code=202,
    response_model=answers.CatalogueImportAnswer,
    openapi_extra=_RAW_BODY,
)
@declare(_IMPORTING)
async def import_amc_campaigns(
    request: Request, *, file_name: FileName = "campaigns.csv"
) -> Response:
    """Take a file of campaigns (the raw body); the import's record says what became of it."""
    return await _import(request, "campaigns", file_name)


@router.get("/imports", response_model=Page[answers.CatalogueImportAnswer])
@requires(READ)
async def list_amc_imports(read: Read, *, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List imports, the newest first."""
    return await answer_page(
        read, import_queries.IMPORTS, *cursor_keys(cursor), limit + 1, limit=limit
    )


@router.get("/imports/{import_id}", response_model=answers.CatalogueImportAnswer)
@requires(READ, raises=(ImportNotFound,))
async def show_amc_import(import_id: UUID, read: Read) -> Response:
    """Show what became of a file."""
    found = await read.direct.json(read.context, import_queries.IMPORT_BY_ID, import_id)
    if found is None:
        raise ImportNotFound
    return answer_json(found)


async def _import(request: Request, subject: Subject, file_name: str) -> Response:
    content = await request.body()
    # Begun only now: no connection waits for a slow caller.
    unit = await current_unit(request)
    import_id = await importing.ask_for_import(
        unit.session,
        unit.context,
        subject=subject,
        file_name=file_name,
        content=content,
        now=unit.now,
    )
    shown: dict[str, Any] = {
        "id": import_id, "subject": subject, "file_name": file_name, "state": "waiting",
        "lines": 0, "added": 0, "changed": 0, "unchanged": 0, "refused": 0, "problems": [],
        "asked_by": unit.context.actor_id, "asked_at": unit.now, "finished_at": None,
    }  # fmt: skip
    return answer_json(shown, status=202)
