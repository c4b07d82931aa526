"""The local AMC with results written by the tests: python -m ... PORT FOLDER SECRET BACK."""

import asyncio
import csv
import json
import re
import sys
from pathlib import Path
from typing import Any

from metatron.apps.amc.twin.app import serve
from metatron.apps.amc.twin.engine import Job, Result, RunFailed
from metatron.apps.amc.twin.keys import load_settings

PLAIN = [["campaign", "reach"], ["Alpha", "120"], ["Beta", "240"]]


class Scripted:
    """Runs nothing: `'script:NAME'` in a query names the rows that come back, or how it fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, job: Job) -> Result:
        told: dict[str, Any] = {
            "sql": job.sql, "start": job.start.isoformat(), "end": job.end.isoformat(),
            "declared": dict(job.declared), "values": dict(job.values), "dry": job.dry,
            "remove": job.remove, "controls": job.controls,
        }  # fmt: skip
        (self.folder / "jobs").mkdir(exist_ok=True)
        (self.folder / "jobs" / f"{job.folder.name}.json").write_text(json.dumps(told))
        name = re.search(r"'script:(\w+)'", job.sql)
        script: dict[str, Any] = {"rows": PLAIN}
        if name:
            script = json.loads((self.folder / "scripts" / f"{name[1]}.json").read_text())
        if "failure" in script:
            raise RunFailed(script["failure"])
        if job.dry:
            return Result((), (), ())
        return self.written(job, script)

    def written(self, job: Job, script: dict[str, Any]) -> Result:
        """A quoted cell is one that was given as [text]; null is an empty one."""
        header, *rows = script["rows"]
        if job.start == job.end:
            rows = []
        files = []
        for number in range(job.files):
            file = job.folder / f"result-{number}.csv"
            part = rows[number :: job.files]
            if "raw" in script:
                file.write_bytes(script["raw"].encode())
            else:
                with file.open("w", newline="", encoding="utf-8") as out:
                    csv.writer(out, lineterminator="\n").writerows([header, *part])
            files.append(file)
        return Result(tuple(files), (), tuple(script.get("columns") or ()))

    def sources(self, _sql: str) -> frozenset[str]:
        """Nothing: so many runs over one window would else be refused, which is not the matter."""
        return frozenset()


def main() -> None:
    port, folder, secret, back = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    settings = load_settings(
        folder, public_url=f"http://127.0.0.1:{port}", redirect_uris=(back,), client_secret=secret
    )
    asyncio.run(serve(settings, Scripted(folder), port=port))


if __name__ == "__main__":
    main()
