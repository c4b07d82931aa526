"""Lists of the catalogue by the direct door."""

from functools import lru_cache
from typing import Annotated

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

CURSOR = "json_build_array({keys}) cursor_"
LIST = BOUND + " select coalesce(json_agg(r), '[]')::text from bound, lateral ({statement}) r"
_ASIN = "select a.asin, a.title, a.brand, a.marketplace, a.active, a.seen_at, {cursor}"
_WANTED = """
  a.tenant_id = bound.t::uuid and ($2::text is null or a.brand = $2)
  and ($3::boolean is null or a.active = $3) and {beyond}
"""

_ASINS = LIST.format(
    statement=_ASIN + " from amc.asin a where" + _WANTED + " order by {order} limit $6"
)
_FOUND_ASINS = LIST.format(
    statement=_ASIN
    + """
  from (select distinct w.asin from amc.asin_word w
    where w.tenant_id = bound.t::uuid and w.word >= ($7::text[])[1] and w.word < ($8::text[])[1]
  ) hit join amc.asin a on a.tenant_id = bound.t::uuid and a.asin = hit.asin
  where"""
    + _WANTED
    + """ and not exists (
    select from unnest(($7::text[])[2:], ($8::text[])[2:]) as further(low, high)
    where not exists (select from amc.asin_word w where w.tenant_id = bound.t::uuid
      and w.asin = a.asin and w.word >= further.low and w.word < further.high))
  order by {order} limit $6"""
)
_ASIN_SORTS: dict[str, tuple[str, Kind]] = {
    "asin": ("a.asin", "text"),
    "title": ("a.title_key", "text"),
    "brand": ("a.brand", "text"),
    "seen_at": ("a.seen_at", "timestamptz"),
}
AsinSort = Annotated[str, sort_query(_ASIN_SORTS)]


@lru_cache(maxsize=32)
def asins(sort: str, *, with_words: bool, deep: bool = False) -> Ordered:
    """Return the statement of a page of products in this order, and what its cursor holds.

    $2 brand, $3 active, $4 and $5 the cursor, $6 the limit; with words $7 their beginnings, the
    longest first, and $8 what sorts behind each.
    """
    statement = _FOUND_ASINS if with_words else _ASINS
    return ordered(statement, _ASIN_SORTS, sort, "a.asin", ("$4", "$5"), deep=deep, id_kind="text")


_CAMPAIGNS = LIST.format(
    statement="""
  select c.kind, c.campaign_id, c.name, c.earlier_names, c.state, c.brand, c.seen_at, {cursor}
  from amc.ad_campaign c where c.tenant_id = bound.t::uuid
    and ($2::text is null or c.kind = $2) and ($3::text is null or c.brand = $3)
    and ($4::text is null or concat_ws(' ', c.name, c.campaign_id, c.earlier_names::text)
      ilike '%' || replace(replace(replace($4, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
    and ($8::boolean is null or (c.campaign_id ~ '^[0-9]+$') = $8)
    and {beyond}
  order by {order} limit $7"""
)
_CAMPAIGN_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("c.name_key", "text"),
    "kind": ("c.kind", "text"),
    "brand": ("c.brand", "text"),
    "campaign_id": ("c.campaign_id", "text"),
}
CampaignSort = Annotated[str, sort_query(_CAMPAIGN_SORTS)]


@lru_cache(maxsize=16)
def campaigns(sort: str, *, deep: bool = False) -> Ordered:
    """Return the statement of a page of campaigns in this order, and what its cursor holds.

    $2 type, $3 brand, $4 words, $5 and $6 the cursor, $7 the limit, $8 whether AMC knows the id.
    """
    return ordered(
        _CAMPAIGNS, _CAMPAIGN_SORTS, sort, "c.campaign_id", ("$5", "$6"), deep=deep, id_kind="text"
    )


BRANDS = LIST.format(
    statement="""
  select brand as name, sum(asins)::bigint asins, sum(campaigns)::bigint campaigns from (
    select brand, count(*) asins, 0 campaigns from amc.asin
    where tenant_id = bound.t::uuid and brand <> '' group by brand
    union all
    select brand, 0, count(*) from amc.ad_campaign
    where tenant_id = bound.t::uuid and brand <> '' group by brand
  ) counted group by brand order by brand limit 2000"""
)

BRAND_MEMBERS = (
    BOUND
    + """ select row_to_json(r)::text from bound, lateral (
  select array(select a.asin from amc.asin a where a.tenant_id = bound.t::uuid and a.brand = $2
      and a.active order by a.asin limit 20000) asins,
    array(select c.campaign_id from amc.ad_campaign c where c.tenant_id = bound.t::uuid
      and c.brand = $2 and c.campaign_id ~ '^[0-9]+$'
      order by lower(c.name), c.campaign_id limit 20000) campaign_ids
  limit 1) r"""
)
"""$2 the brand; no more of each than a mapping takes, and no campaign that AMC does not know: the
ids of coupons and promotions, which stand in exports as campaigns do, are no numbers."""

MAPPING = (
    BOUND
    + """ select row_to_json(r)::text from bound, lateral (
  select i.id instance_id, coalesce(m.brands, '[]') brands, m.saved_by, m.saved_at,
    coalesce(m.version, 0) as version
  from amc.instance i
  left join amc.mapping m on m.tenant_id = i.tenant_id and m.instance_id = i.id
  where i.tenant_id = bound.t::uuid and i.id = $2 and """
    + granted("i.id", "$3::uuid[]")
    + " limit 1) r"
)
"""$2 the client, $3 the viewer."""
