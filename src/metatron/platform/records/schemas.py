"""Bodies and answers of the records routes."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

MOST_CHARACTERS = 10_000
"""Of all that a view says together: the names of a wide result's columns are one part of it."""

ListName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,60}$")]
ViewName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00]*$"),
]
_Part = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
_Value = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS, pattern=r"^[^\x00]*$")]


def _short(search: dict[str, str]) -> dict[str, str]:
    if sum(map(len, search.values())) > MOST_CHARACTERS:
        raise ValueError(f"all of it together has more than {MOST_CHARACTERS:,} characters")
    return search


Search = Annotated[dict[_Part, _Value], Field(max_length=20), AfterValidator(_short)]


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
