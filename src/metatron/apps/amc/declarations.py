"""Parameters as a workflow declares them: one notation, CUSTOM_PARAMETER, each with its type."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StringConstraints, model_validator

from metatron.apps.amc.edge import Body, Line, PlainJson, ShortText, Storable

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,99}$")]
DataType = Literal["STRING", "INTEGER", "LONG", "DOUBLE", "DECIMAL", "BOOLEAN", "DATE", "TIMESTAMP"]
TableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Tables = Annotated[dict[Name, TableName], Field(max_length=100)]
"""Tables to be filled in, by the names of their parameters."""
Kind = Literal[
    "plain", "asin_list", "campaign_list", "brand", "like", "enum", "percentage", "threshold",
    "date", "table",
]  # fmt: skip
LikeMode = Literal["contains", "starts", "exact"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
MOST_ASINS = 1_000
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)


class Parameter(Body):
    """A declared parameter. `kind` says how a form asks for it, `data_type` how it is bound.

    A `table` is none of AMC's: it is written where the query has {{its name}} before it is sent.
    """

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

    def _names_tables(self) -> bool:
        named = all(_TABLE.fullmatch(each) for each in self.options or ())
        return named and not self.list and self.data_type == "STRING"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind in {"asin_list", "campaign_list"} and not self.list:
            raise ValueError(f"{self.name}: a {self.kind} is a list")
        if self.kind == "like" and (self.list or self.data_type != "STRING"):
            raise ValueError(f"{self.name}: a pattern is one STRING")
        if self.kind in {"enum", "table"} and not self.options:
            raise ValueError(f"{self.name}: what is chosen from needs options")
        if self.kind == "table" and not self._names_tables():
            raise ValueError(f"{self.name}: its options are names of tables, one is chosen")
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
    """Return the types by name, as AMC, the static check and the sandbox take them."""
    return {each.name: each.type_name for each in parameters if each.kind != "table"}


def tables_of(parameters: Iterable[Parameter], values: Mapping[str, Any]) -> dict[str, str]:
    """Return the tables to be filled in by name: given, the default, or the first of the choice."""
    found: dict[str, str] = {}
    for each in parameters:
        if each.kind == "table":
            options = each.options or ()
            wanted = (values.get(each.name), each.default, *options[:1])
            found[each.name] = next(str(one) for one in wanted if one in options)
    return found


def as_rows(parameters: Iterable[Parameter]) -> list[dict[str, Any]]:
    """Return them as they are stored and answered."""
    return [each.model_dump(mode="json") for each in parameters]
