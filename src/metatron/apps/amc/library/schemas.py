"""Bodies and answers of the library."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from metatron.apps.amc.declarations import Name, Parameter, WithParameters
from metatron.apps.amc.edge import Body, Line, Paragraphs, PlainJson, ShortText, Sql

Privacy = Literal["REMOVE_ROWS", "REMOVE_VALUES"]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,49}$")]


def _folder(path: str) -> str:
    return "/".join(part.strip() for part in path.split("/") if part.strip())


def _each_once(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


Folder = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,200}$")], AfterValidator(_folder)
]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{1,50}$")]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20), AfterValidator(_each_once)]


class WorkflowBody(WithParameters):
    """Any of a workflow's fields; what is left out stays as it is."""

    name: Line | None = None
    description: Paragraphs | None = None
    folder: Folder | None = None
    tags: Tags | None = None
    category: Category | None = None
    shared: StrictBool | None = None
    sql: Sql | None = None
    privacy: Privacy | None = None
    note: ShortText = ""

    @model_validator(mode="after")
    def _left_out_means_something(self) -> Self:
        """AMC runs nothing with a value missing: what may be left out has one to fall back to."""
        for each in self.parameters or ():
            if not each.required and each.default is None:
                raise ValueError(f"{each.name}: what may be left out needs a default")
        return self

    def about(self) -> dict[str, Any]:
        """Return what is said about the workflow, as its row holds it."""
        names = {"name", "description", "folder", "tags", "category", "shared"}
        given = self.model_dump(include=names, exclude_none=True)
        return {name: list(value) if name == "tags" else value for name, value in given.items()}


class NewWorkflowBody(WorkflowBody):
    """A new workflow needs a name and a query; parameters are found in it where none are given."""

    name: Line
    sql: Sql


class ForkBody(Body):
    """The name of a copy."""

    name: Line


class RestoreBody(Body):
    """Which version becomes the newest again."""

    number: Annotated[StrictInt, Field(ge=1, le=2**53 - 1)]


class ParameterSetBody(Body):
    """Values by the names of parameters."""

    name: Line
    values: Annotated[dict[Name, PlainJson], Field(max_length=100)]


class DetectBody(WithParameters):
    """A query somebody pastes; declared parameters keep their declarations."""

    sql: Sql


class PersonAnswer(BaseModel):
    """A person; no name where the directory of people is elsewhere."""

    id: UUID
    display_name: str | None


class WorkflowSummary(BaseModel):
    """A workflow in a list: without its text."""

    id: UUID
    name: str
    description: str
    folder: str
    tags: list[str]
    category: str
    shared: bool
    owner: PersonAnswer | None
    favourite: bool
    number: int
    runs: int
    last_run_at: datetime | None
    guide: str | None
    forked_from: UUID | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class WorkflowAnswer(WorkflowSummary):
    """A workflow with its current text; `number` is that of the text, `version` the entity tag."""

    sql: str
    parameters: list[Parameter]
    privacy: Privacy


class VersionSummary(BaseModel):
    """A saved version in a list."""

    number: int
    privacy: Privacy
    note: str
    saved_by: PersonAnswer | None
    saved_at: datetime


class VersionAnswer(VersionSummary):
    """A saved version."""

    sql: str
    parameters: list[Parameter]


class PartAnswer(BaseModel):
    """One change of meaning, such as column_added, filter_removed, parameter_changed, text_only."""

    kind: str
    text: str
    before: str | None
    after: str | None


class LineAnswer(BaseModel):
    """One line of both texts together."""

    op: Literal["same", "add", "remove"]
    text: str


class DiffAnswer(BaseModel):
    """The way from one version to another."""

    parts: list[PartAnswer]
    lines: list[LineAnswer]


class ParameterSetAnswer(BaseModel):
    """Saved values."""

    id: UUID
    name: str
    values: dict[str, Any]
    saved_by: PersonAnswer | None
    saved_at: datetime


class CountAnswer(BaseModel):
    """A folder or tag, and how many workflows one may see carry it."""

    name: str
    workflows: int


class DetectAnswer(BaseModel):
    """A query in AMC's own notation, its parameters, and what to look at."""

    sql: str
    parameters: list[Parameter]
    notes: list[str]
