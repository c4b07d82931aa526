"""What the configuration routes take and answer."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Value = int | float | str | None
Name = Annotated[str, Field(max_length=80)]


class ConfigurationItem(BaseModel):
    """A setting that may be changed; a value of null is without bound.

    `default` is the program's, `started_with` this process's before anything was chosen here.
    """

    name: str
    title: str
    hint: str
    kind: Literal["integer", "number", "text"]
    unit: str
    least: float
    most: float
    may_be_unbounded: bool
    default: Value
    started_with: Value
    value: Value
    source: Literal["default", "environment", "console"]


class ConfigurationState(BaseModel):
    """The newest version, and the one in force in the process that answers."""

    version: int
    in_force: int
    items: list[ConfigurationItem]


class ConfigurationChange(BaseModel):
    """New values by name; `back_to_start` names settings to leave to the environment again."""

    model_config = ConfigDict(extra="forbid")

    changes: Annotated[dict[Name, Value], Field(max_length=50)] = {}
    back_to_start: Annotated[list[Name], Field(max_length=50)] = []
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class SettingDifference(BaseModel):
    """One setting before and after."""

    name: str
    before: Value
    after: Value


class SettingDifferences(BaseModel):
    """What would change; nothing if nothing would."""

    items: list[SettingDifference]
    next_cursor: None = None


class ConfigurationVersion(BaseModel):
    """One change: its number, who made it, when, why, and what."""

    id: int
    changed_at: datetime
    actor_kind: str
    changed_by: str | None
    reason: str
    changes: list[SettingDifference]


class ConfigurationVersions(BaseModel):
    """The newest versions."""

    items: list[ConfigurationVersion]
    next_cursor: None = None
