"""Bodies and answers of the guides."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, StrictBool, StringConstraints

from metatron.apps.amc.declarations import Parameter
from metatron.apps.amc.edge import Body

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")]


class ProgressBody(Body):
    """Whether a section has been read."""

    section: Key
    done: StrictBool


class UseBody(Body):
    """Which query to copy, by its own key or its section's: the first, if none is named."""

    query: Key | None = None


class ProgressAnswer(BaseModel):
    """Sections read, of how many."""

    done: int
    total: int


class GuideSummary(BaseModel):
    """A guide in the list."""

    slug: str
    title: str
    category: str
    difficulty: Literal["beginner", "intermediate", "advanced"]
    minutes: int
    summary: str
    progress: ProgressAnswer


class SampleColumn(BaseModel):
    """A column of sample rows."""

    name: str
    type: str


class SampleAnswer(BaseModel):
    """Rows a query gives in the local sandbox."""

    columns: list[SampleColumn]
    rows: list[list[Any]]


class SectionAnswer(BaseModel):
    """A text or glossary with Markdown, or a query with its parameters and sample rows."""

    key: str
    kind: Literal["text", "query", "glossary"]
    title: str
    done: bool
    markdown: str | None = None
    sql: str | None = None
    parameters: list[Parameter] | None = None
    sample: SampleAnswer | None = None


class GuideAnswer(GuideSummary):
    """A guide to read."""

    sections: list[SectionAnswer]
