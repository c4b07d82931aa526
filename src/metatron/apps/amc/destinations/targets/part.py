"""A result as one Parquet file with its marks, made by the results' engine."""

from pathlib import Path

from metatron.apps.amc.destinations.targets.load import Load
from metatron.apps.amc.runs.results import engine

FILE = "part.parquet"


async def write_part(load: Load, target: Path) -> int:
    """Write the file and return its rows; raises `engine.Failed`."""
    place = str(target).replace("'", "''")
    statement = (
        f"copy ({load.statement(load.names())}) to '{place}'"
        " (format parquet, compression zstd, row_group_size 100000, use_tmp_file false)"
    )
    job = {"kind": "write", "statement": statement, "values": load.values()}
    files = [load.result.file]
    told = await engine.run(job, limits=engine.KEEPING, files=files, target=target)
    rows: int = told["rows"]
    return rows
