"""How a call of AMC SQL is made in DuckDB. Arguments stay trees: no text is ever spliced."""

from collections.abc import Callable

from sqlglot import exp, parse_one

Make = Callable[[list[exp.Expr]], exp.Expr]


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """Return a call of DuckDB's function `name`."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def calls(name: str) -> Make:
    """The function of DuckDB that takes the same arguments."""
    return lambda arguments: call(name, *arguments)


def written(pattern: str) -> Make:
    """DuckDB as our own constant text, where {0}, {1} or {all} stand for the arguments."""
    marked = pattern.replace("{all}", "__all").format(*(f"__argument{n}" for n in range(9)))
    tree: exp.Expr = parse_one(marked, dialect="duckdb")

    def make(arguments: list[exp.Expr]) -> exp.Expr:
        made = tree.copy()
        for column in list(made.find_all(exp.Column)):
            if column.name == "__all":
                called = column.parent
                assert called is not None
                called.set("expressions", arguments)
            elif column.name.startswith("__argument"):
                column.replace(arguments[int(column.name.removeprefix("__argument"))].copy())
        return made

    return make


def pair_filter(condition: str) -> Make:
    """The elements `__x` of the first array that satisfy `condition`."""
    return written(f"list_filter({{0}}, lambda __x: {condition})")


def chained(operator: str) -> Make:
    """The arguments as texts joined by `||`; one null makes all null."""
    assert operator == "||"

    def make(arguments: list[exp.Expr]) -> exp.Expr:
        texts = [exp.cast(each, "VARCHAR", dialect="duckdb") for each in arguments]
        chain: exp.Expr = texts[0]
        for each in texts[1:]:
            chain = exp.DPipe(this=chain, expression=each)
        return exp.Paren(this=chain)

    return make


def position(*, text: int, part: int) -> Make:
    """Where `part` begins in `text`, from 1; 0 when it is not there."""
    return lambda arguments: call("strpos", arguments[text], arguments[part])


def joined_text(arguments: list[exp.Expr]) -> exp.Expr:
    """An array as one text; its elements may be rows."""
    texts = exp.cast(arguments[0], "VARCHAR[]", dialect="duckdb")
    return call("array_to_string", texts, arguments[1])


def keyed(arguments: list[exp.Expr]) -> exp.Expr:
    """`a=1,b=2` as a map, by the separators of pairs and of keys."""
    return written(
        "map_from_entries(list_transform(string_split({0}, {1}),"
        " lambda __x: row(split_part(__x, {2}, 1), split_part(__x, {2}, 2))))"
    )(arguments)


def named_row(arguments: list[exp.Expr]) -> exp.Expr:
    """Labels and values in turn as a row."""
    pairs = zip(arguments[::2], arguments[1::2], strict=True)
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(label.name, quoted=True), expression=value)
            for label, value in pairs
        ]
    )


def never_null(arguments: list[exp.Expr]) -> exp.Expr:
    """NVL2: the second when the first is something, else the third."""
    chosen, there, missing = arguments
    return exp.Case(
        ifs=[exp.If(this=exp.Is(this=chosen, expression=exp.Null()), true=missing)], default=there
    )


def nulls_win(name: str) -> Make:
    """GREATEST and LEAST: null as soon as one argument is."""

    def make(arguments: list[exp.Expr]) -> exp.Expr:
        missing: exp.Expr = exp.or_(
            *(exp.Is(this=each.copy(), expression=exp.Null()) for each in arguments)
        )
        return exp.Case(ifs=[exp.If(this=missing, true=exp.Null())], default=call(name, *arguments))

    return make


def seconds_between(arguments: list[exp.Expr]) -> exp.Expr:
    """Seconds from the first instant to the second, cut to whole ones."""
    return written(
        "CAST(trunc(epoch(CAST({1} AS TIMESTAMP)) - epoch(CAST({0} AS TIMESTAMP))) AS BIGINT)"
    )(arguments)


def to_zone(arguments: list[exp.Expr]) -> exp.Expr:
    """An instant of UTC as the wall clock of a zone."""
    return written("timezone({1}, timezone('UTC', CAST({0} AS TIMESTAMP)))")(arguments)


def cut_to(arguments: list[exp.Expr]) -> exp.Expr:
    """An instant or day cut to a unit, as an instant."""
    return exp.cast(call("date_trunc", *arguments), "TIMESTAMP", dialect="duckdb")
