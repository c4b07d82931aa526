"""What the engine is asked about a result, in DuckDB's SQL.

Names of columns come from the result's file and are quoted; values are bound. The types are those
that the engine itself chose when it kept the file.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from metatron.kernel.errors import InvalidInput

MOST_ROWS = 1_000
MOST_FILTERS = 20
MOST_PIVOT_COLUMNS = 200
MOST_MEASURES = 10
TOP, BUCKETS = 20, 20
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_TYPE = re.compile(r"VARCHAR|BIGINT|DOUBLE|BOOLEAN|DATE|TIMESTAMP|DECIMAL\(\d{1,2}, ?\d{1,2}\)")
_COMPARISONS = {"=": "=", "!=": "is distinct from", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_AGGREGATES = {
    "sum": "sum({})", "avg": "avg({})", "min": "min({})", "max": "max({})",
    "count": "count({})", "distinct": "count(distinct {})",
}  # fmt: skip
_NUMBERS_ONLY = {"sum", "avg"}
FILE = "read_parquet($file, file_row_number = true)"
PLACE = "file_row_number"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a kept result: name -> DuckDB type, in their order."""

    types: dict[str, str]

    @classmethod
    def of(cls, stored: list[dict[str, Any]] | None) -> "Columns":
        """Read what is stored with the run."""
        found = {each["name"]: each["type"] for each in stored or ()}
        assert all(_TYPE.fullmatch(kind) for kind in found.values()), "types are the engine's own"
        return cls(found)

    def one(self, name: str, place: str) -> str:
        """Return a column's quoted name; raises `InvalidInput`, naming `place`, without one."""
        if name not in self.types:
            raise InvalidInput.field(place, "unknown_column", "The result has no such column.")
        return quoted(name)

    def chosen(self, names: list[str], place: str) -> "Columns":
        """Return some in that order; raises `InvalidInput`, naming `place`, where one lacks."""
        for name in names:
            self.one(name, place)
        return Columns({name: self.types[name] for name in names})

    def is_number(self, name: str) -> bool:
        """Tell whether sums can be made of a column."""
        return self.types[name].startswith(("BIGINT", "DOUBLE", "DECIMAL"))

    def all_quoted(self) -> str:
        """Return all columns as a list of names."""
        return ", ".join(quoted(each) for each in self.types)


@dataclass(slots=True)
class Question:
    """A statement and its bound values."""

    statement: str
    values: dict[str, Any] = field(default_factory=dict)

    def told(self, file: str) -> list[Any]:
        """Return it as the engine takes it."""
        return [self.statement, {"file": file, **self.values}]


def quoted(name: str) -> str:
    """Return a name so that it stays a name, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def condition(columns: Columns, filters: list[Any]) -> tuple[str, dict[str, Any]]:
    """Return the test that all of `[[column, operator, value]]` hold, and its values.

    Raises:
        InvalidInput: what is no filter.
    """
    if len(filters) > MOST_FILTERS:
        raise _bad_filter(f"{MOST_FILTERS} filters at most.")
    tests, values = ["true"], dict[str, Any]()
    for number, each in enumerate(filters):
        if not isinstance(each, list) or not 2 <= len(each) <= 3 or not isinstance(each[0], str):
            raise _bad_filter("Each filter is [column, operator, value].")
        name = columns.one(each[0], "query.filter")
        value = each[2] if len(each) == 3 else None
        test, more = _test(name, columns.types[each[0]], each[1], value, f"v{number}")
        tests.append(test)
        values |= more
    return " and ".join(tests), values


def _test(name: str, kind: str, operator: Any, value: Any, mark: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(operator, str):
        raise _bad_filter("There is no such operator.")
    if operator in {"is_null", "not_null"}:
        return f"{name} is {'not ' if operator == 'not_null' else ''}null", {}
    if operator == "in":
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_ROWS:
            raise _bad_filter("in takes a list of values.")
        return f"list_contains(cast(${mark} as {kind}[]), {name})", {
            mark: [_text(v) for v in value]
        }
    if operator in {"contains", "starts"}:
        function = "contains" if operator == "contains" else "starts_with"
        text = f"lower(cast({name} as varchar))"
        return f"{function}({text}, lower(cast(${mark} as varchar)))", {mark: _text(value)}
    if operator not in _COMPARISONS:
        raise _bad_filter("There is no such operator.")
    return f"{name} {_COMPARISONS[operator]} cast(${mark} as {kind})", {mark: _text(value)}


def _text(value: Any) -> str:
    if value is None or isinstance(value, list | dict) or len(str(value)) > 10_000:
        raise _bad_filter("Compare with one value; is_null finds what has none.")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bad_filter(hint: str) -> InvalidInput:
    return InvalidInput.field("query.filter", "bad_filter", hint)


def window(
    columns: Columns, *, offset: int, limit: int, sort: str | None, filters: list[Any]
) -> dict[str, Question]:
    """Return the questions of a page of rows; without a sort they come as they stand in the file.

    Raises:
        InvalidInput: a column or a filter that is none.
    """
    test, values = condition(columns, filters)
    order = order_of(columns, sort)
    # The sort carries a number a row; the wide columns are read for the page alone.
    page = f"""select {columns.all_quoted()} from {FILE} semi join (
      select {PLACE} from {FILE} where {test} order by {order} limit {limit:d} offset {offset:d}
    ) wanted using ({PLACE}) order by {order}"""
    questions = {"page": Question(page, values)}
    if filters:
        questions["filtered"] = Question(f"select count(*) from {FILE} where {test}", values)
    return questions


def order_of(columns: Columns, sort: str | None) -> str:
    """Return the order of rows; raises `InvalidInput` for a column that is none."""
    if not sort:
        return PLACE
    name = columns.one(sort.removeprefix("-"), "query.sort")
    return f"{name} {'desc' if sort.startswith('-') else 'asc'} nulls last, {PLACE}"


def statistics(columns: Columns, name: str) -> dict[str, Question]:
    """Return the questions about one column; raises `InvalidInput` when there is none."""
    column = columns.one(name, "query.column")
    is_number = columns.is_number(name)
    quantiles = ", ".join(str(each) for each in QUANTILES)
    numbers = (
        f"avg(cast({column} as double)), quantile_cont(cast({column} as double), [{quantiles}])"
        if is_number
        else "null, null"
    )
    questions = {
        "facts": Question(
            f"select count({column}), count(*) - count({column}), count(distinct {column}),"
            f" min({column}), max({column}), {numbers} from {FILE}"
        ),
        "top": Question(
            f"select {column} as value, count(*) as n from {FILE} where {column} is not null"
            f" group by 1 order by 2 desc, 1 limit {TOP:d}"
        ),
    }
    if is_number:
        questions["histogram"] = Question(
            f"with v as (select cast({column} as double) x from {FILE} where {column} is not null),"
            " b as (select min(x) low, max(x) high from v where isfinite(x)),"
            f" p as (select low, (high - low) / {BUCKETS:d} step,"
            f" least(cast(floor((x - low) / nullif(high - low, 0) * {BUCKETS:d}) as bigint),"
            f" {BUCKETS - 1:d}) place from v, b where isfinite(x))"
            " select low + coalesce(place, 0) * step, low + (coalesce(place, 0) + 1) * step,"
            " count(*) from p group by low, step, place order by 1"
        )
    return questions


def measure(columns: Columns, name: str, aggregate: str, place: str) -> str:
    """Return an aggregate of a column as an expression.

    Raises:
        InvalidInput: no such column or aggregate, or sums of what is no number.
    """
    column = columns.one(name, f"{place}.column")
    if aggregate not in _AGGREGATES:
        raise InvalidInput.field(f"{place}.aggregate", "unknown_aggregate", "Not an aggregate.")
    if aggregate in _NUMBERS_ONLY and not columns.is_number(name):
        raise InvalidInput.field(
            f"{place}.aggregate", "not_a_number", "This column has no numbers."
        )
    if aggregate in _NUMBERS_ONLY and columns.types[name].startswith("DECIMAL(3"):
        # A sum of decimals that long may not fit into one.
        column = f"cast({column} as double)"
    return _AGGREGATES[aggregate].format(column)


def pivot(
    columns: Columns, rows: list[str], across: list[str], measures: list[tuple[str, str]]
) -> dict[str, Question]:
    """Return the question of a grid: row keys, column keys, then a cell's measures.

    Raises:
        InvalidInput: a column or an aggregate that is none.
    """
    down = [columns.one(each, "body.rows") for each in rows]
    over = [columns.one(each, "body.columns") for each in across]
    cells = [
        f"{measure(columns, name, aggregate, 'body.measures')} as m{number}"
        for number, (name, aggregate) in enumerate(measures)
    ]
    keys = [
        *(f"{name} as r{number}" for number, name in enumerate(down)),
        *(f"{name} as c{number}" for number, name in enumerate(over)),
    ]
    down_keys = ", ".join(f"r{number} nulls last" for number in range(len(down))) or "1"
    over_keys = ", ".join(f"c{number} nulls last" for number in range(len(over))) or "1"
    group = ", ".join([*down, *over])
    statement = (
        f"with g as (select {', '.join([*keys, *cells])} from {FILE}"
        + (f" group by {group}" if group else "")
        + f"), n as (select *, dense_rank() over (order by {down_keys}) row_place,"
        f" dense_rank() over (order by {over_keys}) column_place from g),"
        " t as (select max(row_place) row_total, max(column_place) column_total from n)"
        f" select * from n, t where row_place <= {MOST_ROWS:d}"
        f" and column_place <= {MOST_PIVOT_COLUMNS:d} order by row_place, column_place"
    )
    return {"grid": Question(statement)}


def comparison(left: Columns, right: Columns, keys: list[str]) -> dict[str, Question]:
    """Return the questions about what differs between two results; `$file` is the left one's.

    Rows belong together by their keys; of several with the same, the first to the first.

    Raises:
        InvalidInput: a key that is not in both.
    """
    for key in keys:
        left.one(key, "query.keys")
        right.one(key, "query.keys")
    shared = [name for name in left.types if name in right.types and name not in keys]
    both = [*keys, *shared]

    def side(columns: Columns, other: Columns, file: str) -> str:
        picked = ", ".join(
            quoted(name) if columns.types[name] == other.types[name]
            else f"cast({quoted(name)} as varchar) as {quoted(name)}"
            for name in both
        )  # fmt: skip
        partition = ", ".join(quoted(name) for name in keys)
        return (
            f"select {picked}, row_number() over (partition by {partition} order by {PLACE})"
            f" as {PLACE} from read_parquet({file}, file_row_number = true)"
        )

    on = " and ".join(f"l.{quoted(key)} is not distinct from r.{quoted(key)}" for key in keys)
    differs = [
        f"(l.{PLACE} is not null and r.{PLACE} is not null"
        f" and l.{quoted(name)} is distinct from r.{quoted(name)})"
        for name in shared
    ]
    changed = " or ".join(differs) or "false"
    kind = (
        f"case when l.{PLACE} is null then 'added' when r.{PLACE} is null then 'removed'"
        f" when {changed} then 'changed' end"
    )
    cells = [
        *(f"coalesce(l.{quoted(key)}, r.{quoted(key)})" for key in keys),
        *(f"l.{quoted(name)}, r.{quoted(name)}" for name in shared),
    ]
    joined = (
        f"from ({side(left, right, '$file')}) l full outer join ({side(right, left, '$right')}) r"
        f" on {on} and l.{PLACE} = r.{PLACE}"
    )
    rows = f"select {kind} as kind, {', '.join(cells)} {joined} where ({kind}) is not null"
    counts = f"select {kind} as kind, count(*) {joined} group by 1"
    order = ", ".join(str(2 + number) for number in range(len(keys)))
    return {
        "counts": Question(counts),
        "rows": Question(f"{rows} order by {order} limit {MOST_ROWS:d}"),
    }
