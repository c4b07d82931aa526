"""Measures guessed from a result's columns, by the words in their names."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

MOST_MEASURES = 50
_CARDS, _LINES = 6, 4
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NUMBERS = ("BIGINT", "DOUBLE", "DECIMAL")
_MEANS = {"frequency", "average", "avg", "mean", "median"}
_RATES = {"ctr", "cvr", "rate", "roas", "acos", "cpc", "cpm", "share", *_MEANS}
"""What is never added up."""
_PEOPLE = ("user", "reach", "people", "unique", "distinct")
_NEVER = {"id", "ids"}
_COSTS, _SALES = ("cost", "spend"), ("sales", "revenue")
_BOUGHT = ("purchases", "conversions", "orders")
_MONEY = {*_COSTS, *_SALES, "price"}
_CLICK_RATE = (("clicks",), ("impressions",), 1, "percent")
_BUYING_RATE = (_BOUGHT, ("clicks",), 1, "percent")
_Pair = tuple[tuple[str, ...], tuple[str, ...], int, str]
_PAIRS: dict[str, _Pair] = {
    "ctr": _CLICK_RATE,
    "cvr": _BUYING_RATE,
    "roas": (_SALES, _COSTS, 1, "decimal"),
    "acos": (_COSTS, _SALES, 1, "percent"),
    "cpc": (_COSTS, ("clicks",), 1, "money"),
    "cpm": (_COSTS, ("impressions",), 1_000, "money"),
    "click rate": _CLICK_RATE,
    "conversion rate": _BUYING_RATE,
    "purchase rate": _BUYING_RATE,
}


def guess(columns: Sequence[dict[str, str]], heads: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return measures for a result's columns of numbers: `{name, type}` each.

    `heads` are the columns that count people, whatever they are called.
    """
    names = [
        each["name"]
        for each in columns
        if each["type"].startswith(_NUMBERS) and not _NEVER & set(words(each["name"]))
    ]
    kinds = {each["name"]: each["type"] for each in columns}
    measures: list[dict[str, Any]] = []
    for name in names[:MOST_MEASURES]:
        measure = (
            {"kind": "distinct", "column": name, "format": "number"}
            if name in heads and not _RATES & set(words(name))
            else _measure(name, kinds[name], names)
        )
        measures.append({"id": _id(name, measures), "label": _label(name)} | measure)
    return measures


def lay_out(measures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a board's tiles: cards for the first measures, then lines; of one its line alone."""
    carded = measures[:_CARDS] if len(measures) > 1 else ()
    cards = [{"measure_id": each["id"], "chart": "card", "width": 1} for each in carded]
    lines = [{"measure_id": each["id"], "chart": "line", "width": 3} for each in measures[:_LINES]]
    return [*cards, *lines]


def words(name: str) -> list[str]:
    """Return the words of a name, in lower case: `totalCost` and `total_cost` have the same."""
    return [each.lower() for each in _WORD.findall(name)]


def _measure(name: str, kind: str, names: Sequence[str]) -> dict[str, Any]:
    said = words(name)
    if _RATES & set(said):
        return _rate(name, said, names)
    if any(word.startswith(_PEOPLE) for word in said):
        return {"kind": "distinct", "column": name, "format": "number"}
    if _MONEY & set(said):
        return {"kind": "sum", "column": name, "format": "money"}
    return {
        "kind": "sum",
        "column": name,
        "format": "number" if kind.startswith("BIGINT") else "decimal",
    }


def _rate(name: str, said: list[str], names: Sequence[str]) -> dict[str, Any]:
    whole = " ".join(said)
    pair = next((pair for key, pair in _PAIRS.items() if f" {key} " in f" {whole} "), None)
    if pair is not None:
        above, below, scale, form = pair
        numerator, denominator = _find(above, names), _find(below, names)
        if numerator is not None and denominator is not None:
            return {
                "kind": "ratio", "numerator": numerator, "denominator": denominator,
                "scale": scale, "format": form,
            }  # fmt: skip
    return {"kind": "last", "column": name, "format": "decimal"}


def _find(wanted: Iterable[str], names: Sequence[str]) -> str | None:
    """Return the plainest column that has one of the words, the first words preferred."""
    for word in wanted:
        found = [name for name in names if word in words(name) and not _RATES & set(words(name))]
        if found:
            return min(found, key=lambda name: (len(words(name)), len(name), name))
    return None


def _label(name: str) -> str:
    plain = name.replace("_", " ").strip()[:200] or "Measure"
    return plain[0].upper() + plain[1:]


def _id(name: str, taken: Sequence[dict[str, Any]]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:50] or "measure"
    ids = {each["id"] for each in taken}
    found, number = plain, 2
    while found in ids:
        found, number = f"{plain}_{number}", number + 1
    return found
