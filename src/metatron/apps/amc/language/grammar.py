"""Which constructs AMC SQL has. Everything else is refused before anything is done with it."""

from collections.abc import Iterable

from sqlglot import exp

from metatron.apps.amc.language.findings import Report, span_of

_ALLOWED: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Select, exp.With, exp.CTE, exp.TableAlias, exp.Identifier, exp.Column, exp.Literal,
        exp.Star, exp.Alias, exp.From, exp.Join, exp.Table, exp.Subquery, exp.Where, exp.Group,
        exp.Having, exp.Window, exp.WindowSpec, exp.Order, exp.Ordered, exp.Limit, exp.Offset,
        exp.Union, exp.Values, exp.Tuple, exp.Paren, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ,
        exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.Is, exp.Null, exp.Boolean, exp.In,
        exp.Between, exp.Like, exp.ILike, exp.SimilarTo, exp.RegexpLike, exp.Add, exp.Sub, exp.Mul,
        exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Case, exp.If, exp.Cast, exp.TryCast,
        exp.DataType, exp.DataTypeParam, exp.Extract, exp.Trim, exp.Substring, exp.StrPosition,
        exp.Interval, exp.Var, exp.Anonymous, exp.Distinct, exp.Filter, exp.Array, exp.Bracket,
        exp.Exists, exp.CurrentDate, exp.CurrentTimestamp, exp.Unnest, exp.Dot, exp.Escape,
    }
)  # fmt: skip
_UNUSED: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Table: ("db", "catalog", "sample", "pivots", "hints", "version", "when", "only"),
    exp.Select: ("laterals", "qualify", "hint", "into", "sample", "distribute", "cluster", "sort",
                 "connect", "prewhere", "match", "locks", "settings", "format"),
    exp.With: ("recursive",),
    exp.Group: ("cube", "rollup", "grouping_sets", "all", "totals"),
    exp.Join: ("match_condition", "hint", "global_"),
}  # fmt: skip
RESERVED = "__"


def refuse_unknown_constructs(nodes: Iterable[exp.Expr], report: Report) -> None:
    """Report what of a query's nodes AMC SQL does not have, and names that are ours."""
    for node in nodes:
        report.go_on()
        if type(node) not in _ALLOWED:
            report.error("AMC027", f"AMC SQL has no {type(node).__name__}", span_of(node))
        for part in _UNUSED.get(type(node), ()):
            if node.args.get(part):
                word = part.strip("_").upper().replace("_", " ")
                report.error("AMC027", f"AMC SQL has no {word} here", span_of(node))
        if isinstance(node, exp.Identifier) and node.name.startswith(RESERVED):
            report.error("AMC027", f"names cannot begin with {RESERVED}", span_of(node))
