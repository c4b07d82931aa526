"""AMC SQL's functions and operators as DuckDB's, parameters as bound values."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from metatron.apps.amc.language.checking import Window
from metatron.apps.amc.language.functions import FUNCTIONS
from metatron.apps.amc.language.made import call
from metatron.apps.amc.schema.facts import duckdb_type

_EDGES = {"TIME_WINDOW_START": "start", "TIME_WINDOW_END": "end"}
_ZONED = {exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ}
"""What Spark's grammar makes of TIMESTAMP; AMC's has no zone."""
_PARAMETER_TYPES = {"SHORT": "SMALLINT"}


@dataclass(slots=True)
class Translation:
    """Translates one query; afterwards `bound` tells which parameter stands behind which name."""

    window: Window | None
    now: dt.datetime
    declared: Mapping[str, str]
    bound: dict[str, str] = field(default_factory=dict)

    def translate(self, query: exp.Query) -> exp.Query:
        """Return the query for DuckDB, from its leaves up."""
        nodes = list(query.walk())
        for node in reversed(nodes):
            made = self._made(node)
            if made is not node:
                node.replace(made)
        return query

    def _made(self, node: exp.Expr) -> exp.Expr:  # noqa: PLR0911 - one line a construct
        if isinstance(node, exp.Anonymous):
            return self._call(node)
        if isinstance(node, exp.SimilarTo | exp.RegexpLike):
            return call("regexp_matches", node.this, node.expression)
        if isinstance(node, exp.Cast | exp.TryCast):
            return self._cast(node)
        if isinstance(node, exp.DataType) and node.this in _ZONED:
            return exp.DataType.build("TIMESTAMP", dialect="duckdb")
        if isinstance(node, exp.CurrentDate):
            return exp.cast(self._instant(self._today()), "DATE")
        if isinstance(node, exp.CurrentTimestamp):
            return self._instant(self._today())
        if isinstance(node, exp.EQ | exp.NEQ | exp.In) and node.meta.get("amc_as_text"):
            _as_text(node)
        return node

    def _call(self, node: exp.Anonymous) -> exp.Expr:
        name = node.name.upper()
        arguments = list(node.expressions)
        if name == "CUSTOM_PARAMETER":
            return self._parameter(arguments[0].name)
        if name == "BUILT_IN_PARAMETER":
            edge = getattr(self.window, _EDGES[arguments[0].name], None)
            return self._instant(edge) if edge else exp.Null()
        known = FUNCTIONS.get(name)
        if known is None:
            return node
        if arguments and isinstance(arguments[0], exp.Distinct):
            distinct = arguments[0]
            if len(distinct.expressions) > 1:
                # DuckDB counts the distinct values of one thing: a row of them.
                distinct.set("expressions", [exp.Tuple(expressions=list(distinct.expressions))])
        return known.make(arguments)

    def _parameter(self, name: str) -> exp.Expr:
        marker = next((each for each, held in self.bound.items() if held == name), None)
        if marker is None:
            marker = f"p{len(self.bound) + 1}"
            self.bound[marker] = name
        kind = self.declared[name]
        made = _PARAMETER_TYPES.get(kind) or duckdb_type(kind)
        return exp.cast(exp.Parameter(this=exp.var(marker)), made, dialect="duckdb")

    def _cast(self, node: exp.Cast | exp.TryCast) -> exp.Expr:
        literal = node.this
        worded = isinstance(literal, exp.Literal) and literal.is_string
        if worded and literal.name.lower() in {"today", "now"}:
            return exp.cast(self._instant(self._today()), node.to.copy())
        return node

    def _today(self) -> dt.datetime:
        return self.now.astimezone(dt.UTC).replace(tzinfo=None)

    def _instant(self, at: dt.datetime) -> exp.Expr:
        return exp.cast(exp.Literal.string(at.isoformat(" ")), "TIMESTAMP")


def _as_text(node: exp.Expr) -> None:
    """AMC compares a number with a text as texts; DuckDB would not, or fail on the text."""
    for name in ("this", "expression"):
        if node.args.get(name) is not None:
            node.set(name, exp.cast(node.args[name], "VARCHAR", dialect="duckdb"))
    if isinstance(node, exp.In):
        node.set(
            "expressions",
            [exp.cast(each, "VARCHAR", dialect="duckdb") for each in node.expressions],
        )
