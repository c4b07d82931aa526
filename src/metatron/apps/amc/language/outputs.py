"""What may leave AMC: aggregated rows, no guarded ids, money in whole currency units."""

from sqlglot import exp

from metatron.apps.amc.language.binding import Bound
from metatron.apps.amc.language.fields import Field
from metatron.apps.amc.language.findings import Fix, Report, span_of
from metatron.apps.amc.schema.facts import Facts


def branches(query: exp.Query) -> list[exp.Select]:
    """Return the SELECTs whose columns are the query's output."""
    if isinstance(query, exp.SetOperation):
        return branches(query.left) + branches(query.right)
    if isinstance(query, exp.Subquery):
        return branches(query.this)
    assert isinstance(query, exp.Select)
    return [query]


def refuse(bound: Bound, facts: Facts, report: Report, *, controls: bool = True) -> None:
    """Report what AMC would not let out; without `controls` only what is not meant so."""
    for select in branches(bound.query):
        relation = select.meta["amc_relation"]
        if controls and relation.paths and not relation.aggregated:
            report.error(
                "AMC007", "the output has no aggregation: GROUP BY, or count", span_of(select)
            )
        shown = zip(relation.fields.values(), select.expressions, strict=False)
        for field, node in shown:
            report.go_on()
            if controls:
                _guarded(field, node, facts, report)
            _in_unit(field, node, facts, report)


def _guarded(field: Field, node: exp.Expr, facts: Facts, report: Report) -> None:
    rule = facts.thresholds[field.level]
    if not rule.in_output:
        level = field.level.name.replace("_", " ")
        origins = ", ".join(sorted(field.origins))
        counted = node.this.sql("spark") if isinstance(node, exp.Alias) else node.sql("spark")
        fix = Fix("count it", f"COUNT(DISTINCT {counted})", span_of(node))
        report.error(
            "AMC008",
            f"{field.name} is {level} ({origins}): only a count may leave",
            span_of(node),
            fix,
        )


def _in_unit(field: Field, node: exp.Expr, facts: Facts, report: Report) -> None:
    if field.unit:
        factor = facts.units[field.unit]
        message = f"{field.name} is in {field.unit}: divide by {factor:,} for one currency unit"
        report.warning("AMC014", message, span_of(node))
