"""Runs the local AMC's executions over made-up data, each in a process of its own."""

import csv
import json
import zlib
from dataclasses import replace
from pathlib import Path

from metatron.apps.amc.language.checking import Checking, Window, check
from metatron.apps.amc.language.parameters import BadValue
from metatron.apps.amc.sandbox import running
from metatron.apps.amc.sandbox.generation import ensure
from metatron.apps.amc.sandbox.planning import Plan, Refused, plan
from metatron.apps.amc.sandbox.presets import Preset
from metatron.apps.amc.sandbox.thresholds import Filtering, Privacy
from metatron.apps.amc.schema.loading import facts
from metatron.apps.amc.twin.engine import Job, Result, RunFailed, RunStopped
from metatron.apps.amc.twin.shapes import OutputFormat
from metatron.kernel.clock import utc_now

_AMAZON_FORM = OutputFormat()


class LocalEngine:
    """An engine for `runner.Runner`; every instance has data of its own seed."""

    def __init__(self, data: Path, *, preset: str = "100k", threads: int = 1) -> None:
        """Keep data below `data`; it is made when an instance first runs something."""
        self._data, self._preset, self._threads = data, preset, threads

    def run(self, job: Job) -> Result:
        """Check, plan and run a job; its files are in the job's folder afterwards.

        Raises:
            RunFailed: AMC would refuse the query, or it went over a limit.
            RunStopped: the job is not wanted any more.
        """
        wanted = Preset(self._preset, zlib.crc32(job.instance_id.encode()) % 2**31)
        try:
            planned = self._plan(job, self._data / wanted.folder)
            if job.dry:
                return Result((), (), ())
            folder = ensure(wanted, self._data, threads=self._threads)
            whole = job.folder / "result.csv"
            limits = running.Limits(threads=self._threads, seconds=job.seconds)
            done = running.run(planned, folder, whole, limits=limits, is_stopped=job.is_stopped)
        except (Refused, BadValue) as error:
            raise RunFailed(str(error)) from error
        except running.RunStopped as error:
            raise RunStopped from error
        except running.RunFailed as error:
            raise RunFailed(f"The execution failed: {error}") from error
        told = job.folder / "metadata.json"
        told.write_text(json.dumps({"rows": done.rows, "columns": done.columns}))
        files = _written(whole, job.form or _AMAZON_FORM, job.files)
        return Result(files, (told,), tuple(done.columns), done.rows_scanned)

    def sources(self, sql: str) -> frozenset[str]:
        """Return the tables a query reads; none when it cannot be read."""
        bound = check(sql, Checking()).bound
        if bound is None:
            return frozenset()
        return frozenset(each.table.name for each in bound.readings)

    @staticmethod
    def _plan(job: Job, folder: Path) -> Plan:
        values = {name: value for name, value in job.values.items() if value is not None}
        window = Window(job.start, job.end)
        there = replace(facts(), missing=job.lacks)
        against = Checking(job.declared, values, window, utc_now(), there, controls=job.controls)
        # Amazon's guide: whoever names the discriminator keeps the rows and loses values.
        filtering = Filtering.REMOVE_VALUES if job.discriminator else Filtering(job.remove)
        privacy = Privacy(
            filtering,
            discriminator_column=job.discriminator,
            users_column=job.user_count,
            reason_column=job.reason,
            enforced=job.controls,
        )
        return plan(job.sql, against, privacy, folder)


def _written(whole: Path, form: OutputFormat, files: int) -> tuple[Path, ...]:
    """Return the result in as many files and the form that were asked for, each with its header."""
    if files == 1 and form == _AMAZON_FORM:
        return (whole,)
    parts = tuple(whole.with_name(f"result-{number}.csv") for number in range(files))
    with whole.open(newline="", encoding="utf-8") as source:
        rows = csv.reader(source)
        header = next(rows, [])
        streams = [part.open("w", newline="", encoding="utf-8") for part in parts]
        try:
            writers = [
                csv.writer(
                    stream,
                    delimiter=form.separator_character,
                    quotechar=form.quote_character,
                    escapechar=None if form.escape_character == '"' else form.escape_character,
                    doublequote=form.escape_character == '"',
                    lineterminator="\n",
                )
                for stream in streams
            ]
            for writer in writers:
                writer.writerow(header)
            for number, row in enumerate(rows):
                writers[number % files].writerow(row)
        finally:
            for stream in streams:
                stream.close()
    whole.unlink()
    return parts
