"""Tables an instance pays for: segments and a grocery panel, drawn of the same people."""

import datetime as dt

from metatron.apps.amc.sandbox import audiences, columns, world
from metatron.apps.amc.sandbox.columns import Columns, pick, text

OWN = "(_user * 16384)"
"""A person's first event: their device, place and kind of id are the same everywhere."""
_WEEKS = 71
LAST_DAY = world.FIRST_DAY + dt.timedelta(world.DAYS - 1)
SEGMENTS = f"person {audiences.BELONGING}"
METADATA = (
    f"(select cast(null as bigint) as _user, segment from range({len(audiences.SEGMENTS)})"
    " s (segment))"
)
"""It knows no people."""
GROCERY = (
    f"person, range({_WEEKS}) w (week) where hash('panel', _user) % 100 < 9"
    " and hash('basket', _user, week) % 100 < 22"
)


def day(days: str, *, since: dt.date = world.FIRST_DAY) -> str:
    """Return the expression of a date so many days after one."""
    return f"cast(date '{since.isoformat()}' + cast({days} as integer) as date)"


def segments() -> Columns:
    """Return who belongs to which segment, as in the tables of impressions by segment."""
    names = pick("cast(segment as integer)", audiences.SEGMENTS)
    return columns.person(OWN) | {
        "segment_id": "cast(4000 + segment as integer)",
        "segment_name": names,
        "segment_marketplace_id": "1",
        "snapshot_datetime": f"date '{LAST_DAY.isoformat()}'",
    }


def metadata() -> Columns:
    """Return the segments' names and their taxonomy."""
    names = pick("cast(segment as integer)", audiences.SEGMENTS)
    upper, lower = (f"split_part({names}, ': ', {part})" for part in (1, 2))
    return {
        "segment_id": "cast(4000 + segment as integer)",
        "segment_name": names,
        "segment_marketplace_id": "1",
        "segment_description": f"'People of ' || {names}",
        "category_level_1": upper,
        "category_level_2": lower,
        "category_path": f"{upper} || '/' || {lower}",
        "no_3p_trackers": "false",
    }


def grocery() -> Columns:
    """Return what the panel's households bought in a week, most of it of the brand they like."""
    own = "(_user * 128 + week)"
    brand = (
        f"case when hash('loyal', {own}) % 10 < 7 then brand"
        f" else cast(hash('other', {own}) % {len(world.BRANDS)} as integer) end"
    )
    quantity = f"cast(1 + hash('items', {own}) % 3 as integer)"
    name = pick(f"cast({brand} as integer)", world.BRANDS)
    return columns.person(OWN) | {
        "brand": name,
        "sub_brand": f"{name} || ' Pantry'",
        "category": text("Pantry staples"),
        "department": text("Grocery"),
        "product_category": text("Sauces"),
        "super_category": text("Food"),
        "household_purchase_id": f"lower(to_hex(hash('till', {own})))",
        "ncs_household_id": "lower(to_hex(hash('household', _user)))",
        "purchase_quantity": quantity,
        "purchase_dollar_amount": f"{quantity} * (3.49 + {brand})",
        # The first day of ads is a Saturday, on which the panel's weeks end.
        "week_end_dt": day(f"(week - {_WEEKS - 14}) * 7"),
    }
