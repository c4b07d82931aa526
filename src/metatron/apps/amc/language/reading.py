"""What an expression carries, read from its parts up."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from metatron.apps.amc.language import lints
from metatron.apps.amc.language.fields import Field, Relation, combined, tested
from metatron.apps.amc.language.findings import Fix, Report, span_of
from metatron.apps.amc.language.functions import COUNTS, FUNCTIONS, RANKS
from metatron.apps.amc.language.scope import Scope, near, resolve
from metatron.apps.amc.schema.facts import Level

BindQuery = Callable[[exp.Query, Scope], Relation]
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ)
_MATCHED = (exp.Like, exp.ILike, exp.SimilarTo, exp.RegexpLike, exp.Between)
_TYPES = {"TEXT": "STRING", "VARCHAR": "STRING", "BIGINT": "LONG", "INT": "INTEGER",
          "TIMESTAMP": "TIMESTAMP", "TIMESTAMPTZ": "TIMESTAMP", "DATE": "DATE",
          "BOOLEAN": "BOOLEAN", "DOUBLE": "DOUBLE", "FLOAT": "FLOAT",
          "DECIMAL": "DECIMAL", "ARRAY": "ARRAY"}  # fmt: skip
_FIXED: dict[type[exp.Expr], str] = {
    exp.Div: "DOUBLE", exp.Extract: "LONG", exp.CurrentDate: "DATE", exp.Array: "ARRAY",
    exp.CurrentTimestamp: "TIMESTAMP", exp.Bracket: "ANY", exp.StrPosition: "LONG",
}  # fmt: skip
NUMBERS = ("LONG", "INTEGER", "DECIMAL", "DOUBLE", "FLOAT")


class Reader:
    """Reads expressions of one query; `bind` is asked for the queries inside them."""

    def __init__(
        self, report: Report, declared: dict[str, str], bind: BindQuery, *, controls: bool
    ) -> None:
        self.report, self.declared, self.bind, self.controls = report, declared, bind, controls
        self.used: set[str] = set()

    def read(self, node: exp.Expr, scope: Scope) -> Field:  # noqa: PLR0911 - one line a construct
        """Return what `node` carries, writing aliases into its columns."""
        self.report.go_on()
        if isinstance(node, exp.Column):
            return self._column(node, scope)
        if isinstance(node, (exp.Literal, exp.Null, exp.Boolean, exp.Interval)):
            return Field(type=_literal_type(node), literal=True)
        if isinstance(node, exp.Anonymous):
            return self._call(node, scope)
        if isinstance(node, (exp.Subquery, exp.Query)):
            return self._query(node, scope)
        if isinstance(node, exp.Exists):
            return tested([self._query(node.this, scope)])
        if isinstance(node, exp.Window):
            return self._window(node, scope)
        if isinstance(node, (exp.Case, exp.If)):
            return self._choice(node, scope)
        if isinstance(node, exp.Filter):
            self.all([node.expression], scope)
            return self.read(node.this, scope)
        return self._operator(node, scope)

    def all(self, nodes: Sequence[exp.Expr], scope: Scope) -> list[Field]:
        """Return what each of `nodes` carries."""
        return [self.read(each, scope) for each in nodes]

    def _column(self, node: exp.Column, scope: Scope) -> Field:
        if isinstance(node.this, exp.Star):
            return Field(literal=False)
        if node.table and node.table.lower() not in scope.sources and not node.args.get("db"):
            row = exp.column(node.args["table"].copy())
            if any(node.table.lower() in each.fields for each in scope.sources.values()):
                found = resolve(row, scope, self.report)
                node.replace(exp.Dot(this=row, expression=node.this.copy()))
                return replace(found, type="ANY", person=frozenset())
        return resolve(node, scope, self.report)

    def _operator(self, node: exp.Expr, scope: Scope) -> Field:  # noqa: PLR0911 - as above
        parts = self.all(_children(node), scope)
        if isinstance(node, exp.In):
            if node.args.get("query"):
                parts.append(self._query(node.args["query"], scope))
            lints.compared(node, parts, self.report, controls=self.controls)
            return tested(parts)
        if isinstance(node, (*_COMPARED, *_MATCHED)):
            lints.compared(node, parts, self.report, controls=self.controls)
            return tested(parts)
        if isinstance(node, (exp.And, exp.Or, exp.Not)):
            return tested(parts)
        if isinstance(node, exp.Is):
            return replace(tested(parts), level=Level.NONE)
        if isinstance(node, exp.Paren):
            return parts[0]
        answer = combined(parts, type=self._type_of(node))
        if isinstance(node, (exp.Cast, exp.TryCast)):
            lints.time_literal(node, self.report)
            return replace(answer, unit=parts[0].unit, identifier=parts[0].identifier)
        return replace(answer, unit=None) if isinstance(node, (exp.Div, exp.Mul)) else answer

    def _type_of(self, node: exp.Expr) -> str | None:
        if isinstance(node, (exp.Cast, exp.TryCast)):
            kind = node.to
            inner = (
                kind.expressions[0].sql("spark")
                if kind.is_type("array") and kind.expressions
                else ""
            )
            name = _TYPES.get(kind.this.name, kind.this.name)
            return f"ARRAY<{_TYPES.get(inner, inner)}>" if inner else name
        if isinstance(node, (exp.DPipe, exp.Trim, exp.Substring)):
            return "STRING"
        return _FIXED.get(type(node))

    def _choice(self, node: exp.Case | exp.If, scope: Scope) -> Field:
        branches = [node] if isinstance(node, exp.If) else node.args["ifs"]
        conditions = self.all([each.this for each in branches], scope)
        values = [each.args["true"] for each in branches]
        other = node.args.get("false") or node.args.get("default")
        results = self.all([*values, *([other] if other else [])], scope)
        if isinstance(node, exp.Case) and node.this is not None:
            asked = self.read(node.this, scope)
            lints.compared(node, [asked, *conditions], self.report, controls=self.controls)
            conditions.append(asked)
        chosen, told = combined(results), tested(conditions)
        return replace(
            chosen,
            level=max(chosen.level, told.level),
            origins=chosen.origins | told.origins,
            paths=chosen.paths | told.paths,
        )

    def _window(self, node: exp.Window, scope: Scope) -> Field:
        around = [*node.args.get("partition_by", [])]
        order = node.args.get("order")
        if order:
            around += [each.this for each in order.expressions]
        beside = self.all(around, scope)
        inner = self.read(node.this, scope)
        if isinstance(node.this, exp.Anonymous) and node.this.name.upper() in RANKS:
            counted = combined(beside, type="LONG")
            return replace(counted, level=Level.NONE, rank=True, unit=None, literal=False)
        return replace(inner, person=frozenset())

    def _query(self, node: exp.Expr, scope: Scope) -> Field:
        query = node.this if isinstance(node, exp.Subquery) else node
        assert isinstance(query, exp.Query)
        relation = self.bind(query, scope)
        field = next(iter(relation.fields.values()), Field())
        return replace(field, paths=frozenset(), person=frozenset())

    def _call(self, node: exp.Anonymous, scope: Scope) -> Field:
        name = node.name.upper()
        if name in {"CUSTOM_PARAMETER", "BUILT_IN_PARAMETER"}:
            return self._parameter(node, name)
        known = FUNCTIONS.get(name)
        if known is None:
            self._unknown(node, name)
            self.all(_arguments(node), scope)
            return Field()
        arguments = _arguments(node)
        if not known.least <= len(arguments) <= known.most:
            wanted = (
                str(known.least) if known.least == known.most else f"{known.least} to {known.most}"
            )
            self.report.error(
                "AMC024", f"{name} takes {wanted} arguments, not {len(arguments)}", span_of(node)
            )
        if name == "COUNT" and arguments and isinstance(arguments[0], exp.Star):
            everyone = {path for each in scope.sources.values() for path in each.paths}
            return Field(type="LONG", paths=frozenset(everyone), metric=True,
                         heads=_has_a_row_each(scope))  # fmt: skip
        parts = self.all(arguments, scope)
        lints.called(node, name, arguments, self.report)
        returns = known.returns
        kind = returns if isinstance(returns, str) else _at(parts, returns).type
        answer = combined(parts, type=kind)
        if name in COUNTS:
            told_apart = name != "COUNT" or isinstance(node.expressions[0], exp.Distinct)
            heads = answer.heads or _has_a_row_each(scope) or (told_apart and _of_people(parts))
            return replace(answer, level=Level.NONE, unit=None, literal=False, metric=True,
                           heads=heads)  # fmt: skip
        if name in {"COALESCE", "NVL", "IFNULL"} and parts and all(each.person for each in parts):
            return replace(answer, person=frozenset().union(*(each.person for each in parts)))
        summed = known.kind == "aggregate" and kind in NUMBERS
        return replace(answer, literal=answer.literal and known.kind == "scalar",
                       metric=answer.metric or summed)  # fmt: skip

    def _parameter(self, node: exp.Anonymous, name: str) -> Field:
        asked = node.expressions[0].name if node.expressions else ""
        if name == "BUILT_IN_PARAMETER":
            if asked not in {"TIME_WINDOW_START", "TIME_WINDOW_END"}:
                self.report.error(
                    "AMC024", f"there is no built-in parameter {asked!r}", span_of(node)
                )
            return Field(type="TIMESTAMP", literal=True)
        self.used.add(asked)
        if asked not in self.declared:
            like = near(asked, self.declared, self.report)
            place = span_of(node.expressions[0]) if node.expressions else span_of(node)
            fix = Fix(f"use {like}", f"'{like}'", place) if like else None
            self.report.error("AMC010", f"the parameter {asked!r} is not declared", place, fix)
        return Field(type=self.declared.get(asked, "ANY"), literal=True)

    def _unknown(self, node: exp.Anonymous, name: str) -> None:
        place = span_of(node)
        if name in {"GETDATE", "NOW"}:
            fix = Fix("use CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", place)
            self.report.error("AMC024", f"AMC has no {name}()", place, fix)
            return
        like = near(name, (each.lower() for each in FUNCTIONS), self.report)
        hint = f"; did you mean {like.upper()}?" if like else ""
        self.report.error("AMC024", f"there is no function {node.name}{hint}", place)


def _has_a_row_each(scope: Scope) -> bool:
    """Tell whether rows were grouped and have one person each: counting them counts people."""
    return any(each.aggregated and each.single for each in scope.sources.values())


def _of_people(parts: list[Field]) -> bool:
    """Tell whether a value names a person."""
    return any(
        each.person or any(origin.endswith("user_id") for origin in each.origins) for each in parts
    )


def _arguments(node: exp.Anonymous) -> list[exp.Expr]:
    arguments = list(node.expressions)
    if len(arguments) == 1 and isinstance(arguments[0], exp.Distinct):
        return list(arguments[0].expressions)
    return arguments


def _children(node: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for name, value in node.args.items():
        if name in {"query", "to", "unit", "_type"}:
            continue
        values: list[Any] = value if isinstance(value, list) else [value]
        found += [
            each
            for each in values
            if isinstance(each, exp.Expr)
            and not isinstance(each, (exp.Var, exp.DataType, exp.Identifier))
        ]
    return found


def _at(parts: list[Field], number: int) -> Field:
    return parts[number] if number < len(parts) else Field()


def _literal_type(node: exp.Expr) -> str:
    if isinstance(node, exp.Literal):
        return "STRING" if node.is_string else ("LONG" if node.is_int else "DECIMAL")
    return "BOOLEAN" if isinstance(node, exp.Boolean) else "ANY"
