"""One question to DuckDB in a process of its own: a job from standard input, the outcome told.

It imports nothing of ours. What it may read and write is named by the job; nothing else can be
reached, and no setting can be changed any more. Exit code 3 says that the last line of standard
error is the reason, as JSON.
"""

import csv
import datetime as dt
import decimal
import json
import math
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import IO, Any, cast

import duckdb

OVERHEAD_BYTES = 1_500_000_000
"""Address space beside DuckDB's own limit: interpreter, libraries, thread stacks."""
EXACT = 2**53 - 1
REFUSED = 3
Job = dict[str, Any]


def main() -> None:
    """Run the job."""
    job: Job = json.load(sys.stdin)
    bound = int(job["memory_bytes"]) + OVERHEAD_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    csv.field_size_limit(10_000_000)
    try:
        connection = connect(job)
        kinds = {"ask": ask, "copy": copy, "write": write, "sheet": sheet, "keep": keep}
        kinds[job["kind"]](connection, job)
    except (duckdb.OutOfMemoryException, MemoryError):
        fail("memory", "it took more memory than a question may")
    except duckdb.Error as error:
        fail("query", str(error).partition("\n")[0])
    except BrokenPipeError:
        sys.stderr.close()


def fail(kind: str, text: str) -> None:
    """Say why there is no outcome, and end."""
    sys.stderr.write(json.dumps({"failure": kind, "text": text}) + "\n")
    sys.stderr.flush()
    sys.exit(REFUSED)


def connect(job: Job) -> duckdb.DuckDBPyConnection:
    """Return a connection that can read and write what the job names and nothing else."""
    connection = duckdb.connect(
        config={
            "threads": job["threads"],
            "memory_limit": f"{job['memory_bytes']}B",
            "temp_directory": job["scratch"],
            "max_temp_directory_size": f"{job['scratch_bytes']}B",
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    connection.execute("set timezone = 'UTC'")
    connection.execute("set allowed_paths = $paths", {"paths": job["paths"]})
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def ask(connection: duckdb.DuckDBPyConnection, job: Job) -> None:
    """Answer each named question with its columns and rows, as one JSON object."""
    answers = {}
    for name, (statement, values) in job["questions"].items():
        found = connection.execute(statement, values)
        columns = [{"name": each[0], "type": str(each[1])} for each in found.description or ()]
        rows = [[plain(cell) for cell in row] for row in found.fetchall()]
        answers[name] = {"columns": columns, "rows": rows}
    sys.stdout.write(json.dumps(answers, ensure_ascii=False))


def plain(value: Any) -> Any:
    """Return a value as JSON carries it without rounding: long numbers and decimals as text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        is_exact = math.isfinite(value) and (isinstance(value, float) or abs(value) <= EXACT)
        return value if is_exact else str(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def copy(connection: duckdb.DuckDBPyConnection, job: Job) -> None:
    """Write a statement's rows to standard output in a form of DuckDB's own."""
    connection.execute(job["statement"], job["values"])


def write(connection: duckdb.DuckDBPyConnection, job: Job) -> None:
    """Write a statement's rows to a file that the job names; tell how many they are."""
    told = connection.execute(job["statement"], job["values"]).fetchone()
    assert told is not None, "a copy has a count"
    sys.stdout.write(json.dumps({"rows": told[0]}))


def sheet(connection: duckdb.DuckDBPyConnection, job: Job) -> None:
    """Write a workbook to standard output: its parts, and one row of XML for each of the rows."""
    with zipfile.ZipFile(
        cast("IO[bytes]", Outgoing()), "w", compression=zipfile.ZIP_DEFLATED, compresslevel=1
    ) as book:
        for name, text in job["parts"].items():
            book.writestr(name, text)
        with book.open(job["sheet"], "w", force_zip64=True) as page:
            page.write(job["head"].encode())
            for text in joined(connection, job):
                page.write(text)
            page.write(job["foot"].encode())
    sys.stdout.buffer.flush()


class Outgoing:
    """Standard output as a stream that cannot be sought, as a pipe is."""

    def write(self, data: bytes) -> int:
        """Pass on."""
        return sys.stdout.buffer.write(data)

    def flush(self) -> None:
        """Pass on."""
        sys.stdout.buffer.flush()


def joined(connection: duckdb.DuckDBPyConnection, job: Job) -> Iterator[bytes]:
    """Yield the rows' texts, some thousand at a time."""
    connection.execute(job["statement"], job["values"])
    while rows := connection.fetchmany(2_000):
        yield "".join(row[0] for row in rows).encode()


# What AMC calls a type, as DuckDB keeps it. A column is kept as text when one value does not fit.
TEXT = "VARCHAR"
WHOLE = {"BYTE", "TINYINT", "SHORT", "SMALLINT", "INT", "INTEGER", "LONG", "BIGINT", "HUGEINT",
         "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}  # fmt: skip
BROKEN = {"FLOAT", "REAL", "DOUBLE"}


def keep(connection: duckdb.DuckDBPyConnection, job: Job) -> None:
    """Turn a result's CSV files into one Parquet file; tell its columns and how many rows."""
    names = header(job)
    hints = {each["name"]: each["type"] for each in job["columns"]}
    plain_names = [f"c{number}" for number in range(len(names))]
    values = {"files": job["files"]}
    source = reading(plain_names, job)
    measures = connection.execute(
        "select count(*), " + ", ".join(measured(each) for each in plain_names) + f" from {source}",
        values,
    ).fetchone()
    assert measures is not None, "a count has a row"
    kinds = [kind_of(hints.get(name, ""), measures[1 + place]) for place, name in enumerate(names)]
    shown = ", ".join(
        f"try_cast({each} as {kind}) as {quoted(name)}"
        for each, kind, name in zip(plain_names, kinds, names, strict=True)
    )
    connection.execute(
        f"copy (select {shown} from {source}) to {literal(job['target'])}"
        " (format parquet, compression zstd, row_group_size 100000, use_tmp_file false)",
        values,
    )
    columns = [{"name": n, "type": k} for n, k in zip(names, kinds, strict=True)]
    sys.stdout.write(json.dumps({"columns": columns, "rows": measures[0]}, ensure_ascii=False))


def header(job: Job) -> list[str]:
    """Return the columns' names, the same in every file; a name that comes twice is numbered."""
    found = []
    for path in job["files"]:
        with open(path, newline="", encoding="utf-8-sig") as source:  # noqa: PTH123
            found.append(next(csv.reader(source), []))
    if not found[0] or any(each != found[0] for each in found):
        fail("form", "the result's files do not begin with the same names of columns")
    names: list[str] = []
    taken = {"file_row_number"}  # DuckDB's own name for the place of a row
    for place, given in enumerate(found[0], 1):
        wanted = given or f"column_{place}"
        while wanted.lower() in taken:
            wanted = f"{wanted}_{place}"
        taken.add(wanted.lower())
        names.append(wanted)
    return names


def reading(names: list[str], job: Job) -> str:
    """Return the files as a table of texts; an empty cell without quotes is no value.

    Without a size DuckDB's buffers hold sixteen of the longest lines, and large files no longer
    fit into the memory they may take.
    """
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    return (
        f"read_csv($files, columns = {{{columns}}}, header = true, auto_detect = false,"
        " delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false,"
        f" strict_mode = true, max_line_size = {job['longest_line']},"
        f" buffer_size = {2 * job['longest_line']}, null_padding = false)"
    )


def measured(name: str) -> str:
    """Return what has to be known of a column of texts before its type is chosen.

    Without FILTER: each keeps buffers for all that the statement reads, so that a hundred columns
    would take twenty gigabytes.
    """
    whole = "'-?(0|[1-9][0-9]{0,37})'"
    exact = r"'-?(0|[1-9][0-9]*)(\.[0-9]+)?'"
    number = r"'[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?'"
    day = "'[0-9]{4}-[0-9]{2}-[0-9]{2}'"
    instant = "'^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:'"
    conditions = {
        "filled": f"{name} is not null",
        "small": f"regexp_full_match({name}, {whole}) and try_cast({name} as bigint) is not null",
        "whole": f"regexp_full_match({name}, {whole})",
        "exact": f"regexp_full_match({name}, {exact})",
        "number": f"regexp_full_match({name}, {number}) and isfinite(try_cast({name} as double))",
        "truth": f"lower({name}) in ('true', 'false')",
        "day": f"regexp_full_match({name}, {day}) and try_cast({name} as date) is not null",
        "instant": f"regexp_matches({name}, {instant})"
        f" and try_cast({name} as timestamp) is not null",
    }
    lengths = {
        "scale": f"split_part({name}, '.', 2)",
        "digits": f"ltrim(split_part({name}, '.', 1), '-')",
    }
    told = [f"'{key}': coalesce(count_if({each}), 0)" for key, each in conditions.items()]
    told += [f"'{key}': coalesce(max(length({each})), 0)" for key, each in lengths.items()]
    return f"{{{', '.join(told)}}}"


def kind_of(hint: str, seen: dict[str, int]) -> str:
    """Return the narrowest type that loses nothing: of the hinted kind, or found in the values."""
    word = re.split(r"[(\s]", hint.upper())[0]
    exact = f"DECIMAL({max(min(seen['digits'] + seen['scale'], 38), 1)}, {seen['scale']})"
    if "[" in hint or (word and seen["filled"] == 0 and word in {"STRING", TEXT}):
        return TEXT
    fits = {
        "BIGINT": seen["small"], "DECIMAL(38, 0)": seen["whole"],
        exact: seen["exact"] if seen["digits"] + seen["scale"] <= 38 else -1,
        "DOUBLE": seen["number"], "BOOLEAN": seen["truth"], "DATE": seen["day"],
        "TIMESTAMP": seen["instant"],
    }  # fmt: skip
    wanted = list(fits)
    if word in WHOLE:
        wanted = ["BIGINT", "DECIMAL(38, 0)", exact]
    elif word in BROKEN:
        wanted = ["DOUBLE"]
    elif word in {"DECIMAL", "NUMERIC"}:
        wanted = [exact, "DOUBLE"]
    elif word in {"BOOLEAN", "DATE"}:
        wanted = [word]
    elif word.startswith("TIMESTAMP"):
        wanted = ["TIMESTAMP"]
    elif word:
        wanted = []
    elif seen["filled"] == 0:
        return TEXT
    return next((each for each in wanted if fits[each] == seen["filled"]), TEXT)


def quoted(name: str) -> str:
    """Return a name that the file's author chose, so that it stays a name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text of ours as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    main()
