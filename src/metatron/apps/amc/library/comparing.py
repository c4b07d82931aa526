"""Compares two versions: what changed in meaning, and which lines."""

import difflib
from collections.abc import Iterator
from typing import Any

from metatron.apps.amc.language.dialect import parse
from metatron.apps.amc.language.findings import Report
from metatron.apps.amc.library.facets import facets, written

Part = dict[str, str | None]
MOST_LINES = 2_000
"""Above, lines that stand everywhere are no anchors: a text of equal lines would take minutes."""
_NAMED = {"columns": "column", "filters": "filter", "tables": "table", "groupings": "grouping"}


def compare(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """Return parts and lines of the way from one version to another.

    A version is its row: sql, parameters and privacy.
    """
    try:
        parts = _meaning(left["sql"], right["sql"])
    except RecursionError:
        parts = [_part("query_changed", "one of both is nested too deeply", None, None)]
    parts += _parameters(left, right)
    if left["privacy"] != right["privacy"]:
        said = f"filtering is {right['privacy']} instead of {left['privacy']}"
        parts.append(_part("privacy_changed", said, left["privacy"], right["privacy"]))
    if not parts and left["sql"] != right["sql"]:
        parts.append(_part("text_only", "only the text changed, not its meaning", None, None))
    return {"parts": parts, "lines": lines(left["sql"], right["sql"])}


def lines(left: str, right: str) -> list[dict[str, str]]:
    """Return the lines of both texts: the same, added or removed."""
    one, other = left.splitlines(), right.splitlines()
    found = []
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=len(other) > MOST_LINES)
    for tag, low, high, from_, to in matcher.get_opcodes():
        if tag == "equal":
            found += [{"op": "same", "text": line} for line in one[low:high]]
            continue
        found += [{"op": "remove", "text": line} for line in one[low:high]]
        found += [{"op": "add", "text": line} for line in other[from_:to]]
    return found


def _part(kind: str, text: str, before: str | None, after: str | None) -> Part:
    return {"kind": kind, "text": text, "before": before, "after": after}


def _meaning(left: str, right: str) -> list[Part]:
    one, other = (parse(text, Report(text)) for text in (left, right))
    if one is None or other is None:
        if left == right:
            return []
        return [_part("query_changed", "one of both cannot be read as AMC SQL", None, None)]
    if one == other:
        return []
    before, after = facets(one), facets(other)
    parts = [
        part
        for attribute, noun in _NAMED.items()
        for part in _changes(noun, getattr(before, attribute), getattr(after, attribute))
    ]
    if parts or written(one) == written(other):
        return parts
    return [_part("query_changed", "the query's build changed", None, None)]


def _changes(noun: str, before: dict[str, str], after: dict[str, str]) -> Iterator[Part]:
    for name, held in after.items():
        if name not in before:
            yield _part(f"{noun}_added", f"{noun} {name} added", None, _value(noun, name, after))
        elif before[name] != held:
            said = f"{noun} {name} changed"
            yield _part(f"{noun}_changed", said, before[name], held)
    for name in before:
        if name not in after:
            yield _part(
                f"{noun}_removed", f"{noun} {name} removed", _value(noun, name, before), None
            )


def _value(noun: str, name: str, held: dict[str, str]) -> str:
    return held[name] if noun == "column" else name


def _parameters(left: dict[str, Any], right: dict[str, Any]) -> Iterator[Part]:
    before, after = ({each["name"]: each for each in side["parameters"]} for side in (left, right))
    for name, each in after.items():
        if name not in before:
            yield _part("parameter_added", f"parameter {name} added", None, _told(each))
        elif before[name] != each:
            changed = sorted(key for key in each if each[key] != before[name].get(key))
            said = f"parameter {name} changed: {', '.join(changed)}"
            yield _part("parameter_changed", said, _told(before[name]), _told(each))
    for name, each in before.items():
        if name not in after:
            yield _part("parameter_removed", f"parameter {name} removed", _told(each), None)


def _told(parameter: dict[str, Any]) -> str:
    kind = parameter["data_type"]
    kind = f"list of {kind}" if parameter.get("list") else kind
    default = parameter.get("default")
    return kind if default is None else f"{kind}, default {default}"
