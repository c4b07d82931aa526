"""A guide as it is kept: Markdown with a header, its queries, their sample rows."""

from dataclasses import dataclass, field
from typing import Any, Literal

from metatron.apps.amc.declarations import Parameter

Difficulty = Literal["beginner", "intermediate", "advanced"]


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a guide. `values` run it in the sandbox, `sort` orders its sample."""

    key: str
    title: str
    sql: str
    parameters: tuple[Parameter, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    sort: str = ""
    sample: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What is read in one go: text, a query, or the glossary."""

    key: str
    kind: Literal["text", "query", "glossary"]
    title: str
    markdown: str = ""
    query: Query | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the page takes it."""
        query = self.query
        declared = [each.model_dump(mode="json") for each in query.parameters] if query else None
        return {
            "key": self.key,
            "kind": self.kind,
            "title": self.title,
            "markdown": None if query else self.markdown,
            "sql": query.sql if query else None,
            "parameters": declared,
            "sample": query.sample if query else None,
        }


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide."""

    slug: str
    title: str
    category: str
    difficulty: Difficulty
    minutes: int
    summary: str
    sections: tuple[Section, ...]

    @property
    def queries(self) -> list[Query]:
        """The guide's queries in the sequence of the text."""
        return [each.query for each in self.sections if each.query is not None]

    def summary_json(self, done: set[str]) -> dict[str, Any]:
        """Return it for a list, with how much of it somebody has read."""
        keys = {each.key for each in self.sections}
        return {
            "slug": self.slug,
            "title": self.title,
            "category": self.category,
            "difficulty": self.difficulty,
            "minutes": self.minutes,
            "summary": self.summary,
            "progress": {"done": len(keys & done), "total": len(keys)},
        }
