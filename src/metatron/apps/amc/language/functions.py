"""Every function of AMC SQL: how many arguments, what it answers, and the same in DuckDB.

A name that is not in `FUNCTIONS` does not exist: nothing of DuckDB can be called around it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from metatron.apps.amc.language.made import (
    calls,
    chained,
    cut_to,
    joined_text,
    keyed,
    named_row,
    never_null,
    nulls_win,
    pair_filter,
    position,
    seconds_between,
    to_zone,
    written,
)

Kind = Literal["scalar", "aggregate", "window"]
Make = Callable[[list[exp.Expr]], exp.Expr]


@dataclass(frozen=True, slots=True)
class Function:
    """`returns` is a type of AMC, or the number of the argument whose type it takes on."""

    least: int
    most: int
    returns: str | int
    make: Make
    kind: Kind = "scalar"


def _same(
    names: str, least: int, most: int, returns: str | int, kind: Kind = "scalar"
) -> dict[str, Function]:
    return {
        name: Function(least, most, returns, calls(name.lower()), kind) for name in names.split()
    }


def _as(name: str, least: int, most: int, returns: str | int, kind: Kind = "scalar") -> Function:
    return Function(least, most, returns, calls(name), kind)


_AGGREGATES = {
    **_same("COUNT", 1, 9, "LONG", "aggregate"),
    **_same("SUM MIN MAX ANY_VALUE", 1, 1, 0, "aggregate"),
    **_same("AVG MEDIAN SKEWNESS", 1, 1, "DOUBLE", "aggregate"),
    **_same("STDDEV STDDEV_POP STDDEV_SAMP VAR_POP VAR_SAMP VARIANCE", 1, 1, "DOUBLE", "aggregate"),
    "APPROX_COUNT_DISTINCT": _as("approx_count_distinct", 1, 1, "LONG", "aggregate"),
    "PERCENTILE": _as("quantile_cont", 2, 2, "DOUBLE", "aggregate"),
    "APPROX_PERCENTILE": _as("approx_quantile", 2, 2, 0, "aggregate"),
    "COLLECT": _as("list", 1, 1, "ARRAY", "aggregate"),
}
_WINDOWS = {
    **_same("ROW_NUMBER RANK DENSE_RANK", 0, 0, "LONG", "window"),
    **_same("PERCENT_RANK CUME_DIST", 0, 0, "DOUBLE", "window"),
    **_same("NTILE", 1, 1, "LONG", "window"),
    **_same("LAG LEAD", 1, 3, 0, "window"),
    **_same("FIRST_VALUE LAST_VALUE", 1, 1, 0, "window"),
}
_NUMBERS = {
    **_same("ABS SIGN", 1, 1, 0),
    **_same("CEIL CEILING FLOOR", 1, 1, "LONG"),
    **_same("ROUND", 1, 2, 0),
    **_same("EXP LN LOG10 SQRT", 1, 1, "DOUBLE"),
    **_same("LOG", 1, 2, "DOUBLE"),
    **_same("POWER", 2, 2, "DOUBLE"),
    **_same("MOD", 2, 2, 0),
    "POW": _as("power", 2, 2, "DOUBLE"),
    "TRUNCATE": _as("trunc", 1, 2, 0),
}
_TEXTS = {
    **_same("LOWER UPPER LTRIM RTRIM REVERSE", 1, 2, "STRING"),
    **_same("LENGTH", 1, 1, "LONG"),
    **_same("SUBSTR SUBSTRING", 2, 3, "STRING"),
    **_same("LEFT RIGHT REPEAT", 2, 2, "STRING"),
    **_same("REPLACE LPAD RPAD", 3, 3, "STRING"),
    **_same("MD5 SHA1", 1, 1, "STRING"),
    "CONCAT": Function(1, 99, "STRING", chained("||")),
    "SPLIT": _as("string_split", 2, 2, "ARRAY"),
    "SPLIT_PART": _as("split_part", 3, 3, "STRING"),
    "CHAR_LENGTH": _as("length", 1, 1, "LONG"),
    "CHARINDEX": Function(2, 2, "LONG", position(text=1, part=0)),
    "LOCATE": Function(2, 2, "LONG", position(text=1, part=0)),
    "INSTR": Function(2, 2, "LONG", position(text=0, part=1)),
    "STRPOS": Function(2, 2, "LONG", position(text=0, part=1)),
    "REGEXP_REPLACE": Function(3, 3, "STRING", written("regexp_replace({0}, {1}, {2}, 'g')")),
    "REGEXP_SUBSTR": Function(2, 2, "STRING", written("nullif(regexp_extract({0}, {1}), '')")),
    "REGEXP_SPLIT": _as("regexp_split_to_array", 2, 2, "ARRAY"),
    "STR_TO_MAP": Function(3, 3, "MAP", keyed),
    "FORMAT": _as("printf", 1, 99, "STRING"),
    # The name of the character set may follow; texts are UTF-8 here whatever it says.
    "TO_VARBINARY": Function(1, 2, "BINARY", written("encode({0})")),
    "FROM_VARBINARY": Function(1, 2, "STRING", written("decode({0})")),
    "HASH64": Function(1, 9, "LONG", written("CAST(hash({all}) >> 1 AS BIGINT)")),
    "JSON_EXTRACT": _as("json_extract_string", 2, 2, "STRING"),
    "UUID": Function(0, 0, "STRING", written("CAST(gen_random_uuid() AS VARCHAR)")),
}
_ARRAYS = {
    "ARRAY_SORT": _as("list_sort", 1, 1, 0),
    "ARRAY_TO_STRING": Function(2, 2, "STRING", joined_text),
    "ARRAY_CONTAINS": _as("list_contains", 2, 2, "BOOLEAN"),
    "ARRAY_DISTINCT": _as("list_distinct", 1, 1, 0),
    "ARRAY_UNION": Function(2, 2, 0, written("list_distinct(list_concat({0}, {1}))")),
    "ARRAY_INTERSECT": _as("list_intersect", 2, 2, 0),
    "ARRAY_COMPLEMENT": Function(2, 2, 0, pair_filter("NOT list_contains({1}, __x)")),
    "ARRAY_REMOVE": Function(2, 2, 0, pair_filter("__x IS DISTINCT FROM {1}")),
    "ARRAY_CAT": _as("list_concat", 2, 2, 0),
    "CARDINALITY": _as("len", 1, 1, "LONG"),
    "SIZE": _as("len", 1, 1, "LONG"),
    "EXPLODE": _as("unnest", 1, 1, "ANY"),
    "UNNEST": _as("unnest", 1, 1, "ANY"),
    "FLATTEN": _as("flatten", 1, 1, 0),
    "NAMED_ROW": Function(2, 99, "ROW", named_row),
    "CONTAINED_IN": Function(2, 2, "BOOLEAN", written("list_contains({1}, {0})")),
}
_CHOICES = {
    "COALESCE": _as("coalesce", 1, 99, 0),
    "NVL": _as("coalesce", 2, 2, 0),
    "IFNULL": _as("coalesce", 2, 2, 0),
    "NVL2": Function(3, 3, 1, never_null),
    "NULLIF": _as("nullif", 2, 2, 0),
    "GREATEST": Function(1, 99, 0, nulls_win("greatest")),
    "LEAST": Function(1, 99, 0, nulls_win("least")),
}
_TIMES = {
    "SECONDS_BETWEEN": Function(2, 2, "LONG", seconds_between),
    "CONVERT_TIME_ZONE_FROM_UTC": Function(2, 2, "TIMESTAMP", to_zone),
    "EPOCH_TO_UTC_TIMESTAMP": Function(
        1,
        1,
        "TIMESTAMP",
        written("make_timestamp(CAST({0} * CAST(1000000 AS BIGINT) AS BIGINT))"),
    ),
    "DATE_TRUNC": Function(2, 2, "TIMESTAMP", cut_to),
    "DATE_DIFF": _as("date_diff", 3, 3, "LONG"),
    "YEAR": _as("year", 1, 1, "INTEGER"),
    "MONTH": _as("month", 1, 1, "INTEGER"),
    "DAY": _as("day", 1, 1, "INTEGER"),
    "HOUR": _as("hour", 1, 1, "INTEGER"),
}
FUNCTIONS: dict[str, Function] = {
    **_AGGREGATES,
    **_WINDOWS,
    **_NUMBERS,
    **_TEXTS,
    **_ARRAYS,
    **_CHOICES,
    **_TIMES,
}
"""By name, in capitals."""

AGGREGATES = frozenset(_AGGREGATES)
RANKS = frozenset({"ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE"})
COUNTS = frozenset({"COUNT", "APPROX_COUNT_DISTINCT"})
SPECIAL = frozenset({"CUSTOM_PARAMETER", "BUILT_IN_PARAMETER", "TABLE", "EXTEND_TIME_WINDOW"})
