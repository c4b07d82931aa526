"""Vehicles: what people bought, and what stands in their garages."""

from metatron.apps.amc.sandbox import columns, world
from metatron.apps.amc.sandbox.columns import Columns, drawn, text
from metatron.apps.amc.sandbox.paid import OWN, day

_MAKES = ("Northwind", "Halden", "Corsa", "Vireo", "Tamworth", "Elbe")
GARAGE = (
    "person, range(2) v (slot) where hash('garage', _user) % 100 < 38"
    " and (slot = 0 or hash('second', _user) % 100 < 18)"
)
VEHICLES = "person where hash('vehicle', _user) % 1000 < 35"


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
