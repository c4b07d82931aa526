"""Reads the guides from the package's own files, once a process.

A guide is a folder: `guide.md` (a header of YAML, then Markdown in which a line `[[name]]` stands
for the query of that name), a .sql file for each query, `sample.json` written by a command.
"""

import json
import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from metatron.apps.amc.declarations import Parameter
from metatron.apps.amc.guides.guide import Guide, Query, Section

_QUERY = re.compile(r"^\[\[([a-z0-9_]+)\]\]$")
SAMPLE = "sample.json"


@cache
def guides() -> dict[str, Guide]:
    """Return every guide by its slug, the easy ones first."""
    folder = resources.files(__package__).joinpath("texts")
    found = [_guide(each) for each in folder.iterdir() if each.is_dir()]
    ease = {"beginner": 0, "intermediate": 1, "advanced": 2}
    found.sort(key=lambda each: (ease[each.difficulty], each.category, each.title))
    return {each.slug: each for each in found}


def _guide(folder: Traversable) -> Guide:
    # PyYAML comes with the extra; nobody needs it before somebody opens the guides.
    import yaml  # noqa: PLC0415

    text = folder.joinpath("guide.md").read_text("utf-8")
    _, header, body = text.split("---\n", 2)
    head: dict[str, Any] = yaml.safe_load(header)
    sample = folder.joinpath(SAMPLE)
    rows = json.loads(sample.read_text("utf-8")) if sample.is_file() else {}
    queries = {
        key: _query(key, told or {}, folder.joinpath(f"{key}.sql").read_text("utf-8"), rows)
        for key, told in head["queries"].items()
    }
    sections = [*_sections(body, queries), _glossary(head["glossary"])]
    return Guide(
        slug=folder.name,
        title=head["title"],
        category=head["category"],
        difficulty=head["difficulty"],
        minutes=head["minutes"],
        summary=head["summary"],
        sections=tuple(sections),
    )


def _query(key: str, told: dict[str, Any], sql: str, rows: dict[str, Any]) -> Query:
    parameters = tuple(Parameter.model_validate(each) for each in told.get("parameters", []))
    defaults = {each.name: each.default for each in parameters if each.default is not None}
    return Query(
        key=key,
        title=told["title"],
        sql=sql,
        parameters=parameters,
        values=defaults | told.get("values", {}),
        sort=told.get("sort", ""),
        sample=rows.get(key),
    )


def _sections(body: str, queries: dict[str, Query]) -> list[Section]:
    found: list[Section] = []
    title, lines = "", list[str]()

    def close() -> None:
        text = "\n".join(lines).strip()
        if text:
            key = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
            found.append(Section(key, "text", title, text))
        lines.clear()

    for line in body.splitlines():
        named = _QUERY.match(line)
        if line.startswith("## ") or named:
            close()
        if named:
            query = queries[named[1]]
            found.append(Section(f"query-{query.key}", "query", query.title, query=query))
        elif line.startswith("## "):
            title = line.removeprefix("## ").strip()
        else:
            lines.append(line)
    close()
    return found


def _glossary(terms: dict[str, str]) -> Section:
    text = "\n".join(f"- **{term}**: {meaning}" for term, meaning in terms.items())
    return Section("glossary", "glossary", "Glossary", text)
