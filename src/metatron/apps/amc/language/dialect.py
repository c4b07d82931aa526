"""AMC SQL as a dialect of sqlglot: Spark's grammar, with functions read by their names alone.

No function is rewritten while it is parsed: `functions.py` says once what each name means.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ParseError, TokenError
from sqlglot.parsers.spark import SparkParser

from metatron.apps.amc.language import macros
from metatron.apps.amc.language.findings import Finding, Report, Span
from metatron.apps.amc.language.places import line_starts

_KEPT_PARSERS = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "SUBSTRING", "POSITION")


class AmcParser(SparkParser):
    """Spark's parser; every call but CAST, EXTRACT, TRIM and the like stays a plain call."""

    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: SparkParser.FUNCTION_PARSERS[name] for name in _KEPT_PARSERS
    }
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: SparkParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("CASE", "IF")
    }


class Amc(Spark):
    """The dialect `amc`."""

    class Tokenizer(Spark.Tokenizer):
        """Spark's tokens; a backslash in a text is a character, as regular expressions need."""

        STRING_ESCAPES: ClassVar[list[str]] = ["'", '"']

    Parser = AmcParser


LONGEST = 200_000
"""Characters a query may have."""


def parse(text: str, report: Report, tables: Mapping[str, str] | None = None) -> exp.Query | None:
    """Return the one query of `text`; what stands in the way goes to `report`.

    `tables` are those to be filled in, by the names of their macros. A query with a macro that
    none is given for is no query yet; without `tables` each stands for a table of its own.
    """
    query = _read(text, report)
    if query is None or "{{" not in text:
        return query
    before = len(report.findings)
    given = macros.own_names(text) if tables is None else tables
    macros.fill(query, text, given, report)
    return query if len(report.findings) == before else None


def with_tables(text: str, tables: Mapping[str, str]) -> str:
    """Return the query as AMC takes it, tables written where its tree has macros."""
    query = _read(text, Report(text)) if tables else None
    filled = [] if query is None else macros.fill(query, text, tables, Report(text))
    return macros.written(text, filled)


def _read(text: str, report: Report) -> exp.Query | None:
    if len(text) > LONGEST:
        report.error("AMC022", f"the query is longer than {LONGEST:,} characters", Span(0, 0))
        return None
    try:
        statements = [
            each for each in sqlglot.parse(macros.masked(text), dialect=Amc) if each is not None
        ]
    except ParseError as error:
        report.add(_syntax(error, text))
        return None
    except (TokenError, RecursionError) as error:
        cause = str(error).partition(". Context")[0] or "nested too deeply"
        report.error("AMC022", f"not AMC SQL: {cause}", Span(0, len(text)))
        return None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        report.error(
            "AMC023",
            "a workflow is one SELECT: no other statement, no second one",
            Span(0, len(text)),
        )
        return None
    return statements[0]


def _syntax(error: ParseError, text: str) -> Finding:
    told = error.errors[0] if error.errors else {}
    # The parser knows the breaks that editors know; `splitlines` knows more.
    lines = line_starts(text)
    line = min(max(told.get("line") or 1, 1), len(lines))
    marked = str(told.get("highlight") or "")
    end = lines[line - 1] + int(told.get("col") or 0)
    reason = str(told.get("description") or "syntax").rstrip(".")
    # What the parser says of its own classes and tokens tells an author nothing.
    reason = "something is missing here" if "<" in reason else reason
    start = max(end - len(marked), 0)
    return Finding("AMC022", "error", f"not AMC SQL: {reason}", Span(start, max(end, start)))
