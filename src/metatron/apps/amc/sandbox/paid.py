"""Tables an instance pays for: segments, vehicles, a grocery panel. Drawn of the same people."""

import datetime as dt

from metatron.apps.amc.sandbox import audiences, columns, world
from metatron.apps.amc.sandbox.columns import Columns, drawn, pick, text

OWN = "(_user * 16384)"
"""A person's first event: their device, place and kind of id are the same everywhere."""
_MAKES = ("Northwind", "Halden", "Corsa", "Vireo", "Tamworth", "Elbe")
_WEEKS = 71
LAST_DAY = world.FIRST_DAY + dt.timedelta(world.DAYS - 1)
SEGMENTS = f"person {audiences.BELONGING}"
METADATA = (
    f"(select cast(null as bigint) as _user, segment from range({len(audiences.SEGMENTS)})"
    " s (segment))"
)
"""It knows no people."""
GARAGE = (
    "person, range(2) v (slot) where hash('garage', _user) % 100 < 38"
    " and (slot = 0 or hash('second', _user) % 100 < 18)"
)
VEHICLES = "person where hash('vehicle', _user) % 1000 < 35"
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


def _make() -> str:
    """What somebody bought is what stands in their garage first."""
    return drawn("vehicle_make", "_user", _MAKES)


def garage() -> Columns:
    """Return the vehicles people registered."""
    own = "(_user * 2 + slot)"
    make = f"case when slot = 0 then {_make()} else {drawn('second_make', own, _MAKES)} end"
    made = day(f"-cast(hash('made', {own}) % 900 as integer)")
    year = f"make_date(cast(2008 + hash('year', {own}) % 18 as bigint), 1, 1)"
    return columns.person(OWN) | {
        "garage_make": make,
        "garage_model": f"{make} || ' ' || {drawn('garage_model', own, ('City', 'Tour', 'Load'))}",
        "garage_submodel": f"cast(hash('sub', {own}) % 9 as bigint)",
        "garage_year": year,
        "garage_year_range": year,
        "garage_bodystyle": drawn("body", own, ("Sedan", "Estate", "SUV", "Van")),
        "garage_drivetype": drawn("drive", own, ("FWD", "RWD", "AWD")),
        "garage_engine": drawn("engine", own, ("1.4", "2.0", "Electric")),
        "garage_engine_output_hp": f"90 + hash('hp', {own}) % 210",
        "garage_engine_output_kw": f"(90 + hash('hp', {own}) % 210) * 0.7457",
        "garage_transmission": drawn("gear", own, ("Manual", "Automatic")),
        "garage_brakes": drawn("brakes", own, ("Disc", "Drum")),
        "creation_date": made,
        "update_date": f"cast({made} + cast(hash('upd', {own}) % 60 as integer) as date)",
        "last_accessed_date": day(f"hash('seen', {own}) % {world.DAYS}"),
        "marketplace_name": text("AMAZON.COM"),
        "region": text("NA"),
        "status": text("ACTIVE"),
        "vehicle_type": drawn("vtype", own, ("Car", "Car", "Truck")),
    }


def vehicles() -> Columns:
    """Return the vehicles people bought."""
    person = columns.person(OWN)
    days = world.HISTORY_DAYS + world.DAYS
    bought = f"cast(hash('bought', _user) % {days} as integer) - {world.HISTORY_DAYS}"
    return person | {
        "purchase_date": day(bought),
        "new_or_used": drawn("used", "_user", ("N", "U", "U")),
        "reported_dealership": "'Dealer ' || cast(hash('dealer', _user) % 40 as varchar)",
        "vehicle_class": drawn("vclass", "_user", ("Compact", "Midsize", "Luxury")),
        "vehicle_fuel_type": drawn("fuel", "_user", ("Gas", "Gas", "Hybrid", "Electric")),
        "vehicle_make": _make(),
        "vehicle_model": f"{_make()} || ' ' || {drawn('vmodel', '_user', ('City', 'Tour'))}",
        "vehicle_model_year": "cast(2010 + hash('vyear', _user) % 17 as integer)",
        "vehicle_registered_state": f"substr({person['iso_state_province_code']}, 4)",
        "vehicle_type": drawn("vtype", "(_user * 2)", ("Car", "Car", "Truck")),
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
