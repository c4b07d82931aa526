"""AMC's tables as views over the narrow files."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from metatron.apps.amc.sandbox import (
    audiences,
    columns,
    paid,
    shopping,
    streaming,
    vehicles,
    world,
)
from metatron.apps.amc.sandbox.columns import Columns, pick, text, times
from metatron.apps.amc.schema.facts import Facts, Table

_SLOTS = ("Top of Search", "Rest of Search", "Detail Page", "Other")
_DONE = ("Order", "Product detail page viewed", "Added to cart")
_FILE = re.compile(r"\{(\w+)\}")
_RELEVANT = (
    "(select c.*, cast(r.n % 24 as utinyint) as campaign, cast(0 as utinyint) as creative,"
    " r.n >= 24 as sponsored from {conversion} c, range(40) r (n)"
    " where c.exposed and r.n % 4 = c.asin % 4)"
)
"""A conversion with each campaign of its product's brand: 24 of the DSP, then the sponsored."""
USER = "_user"
"""The hidden column: a person's number, null where the event is not resolved."""


def definitions(
    facts: Facts, folder: Path, names: Iterable[str], *, coded: bool = False, numbered: bool = False
) -> list[str]:
    """Return the statements that create the views of tables `names` over the files of `folder`.

    With `coded` texts that are few are of a type of their own, which compares, sorts and casts as
    they do; with `numbered` people's ids are numbers. KeyError for a table nothing is made for.
    """
    made = _tables()
    found = []
    for name in sorted(set(names)):
        file, known = made[name][0], made[name][1]()
        if numbered and known.get("user_id") == columns.USER_ID:
            known |= {"user_id": columns.Enumerated(USER)}
        found.append(_view(facts.tables[name], _source(file, folder), known, coded))
    return found


def _source(file: str, folder: Path) -> str:
    """Return what a view reads: a file and a condition, or a query that names files in braces."""

    def parts(name: str) -> str:
        return "read_parquet('" + str(folder / name / "*.parquet").replace("'", "''") + "')"

    if file.startswith("("):
        return _FILE.sub(lambda found: parts(found[1]), file)
    name = file.partition(" ")[0].rstrip(",")
    return f"{parts(name)} {file.removeprefix(name)}"


def _view(table: Table, source: str, known: Columns, coded: bool) -> str:
    shown = []
    for each in table.columns.values():
        value = known.get(each.name, "null")
        if not (coded and isinstance(value, columns.Enumerated)):
            value = f"cast({value} as {each.duckdb_type})"
        shown.append(f'{value} as "{each.name}"')
    return f'create view "{table.name}" as select {", ".join(shown)}, {USER} from {source}'


def _tables() -> dict[str, tuple[str, Callable[[], Columns]]]:
    return {
        "dsp_impressions": ("dsp", _impressions),
        "dsp_clicks": ("dsp_click", _clicks),
        "dsp_views": ("dsp where seen", _views),
        "dsp_video_events_feed": (
            "dsp where creative = 1",
            lambda: _impressions() | audiences.video(),
        ),
        "dsp_impressions_by_user_segments": (f"dsp {audiences.BELONGING}", _segmented),
        "dsp_impressions_by_matched_segments": (
            f"dsp {audiences.BELONGING} and {audiences.MATCHED}",
            _segmented,
        ),
        "sponsored_ads_traffic": ("sponsored", _sponsored),
        "conversions": ("conversion where exposed", _conversion),
        "conversions_all": ("conversion", _every_conversion),
        "amazon_attributed_events_by_conversion_time": ("credited", _credited),
        "amazon_attributed_events_by_traffic_time": ("credited", _credited),
        "conversions_with_relevance": (_RELEVANT, _relevant),
        "amazon_live_traffic": ("sponsored where hash('live', event) % 40 = 0", _live),
        "amazon_retail_purchases": (shopping.RETAIL, shopping.retail),
        "amazon_brand_store_page_views": (shopping.STORE_PAGES, shopping.store_pages),
        "amazon_brand_store_engagement_events": (shopping.STORE_CLICKS, shopping.store_clicks),
        "audience_segments": (paid.SEGMENTS, paid.segments),
        "segment_metadata": (paid.METADATA, paid.metadata),
        "amazon_your_garage": (vehicles.GARAGE, vehicles.garage),
        "experian_vehicle_purchases": (vehicles.VEHICLES, vehicles.vehicles),
        "cpg_insights_stream": (paid.GROCERY, paid.grocery),
        "amazon_pvc_enrollments": (streaming.ENROLMENTS, streaming.enrolments),
        "amazon_pvc_streaming_events_feed": (streaming.PLAYBACKS, streaming.playbacks),
    }


def _impressions() -> Columns:
    return _dsp("event") | times("impression", "ts") | columns.costs() | {"impressions": "1"}


def _segmented() -> Columns:
    return _impressions() | audiences.segment()


def _clicks() -> Columns:
    known = _dsp("impression") | times("impression", "ts") | times("click", "ts")
    costs = columns.costs()
    money = {
        name: costs[name] for name in ("bid_price", "supply_cost", "platform_fee", "audience_fee")
    }
    return known | money | {"clicks": "1", "click_cost": "cost"}


def _views() -> Columns:
    return _dsp("event") | times("event", "ts") | {
        "events": "1", "event_type": text("VIEW"), "viewable_impressions": "cast(seen as bigint)",
        "measurable_impressions": "1", "unmeasurable_viewable_impressions": "0",
        "impression_id": "lower(to_hex(event))", "view_definition": text("MRC"),
    }  # fmt: skip


def _every_conversion() -> Columns:
    return _conversion() | {
        "exposure_type": "case when exposed then 'ad-exposed' else 'non-ad-exposed' end",
        "marketplace_id": "1",
    }


def _dsp(event: str) -> Columns:
    return (
        columns.account()
        | columns.person(event)
        | columns.of_campaign(sponsored=False)
        | columns.placement(event)
    )


def _sponsored() -> Columns:
    every = world.campaigns(sponsored=True)
    known = columns.account() | columns.person("event") | columns.of_campaign(sponsored=True)
    campaign = known["campaign"]
    return known | times("event", "ts") | {
        "ad_product_type": pick("campaign", [each.product for each in every]),
        "ad_group": f"{campaign} || ' group ' || cast(creative % 2 + 1 as varchar)",
        "ad_group_status": text("ENABLED"),
        "ad_group_type": text("STANDARD"),
        "impressions": "cast(not click as bigint)",
        "clicks": "cast(click as bigint)",
        # `cost` of a click is in cents.
        "spend": "cast(cost as bigint) * 1000000",
        "event_id": "lower(to_hex(event))",
        "match_type": columns.drawn("match", "event", ("BROAD", "PHRASE", "EXACT", "TARGETING")),
        "placement_type": pick("creative", _SLOTS),
        "targeting": "'keyword ' || cast(hash('word', event) % 40 as varchar)",
        "customer_search_term": "'term ' || cast(hash('term', event) % 120 as varchar)",
        "portfolio_id": "campaign % 3 + 1",
        "portfolio_name": "'Portfolio ' || cast(campaign % 3 + 1 as varchar)",
        "viewable_impressions": "cast(not click as bigint)",
        "unmeasurable_viewable_impressions": "0",
        "view_definition": text("MRC"),
    }  # fmt: skip


def _live() -> Columns:
    """Sponsored events that stood beside a broadcast; there is one a day."""
    number = "cast(day(ts) + 100 * month(ts) as varchar)"
    return _sponsored() | {
        "broadcast_id": f"'live-' || {number}",
        "broadcast_name": f"'Show ' || {number}",
        "broadcast_date_utc": "cast(ts as date)",
        "slot_name": text("Carousel"),
        "site": text("amazon.com/live"),
        "views": "cast(not click as bigint)",
    }


def _conversion() -> Columns:
    sales = "cast(price * units as decimal(38, 4)) / 100"
    kinds = ("order", "detailPageView", "shoppingCart")
    people = columns.person("(conversion // 8)")
    return columns.account() | people | times("event", "ts") | {
        "conversions": "1",
        "conversion_id": "lower(to_hex(conversion))",
        "event_category": pick("kind", ("purchase", "website", "website")),
        "event_subtype": pick("kind", kinds),
        "event_type": pick("kind", ("purchase", "website", "website")),
        "event_type_class": pick("kind", ("conversion", "consideration", "consideration")),
        "event_type_description": pick("kind", _DONE),
        "tracked_asin": shopping.asin(),
        "tracked_item": shopping.asin(),
        "new_to_brand": "case when kind = 0 then new_to_brand end",
        "total_units_sold": "units",
        "total_product_sales": sales,
        "combined_sales": sales,
        "purchase_unit_price": "case when kind = 0 then cast(price as decimal(38, 4)) / 100 end",
        "purchase_currency": text(world.CURRENCY),
        "off_amazon_product_sales": "0",
        "off_amazon_conversion_value": "0",
    }  # fmt: skip


def _of_either() -> Columns:
    """The columns of a campaign, which is a sponsored one where `sponsored` says so."""
    dsp, sponsored = (columns.of_campaign(sponsored=kind) for kind in (False, True))
    return {
        name: f"case when sponsored then {sponsored[name]} else {dsp[name]} end" for name in dsp
    }


def _relevant() -> Columns:
    promoted = _promoted()
    return _of_either() | _conversion() | {
        "engagement_scope": f"case when {promoted} then 'PROMOTED' else 'BRAND_HALO' end",
        "halo_code": f"case when {promoted} then 'TRACKED_ASIN' else 'BRAND_MARKETPLACE' end",
    }  # fmt: skip


def _credited() -> Columns:
    both = _of_either()
    promoted = _promoted()
    known = (
        columns.account() | columns.person("(conversion // 8)") | columns.placement("event") | both
    )
    known |= {
        f"conversion_{name}": each
        for name, each in _conversion().items()
        if name.startswith("event_")
    }
    known |= times("conversion_event", "ts") | times("traffic_event", "touched_at")
    known |= times("impression", "case when not click then touched_at end")
    known |= times("click", "case when click then touched_at end")
    products = pick("campaign % 16", [each.product for each in world.campaigns(sponsored=True)])
    for name in (
        "tracked_asin",
        "tracked_item",
        "new_to_brand",
        "purchase_unit_price",
        "purchase_currency",
    ):
        known[name] = _conversion()[name]
    return known | _measures(promoted) | {
        "ad_product_type": f"case when sponsored then {products} end",
        "traffic_event_id": "lower(to_hex(event))",
        "traffic_event_type": "case when click then 'CLICK' else 'VIEW' end",
        "traffic_event_subtype": "case when click then 'CLICK' else 'VIEW' end",
        "impressions": "cast(not click as bigint)",
        "clicks": "cast(click as bigint)",
        "conversions": "1",
        "combined_sales": _conversion()["combined_sales"],
    }  # fmt: skip


def _promoted() -> str:
    dsp = pick("campaign", [each.asin for each in world.campaigns(sponsored=False)])
    other = pick("campaign % 16", [each.asin for each in world.campaigns(sponsored=True)])
    return f"(asin = case when sponsored then {other} else {dsp} end)"


def _measures(promoted: str) -> Columns:
    """Return each count for the promoted product, its brand's others, both; by click, by view."""
    sales = "cast(price * units as decimal(38, 4)) / 100"
    counts = {
        "purchases": ("kind = 0", "1"),
        "units_sold": ("kind = 0", "units"),
        "product_sales": ("kind = 0", sales),
        "detail_page_view": ("kind = 1", "1"),
        "add_to_cart": ("kind = 2", "1"),
    }
    found = {}
    for name, (condition, value) in counts.items():
        for news, also in (("", ""), ("new_to_brand_", " and new_to_brand")):
            scopes = {"": promoted, "brand_halo_": f"not {promoted}", "total_": "true"}
            for scope, held in scopes.items():
                for how, touched in (
                    ("", ""),
                    ("_clicks", " and click"),
                    ("_views", " and not click"),
                ):
                    asked = f"{condition} and {held}{also}{touched}"
                    found[f"{news}{scope}{name}{how}"] = (
                        f"case when {asked} then {value} else 0 end"
                    )
    return found
