"""Bodies and answers of the records routes."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ListName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,60}$")]
ViewName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00]*$"),
]
_Part = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
_Value = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
Search = Annotated[dict[_Part, _Value], Field(max_length=20)]


class NewView(BaseModel):
    """What of a list's address is kept, and under which name."""

    model_config = ConfigDict(extra="forbid")

    list_name: ListName
    name: ViewName
    search: Search


class SavedView(BaseModel):
    """One of the reader's views."""

    id: UUID
    list_name: str
    name: str
    search: dict[str, str]


class SavedViews(BaseModel):
    """All of the reader's views of a list, the oldest first."""

    items: list[SavedView]
