"""Bodies and answers of the delivery room. Amounts are minor units of their own currency."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StringConstraints

from metatron.apps.campaigns.edge.schemas import Body, Count, Currency, Line, Note, Paragraphs

Specification = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=100)], Line],
    Field(max_length=100),
]


class ReferencePrice(Body):
    """What the product cost elsewhere, seen by the organiser; never shown to members."""

    amount_minor: Count
    currency: Currency
    source: Line
    seen_on: date


class ProductBody(Body):
    """Any of a product's fields; what is left out stays as it is."""

    sku: Line | None = None
    name: Line | None = None
    description: Paragraphs | None = None
    specification: Specification | None = None
    reference_prices: Annotated[list[ReferencePrice], Field(max_length=50)] | None = None
    archived: StrictBool | None = None

    def fields(self) -> dict[str, Any]:
        """Return the given fields under the names of the product's columns."""
        given = self.model_dump(mode="json", exclude_unset=True, exclude={"archived"})
        never_empty = {"sku", "name", "specification", "reference_prices"}
        return {
            name: value
            for name, value in given.items()
            if value is not None or name not in never_empty
        }


class NewProductBody(ProductBody):
    """A new product needs its SKU and its name."""

    sku: Line
    name: Line


class PointBody(Body):
    """What changes of a consolidation point."""

    name: Line | None = None
    address: Note | None = None


class ReferencePriceAnswer(BaseModel):
    """A price seen elsewhere, with its source."""

    amount_minor: int
    currency: str
    source: str
    seen_on: date


class ItemAnswer(BaseModel):
    """A product of the organisation."""

    id: UUID
    sku: str
    name: str
    description: str | None
    specification: dict[str, str]
    reference_prices: list[ReferencePriceAnswer]
    erp_item_id: UUID | None
    archived_at: datetime | None
    created_at: datetime
    version: int


class ManifestAnswer(BaseModel):
    """What goes where: one row a commitment, its cells named by `columns`."""

    reference: str
    strategy: str
    columns: list[str]
    units: int
    rows: list[dict[str, str | int | None]]
