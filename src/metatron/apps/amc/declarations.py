"""Parameters as a workflow declares them: one notation, CUSTOM_PARAMETER, each with its type."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StringConstraints, model_validator

from metatron.apps.amc.edge import Body, Line, PlainJson, ShortText, Storable

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,99}$")]
DataType = Literal["STRING", "INTEGER", "LONG", "DOUBLE", "DECIMAL", "BOOLEAN", "DATE", "TIMESTAMP"]
Kind = Literal[
    "plain", "asin_list", "campaign_list", "brand", "like", "enum", "percentage", "threshold",
    "date",
]  # fmt: skip
LikeMode = Literal["contains", "starts", "exact"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
MOST_ASINS = 1_000


class Parameter(Body):
    """A declared parameter. `kind` says how a form asks for it, `data_type` how it is bound."""

    name: Name
    data_type: DataType = "STRING"
    list: StrictBool = False
    kind: Kind = "plain"
    label: ShortText = ""
    description: ShortText = ""
    default: PlainJson = None
    required: StrictBool = True
    like_mode: LikeMode | None = None
    min: Finite | None = None
    max: Finite | None = None
    max_items: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = None
    pattern: Annotated[str, StringConstraints(max_length=500), Storable] | None = None
    options: Annotated["tuple[Line, ...]", Field(max_length=500)] | None = None
    group: ShortText = ""

    @property
    def type_name(self) -> str:
        """The type as the language names it: `ARRAY<STRING>` for a list of texts."""
        return f"ARRAY<{self.data_type}>" if self.list else self.data_type

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind in {"asin_list", "campaign_list"} and not self.list:
            raise ValueError(f"{self.name}: a {self.kind} is a list")
        if self.kind == "like" and (self.list or self.data_type != "STRING"):
            raise ValueError(f"{self.name}: a pattern is one STRING")
        if self.kind == "enum" and not self.options:
            raise ValueError(f"{self.name}: an enum needs options")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"{self.name}: min is above max")
        return self


def _different(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    names = [each.name for each in parameters]
    if len(set(names)) < len(names):
        raise ValueError("two parameters have one name")
    return parameters


class WithParameters(Body):
    """A body that declares parameters, a hundred at most, as AMC takes them."""

    parameters: Annotated[tuple[Parameter, ...], Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _no_name_twice(self) -> Self:
        _different(self.parameters or ())
        return self


def declared_types(parameters: Iterable[Parameter]) -> dict[str, str]:
    """Return the types by name, as the static check and the sandbox take them."""
    return {each.name: each.type_name for each in parameters}


def as_rows(parameters: Iterable[Parameter]) -> list[dict[str, Any]]:
    """Return them as they are stored and answered."""
    return [each.model_dump(mode="json") for each in parameters]
