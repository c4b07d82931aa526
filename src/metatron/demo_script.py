"""What the demo's campaigns are about and who takes part; all of it made up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Play:
    """One campaign of the demo. Prices are euro cents; `days` is how long it gathers.

    `units` holds what its members commit to, the first member's first. The SKU tells it apart.
    """

    sku: str
    title: str
    summary: str
    product_name: str
    product_description: str
    picture_url: str
    goal_units: int
    unit_price_minor: int
    supplier_unit_price_minor: int
    supplier_name: str
    days: int
    units: tuple[int, ...]


MEMBERS = (
    "Aino Laine", "Bram Visser", "Carla Rossi", "Dmitri Volkov", "Elif Kaya", "Frida Berg",
    "Goran Petek", "Hana Suzuki", "Ines Duarte", "Jonas Weber", "Katya Moroz", "Liam Byrne",
    "Maja Nowak", "Noor Haddad", "Oskar Lind", "Paula Gomez", "Quentin Roy", "Rania Saleh",
    "Stefan Kraus", "Tereza Mala", "Umar Farah", "Vera Pavlova", "Wim Jansen", "Ximena Cruz",
    "Yusuf Demir", "Zoe Martin", "Anton Huber", "Birgit Holm", "Cyril Novak", "Dora Szabo",
    "Emil Popa", "Flora Marin", "Gita Rao", "Henrik Dahl", "Ilse Becker", "Janko Horvat",
)  # fmt: skip

LIVE = Play(
    sku="MUG-350",
    title="Enamel mugs, together",
    summary="One size, one colour, one delivery.",
    product_name="Enamel mug 350 ml",
    product_description="Steel, enamelled white with a blue rim. For the dishwasher and the fire.",
    picture_url="/pictures/enamel-mug.svg",
    goal_units=120,
    unit_price_minor=1_450,
    supplier_unit_price_minor=1_100,
    supplier_name="Northern Metalworks",
    days=28,
    units=(2, 1, 3, 2, 4, 1, 2, 2, 1, 3, 2, 6) * 3,
)
REACHED = Play(
    sku="LMP-200",
    title="Desk lamps, together",
    summary="A lamp for the desk, with a part for every part that wears out.",
    product_name="Desk lamp 200",
    product_description="Steel, one joint, a lamp that can be changed.",
    picture_url="/pictures/desk-lamp.svg",
    goal_units=10,
    unit_price_minor=4_900,
    supplier_unit_price_minor=3_850,
    supplier_name="Northern Metalworks",
    days=1,
    units=(2, 3, 1, 2, 4, 2),
)
MISSED = Play(
    sku="TWL-090",
    title="Linen towels, together",
    summary="Woven to measure, in natural linen.",
    product_name="Linen towel 90 x 180",
    product_description="Washed linen, undyed, hemmed by hand.",
    picture_url="/pictures/linen-towel.svg",
    goal_units=80,
    unit_price_minor=3_200,
    supplier_unit_price_minor=2_450,
    supplier_name="Northern Metalworks",
    days=1,
    units=(1, 2, 2, 1),
)


def email_of(number: int) -> str:
    """Return the address of a member by place in `MEMBERS`."""
    return f"{MEMBERS[number].lower().replace(' ', '.')}@demo.example.com"


def wishes_of(play: Play) -> list[tuple[int, int]]:
    """Return who commits to how much: place in `MEMBERS`, units."""
    return list(enumerate(play.units[: len(MEMBERS)]))


def fields_of(play: Play, *, supplier_id: UUID, deadline_at: datetime) -> dict[str, Any]:
    """Return the fields an organiser would fill in."""
    return {
        "sku": play.sku,
        "title": play.title,
        "summary": play.summary,
        "product_name": play.product_name,
        "product_description": play.product_description,
        "picture_url": play.picture_url,
        "goal_units": play.goal_units,
        "unit_price_minor": play.unit_price_minor,
        "currency": "EUR",
        "min_units": 1,
        "max_units": 6,
        "deadline_at": deadline_at,
        "delivery_strategy": "supplier_direct",
        "supplier_id": supplier_id,
        "supplier_name": play.supplier_name,
        "supplier_unit_price_minor": play.supplier_unit_price_minor,
    }
