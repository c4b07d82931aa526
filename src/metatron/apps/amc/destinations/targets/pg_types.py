"""Types of a result as PostgreSQL keeps them, and the one that holds what two of them hold."""

TEXT, NUMERIC, DOUBLE, TIMESTAMP = (
    "text", "numeric", "double precision", "timestamp without time zone",
)  # fmt: skip
_KINDS = {
    "VARCHAR": TEXT, "BIGINT": "bigint", "DOUBLE": DOUBLE, "BOOLEAN": "boolean", "DATE": "date",
    "TIMESTAMP": TIMESTAMP,
}  # fmt: skip
_NUMBERS = {"bigint", "integer", "smallint", NUMERIC, DOUBLE}
_TIMES = {"date", TIMESTAMP}


def kind_of(kind: str) -> str:
    """Return PostgreSQL's type for one of the result's; decimals keep every digit."""
    return NUMERIC if kind.startswith("DECIMAL") else _KINDS[kind]


def wider(there: str, comes: str) -> str:
    """Return the type that holds both without loss: `there` stays when it does already."""
    if there in {comes, TEXT}:
        return there
    if there.startswith("numeric("):
        there = "bounded"  # a precision somebody chose: digits could be lost
    if {there, comes} <= _NUMBERS:
        return NUMERIC
    if there == "bounded" and comes in _NUMBERS:
        return NUMERIC
    return TIMESTAMP if {there, comes} <= _TIMES else TEXT


def rewritten(column: str, there: str, wanted: str) -> str:
    """Return the expression that turns a (quoted) column's values; texts keep all digits."""
    if there == DOUBLE and wanted == NUMERIC:
        # By its shortest text: the direct cast rounds to fifteen digits.
        return f"{column}::text::numeric"
    return f"{column}::{wanted}"
