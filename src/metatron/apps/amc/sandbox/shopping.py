"""Tables of buying and of the Brand Store: other readings of the conversions that were made."""

from metatron.apps.amc.sandbox import columns, world
from metatron.apps.amc.sandbox.columns import Columns, drawn, pick, text, times

RETAIL = "conversion where kind = 0"
_VISITS = "c.kind = 1 and hash('store', c.conversion) % 3 = 0"
STORE_PAGES = (
    "(select c.* replace (c.ts - interval 60 second + to_seconds(20 * p.page) as ts), p.page"
    f" from {{conversion}} c, range(3) p (page) where {_VISITS}"
    " and p.page <= hash('pages', c.conversion) % 3)"
)
STORE_CLICKS = (
    "(select c.* replace (c.ts - interval 2 second as ts), hash('pages', c.conversion) % 3 as page"
    f" from {{conversion}} c where {_VISITS} and hash('engaged', c.conversion) % 10 < 6)"
)


def asin() -> str:
    """Return the expression of a conversion's product."""
    return pick("asin", [world.asin(number) for number in range(world.ASINS)])


def retail() -> Columns:
    """Return order lines: the orders among the conversions."""
    brand = pick("asin % 4", world.BRANDS)
    found = columns.account() | columns.person("(conversion // 8)") | times("purchase", "ts")
    return found | {
        "asin": asin(),
        "asin_brand": brand,
        "asin_name": f"{brand} || ' product ' || cast(asin + 1 as varchar)",
        "asin_parent": pick("asin % 4", [world.asin(number) for number in range(4)]),
        "currency_code": text(world.CURRENCY),
        "event_id": "lower(to_hex(conversion))",
        "purchase_id": "lower(to_hex(hash('purchase', conversion)))",
        "purchase_session_id": "lower(to_hex(hash('session', conversion)))",
        "origin_session_id": "lower(to_hex(hash('session', conversion)))",
        "is_business_flag": found["is_amazon_business"],
        "is_gift_flag": "hash('gift', conversion) % 15 = 0",
        "marketplace_id": "1",
        "purchase_month_utc": "month(ts)",
        "purchase_order_method": drawn("method", "conversion", ("S", "B", "1")),
        "purchase_program_name": drawn("program", "conversion", ("None", "Subscribe and Save")),
        "purchase_units_sold": "units",
        "unit_price": "cast(price as decimal(38, 4)) / 100",
    }


def store_pages() -> Columns:
    """Return the pages of the Brand Store people saw before they looked at a product."""
    visit = "lower(to_hex(hash('visit', conversion)))"
    return _visit() | {"dwell_time": "5 + hash('dwell', conversion, page) % 40", "visit_id": visit}


def store_clicks() -> Columns:
    """Return the clicks on a product in the Brand Store, each on the visit's last page."""
    return _visit() | {
        "asin": asin(),
        "event_type": text("CLICK"),
        "event_sub_type": text("PRODUCT_CLICK"),
        "widget_type": drawn("widget", "conversion", ("ProductGrid", "Hero", "Gallery")),
        "widget_sub_type": text("Tile"),
    }


def _visit() -> Columns:
    store = pick("asin % 4", world.BRANDS)
    page = pick("cast(page as integer)", ("Home", "New", "Offers"))
    person = columns.person("(conversion // 8)")
    return columns.account() | person | times("event", "ts") | {
        "store_name": store,
        "page_id": f"{store} || '-' || cast(page as varchar)",
        "page_title": f"{store} || ' ' || {page}",
        "session_id": "lower(to_hex(hash('visit', conversion)))",
        "channel": drawn("channel", "conversion", ("none", "social", "mail")),
        "ingress_type": drawn("ingress", "conversion", ("0", "1", "2", "4", "6")),
        "referrer_domain": drawn("referrer", "conversion", ("amazon.com", "search.example")),
        "marketplace_id": "1",
    }  # fmt: skip
