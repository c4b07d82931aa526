"""The wide columns of AMC's tables as expressions over the narrow files: nothing of it is stored.

An expression costs only when it is read. `{ts}` and the like are columns of the files.
"""

from collections.abc import Sequence

from metatron.apps.amc.sandbox import world
from metatron.apps.amc.sandbox.world import Campaign

Columns = dict[str, str]
USER_ID = "lower(to_hex(17592186044416 + (_user * 2654435761 + 97) % 17592186044416))"
"""A one-to-one scramble of 44 bits: twelve digits fit into DuckDB's short texts."""


class Enumerated(str):
    """An expression of one of a few texts, held as its number in their sequence."""

    __slots__ = ()


def text(value: str) -> str:
    """Return our own constant as a text of SQL."""
    return "'" + value.replace("'", "''") + "'"


def pick(number: str, values: Sequence[object], *, among: Sequence[str] = ()) -> str:
    """Return the expression of the value with that number, from 0.

    Texts are `Enumerated`; those of two tables stay so where they meet when both are `among` the
    same.
    """
    if not all(isinstance(each, str) for each in values):
        return f"list_extract([{', '.join(map(str, values))}], {number} + 1)"
    texts = [str(each) for each in values]
    listed, known = (", ".join(map(text, each)) for each in (texts, sorted({*texts, *among})))
    return Enumerated(f"list_extract(cast([{listed}] as enum({known})[]), {number} + 1)")


def drawn(what: str, of: str, values: Sequence[object]) -> str:
    """Return the expression of one of `values`, the same for the same `of`."""
    if isinstance(of, Enumerated):
        of = f"cast({of} as varchar)"
    return pick(f"cast(hash({text(what)}, {of}) % {len(values)} as integer)", values)


def local(instant: str) -> str:
    """Return an instant of UTC as the advertiser's wall clock."""
    return f"timezone({text(world.TIME_ZONE)}, timezone('UTC', {instant}))"


def times(prefix: str, instant: str) -> Columns:
    """Return the ten columns AMC makes of one instant."""
    found = {}
    for ending, at in (("_utc", instant), ("", local(instant))):
        found[f"{prefix}_dt{ending}"] = at
        found[f"{prefix}_date{ending}"] = f"cast({at} as date)"
        found[f"{prefix}_day{ending}"] = f"day({at})"
        found[f"{prefix}_hour{ending}"] = f"hour({at})"
        found[f"{prefix}_dt_hour{ending}"] = f"date_trunc('hour', {at})"
    return found


def person(event: str) -> Columns:
    """Return who did it: the event's number tells the person, `_user` whether it is resolved."""
    own = f"({event} // 16384)"
    kinds = ("adUserId", "adUserId", "adUserId", "sisDeviceId", "adBrowserId")
    return {
        "user_id": USER_ID,
        "user_id_type": f"case when _user is not null then {drawn('kind', '_user', kinds)} end",
        "device_id": f"lower(to_hex(hash('device', {own})))",
        "ip_address": f"lower(to_hex(hash('address', {own})))",
        "no_3p_trackers": f"hash('trackers', {own}) % 20 = 0",
        "operating_system": drawn("os", own, ("iOS", "Android", "Fire OS", "Windows", "macOS")),
        "os_version": drawn("osv", own, ("14", "15", "16", "17")),
        "device_type": drawn("dev", own, ("Phone", "Phone", "TV", "PC", "Tablet")),
        "device_make": drawn("make", own, ("Apple", "Samsung", "Amazon", "Generic")),
        "device_model": drawn("model", own, ("A1", "B2", "C3", "D4", "E5", "F6")),
        "browser_family": drawn("brow", own, ("Safari", "Chrome", "Silk", "Firefox")),
        "environment_type": drawn("env", own, ("app", "web")),
        "iso_country_code": text("US"),
        "iso_state_province_code": drawn(
            "state", own, ("US-NY", "US-CA", "US-TX", "US-WA", "US-FL")
        ),
        "city_name": f"'City ' || cast(hash('city', {own}) % 300 as varchar)",
        "postal_code": f"printf('%05d', cast(10000 + hash('postal', {own}) % 4000 as bigint))",
        "dma_code": f"cast(500 + hash('dma', {own}) % 60 as varchar)",
        "is_amazon_business": f"hash('business', {own}) % 12 = 0",
    }


def account() -> Columns:
    """Return what the advertiser is called everywhere."""
    return {
        "advertiser": text(world.ADVERTISER),
        "advertiser_id": str(world.ADVERTISER_ID),
        "advertiser_timezone": text(world.TIME_ZONE),
        "currency_iso_code": text(world.CURRENCY),
        "currency_name": text("US Dollar"),
        "entity_id": text(world.ENTITY),
        "marketplace_name": text("AMAZON.COM"),
        "merchant_id": "11",
        "seller_id": text("A1NORTHGATE"),
        "seller_name": text(world.ADVERTISER),
    }


def of_campaign(*, sponsored: bool) -> Columns:
    """Return the columns of campaign, line item and creative."""
    every = world.campaigns(sponsored=sponsored)

    def each(value: str) -> str:
        return pick("campaign", [getattr(one, value) for one in every])

    start, end = (f"cast({pick('campaign', days)} as timestamp)" for days in _days(every))
    names = [one.name for kind in (False, True) for one in world.campaigns(sponsored=kind)]
    name = pick("campaign", [one.name for one in every], among=names)
    found = {
        "campaign": name,
        "campaign_id": each("id"),
        "campaign_id_string": each("console_id"),
        "campaign_primary_goal": each("goal"),
        "campaign_country": text("US"),
        "campaign_status": text("ENABLED"),
        "campaign_sales_type": text("BILLABLE"),
        "campaign_source": text("SPONSORED" if sponsored else "DSP"),
        "campaign_budget_type": text("DAILY"),
        "campaign_budget_amount": "cast(campaign + 1 as bigint) * 250000000",
        "campaign_flight_id": each("id").replace("list_extract", "5 + list_extract"),
        "campaign_flight_name": f"{name} || ' flight 1'",
        "campaign_flight_budget_amount": "cast(campaign + 1 as bigint) * 250000000",
        "campaign_insertion_order_id": "'IO' || cast(campaign as varchar)",
        "line_item": f"{name} || ' line ' || cast(creative % 2 + 1 as varchar)",
        "line_item_id": f"{each('id')} * 10 + creative % 2",
        "line_item_status": text("ENABLED"),
        "line_item_type": text("SPONSORED" if sponsored else "STANDARD_DISPLAY"),
        "line_item_price_type": text("CPC" if sponsored else "CPM"),
        "line_item_budget_amount": "cast(campaign + 1 as bigint) * 100000000",
        "creative": f"{name} || ' creative ' || cast(creative + 1 as varchar)",
        "creative_id": f"{each('id')} * 100 + creative",
        "creative_type": pick("creative", ("IMAGE", "VIDEO", "RESPONSIVE", "HTML5")),
        "creative_category": pick("creative", ("Display", "Video", "Display", "Display")),
        "creative_size": pick("creative", ("300x250", "1920x1080", "728x90", "160x600")),
        "creative_duration": pick("creative", (0, 15, 0, 0)),
        "creative_is_link_in": text("Y"),
        "creative_asin": pick("campaign", [world.asin(one.asin) for one in every]),
    }
    for span, at in (("start", start), ("end", end)):
        for thing in ("campaign", "line_item", "campaign_flight", "ad_group"):
            for form in ("date", "dt"):
                found[f"{thing}_{span}_{form}_utc"] = at
                found[f"{thing}_{span}_{form}"] = local(at)
    return found


def _days(every: Sequence[Campaign]) -> tuple[list[str], list[str]]:
    starts = [world.FIRST_DAY.toordinal() + one.first_day for one in every]
    ends = [first + one.days for first, one in zip(starts, every, strict=True)]
    return [_iso(day) for day in starts], [_iso(day) for day in ends]


def _iso(ordinal: int) -> str:
    return world.FIRST_DAY.fromordinal(ordinal).isoformat()


def placement(event: str) -> Columns:
    """Return where a DSP ad was shown."""
    twin = f"cast(hash('twin', {event}) % 200 = 0 as integer)"
    return {
        "ad_slot_size": pick("creative", ("300x250", "1920x1080", "728x90", "160x600")),
        "slot_position": drawn("slot", event, ("Above the fold", "Below the fold", "Unknown")),
        "supply_source": drawn(
            "supply", event, ("Amazon.com", "Twitch", "Prime Video", "Exchange")
        ),
        "supply_source_id": f"cast(hash('supply', {event}) % 4 + 1 as bigint)",
        "site": drawn(
            "supply", event, ("amazon.com", "twitch.tv", "primevideo.com", "news.example")
        ),
        "publisher_name": drawn("supply", event, ("Amazon", "Twitch", "Amazon", "News")),
        "page_type": drawn("page", event, ("Home", "Search", "Detail", "Other")),
        "is_amazon_owned": f"hash('supply', {event}) % 4 < 3",
        "app_bundle": drawn("bundle", event, ("com.example.news", "com.example.games")),
        "product_line": text("Display"),
        "demand_channel": text("Amazon DSP"),
        "demand_channel_owner": text(world.ADVERTISER),
        "deal_id": f"case when hash('deal', {event}) % 5 = 0 then 'D1' end",
        "deal_name": f"case when hash('deal', {event}) % 5 = 0 then 'Preferred deal' end",
        # One request in two hundred carries the tag of the one before: tags may repeat.
        "request_tag": f"lower(to_hex(hash('tag', {event} - {twin})))",
    }


def costs() -> Columns:
    """Return the money of a DSP impression: `cost` is in millicents."""
    return {
        "impression_cost": "cost",
        "total_cost": "cast(cost as double) * 1.15",
        "supply_cost": "cast(cost as bigint) * 800",
        "platform_fee": "cast(cost as bigint) * 100",
        "audience_fee": "cast(cost as bigint) * 50",
        "managed_service_fee": "cast(cost as bigint) * 30",
        "third_party_fees": "cast(cost as bigint) * 20",
        "ocm_fee": "cast(cost as bigint) * 10",
        "bid_price": "cast(cost as bigint) * 1400",
    }
