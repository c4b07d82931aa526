"""Remarks about single expressions: guarded literals, ids, times, regular expressions."""

import datetime as dt
import re

from sqlglot import exp

from metatron.apps.amc.language.fields import Field
from metatron.apps.amc.language.findings import Fix, Report, span_of
from metatron.apps.amc.schema.facts import Level

_GUARDED = {Level.HIGH, Level.VERY_HIGH}
_PATTERNS = {"REGEXP_REPLACE", "REGEXP_SUBSTR", "REGEXP_SPLIT"}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{1,6})?)?")
SPAN = re.compile(r"P\d{1,3}D")
WORDS = {"today", "now"}
TIME_TYPES = {"DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPLTZ"}
"""As sqlglot calls them: Spark's TIMESTAMP is one with a zone there; AMC's is not."""


def compared(node: exp.Expr, fields: list[Field], report: Report, *, controls: bool = True) -> None:
    """Look at a comparison: what may not meet a literal, and ids of different kinds.

    Without `controls`, over made-up data, nothing is guarded.
    """
    if controls:
        _guarded(node, fields, report)
    kinds = {each.identifier for each in fields if each.identifier}
    if len(kinds) > 1:
        named = " and ".join(sorted(kinds))
        report.warning("AMC017", f"these ids never match: {named}", span_of(node))
    if isinstance(node, exp.SimilarTo | exp.RegexpLike):
        pattern(node.expression, report)
    if isinstance(node, exp.EQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.Between):
        _time_text(node, fields, report)
    _note_types(node, fields)


def _guarded(node: exp.Expr, fields: list[Field], report: Report) -> None:
    guarded = next((each for each in fields if each.level in _GUARDED and each.origins), None)
    if guarded and any(each.literal for each in fields):
        names = ", ".join(sorted(guarded.origins))
        level = guarded.level.name.replace("_", " ")
        report.error(
            "AMC009", f"{names} is {level}: it cannot be compared with a literal", span_of(node)
        )


def _note_types(node: exp.Expr, fields: list[Field]) -> None:
    """Note where AMC compares numbers with texts: there DuckDB needs a cast."""
    families = {_family(each.type) for each in fields}
    if {"text", "number"} <= families:
        node.meta["amc_as_text"] = True


def _family(name: str) -> str:
    if name == "STRING":
        return "text"
    return "number" if name in {"LONG", "INTEGER", "DECIMAL", "DOUBLE", "FLOAT"} else "other"


def _time_text(node: exp.Expr, fields: list[Field], report: Report) -> None:
    if not any(each.type in {"TIMESTAMP", "DATE"} and not each.literal for each in fields):
        return
    for part in node.iter_expressions():
        if isinstance(part, exp.Literal) and part.is_string:
            readable(part, report)


def readable(literal: exp.Literal, report: Report) -> None:
    """Remark on a text that is no instant of AMC."""
    text = literal.name
    if text.lower() in WORDS or _is_instant(text):
        return
    place = span_of(literal)
    bare = text.rstrip("Zz")
    fix = Fix("drop the zone", f"'{bare}'", place) if bare != text and _is_instant(bare) else None
    report.error(
        "AMC012", f"{text!r} is no time: write yyyy-MM-ddTHH:mm:ss, without zone", place, fix
    )


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def time_literal(node: exp.Cast | exp.TryCast, report: Report) -> None:
    """Look at CAST('...' AS DATE or TIMESTAMP)."""
    literal = node.this
    if isinstance(literal, exp.Literal) and literal.is_string and node.to.this.name in TIME_TYPES:
        readable(literal, report)


def pattern(node: exp.Expr | None, report: Report) -> None:
    """Look at a regular expression."""
    if isinstance(node, exp.Literal) and "(?!)" in node.name:
        place = span_of(node)
        mended = exp.Literal.string(node.name.replace("(?!)", "(?i)")).sql()
        fix = Fix("ignore case with (?i)", mended, place)
        report.error("AMC013", "(?!) never matches; to ignore case write (?i)", place, fix)


def called(node: exp.Anonymous, name: str, arguments: list[exp.Expr], report: Report) -> None:
    """Look at a call's arguments."""
    if name in _PATTERNS and len(arguments) > 1:
        pattern(arguments[1], report)
    if name == "NAMED_ROW":
        labels = arguments[::2]
        if len(arguments) % 2 or not all(isinstance(each, exp.Literal) for each in labels):
            report.error("AMC024", "NAMED_ROW takes labels and values in turn", span_of(node))
