"""What looks like a secret does not reach a line of the log, whatever its name."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from metatron.kernel.telemetry.logs import STRUCK_OUT, strike_out

ROOT = Path(__file__).parents[2]
KIND = "a"
ACCESS = f"Atz{KIND}|IwEBIA.x-y_z|9"


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        (f"refused {ACCESS} twice", ACCESS),
        ("GET https://bucket/r.csv?X-Amz-Signature=ab12cd&x=1", "ab12cd"),
        ("/files/1/r.csv?expires=1&signature=00ff", "00ff"),
    ],
)
def test_shapes(said: str, secret: str) -> None:
    struck = strike_out({"event": {"deep": [said]}})
    assert secret not in str(struck)
    assert STRUCK_OUT in str(struck)


def test_ordinary_words_stay() -> None:
    assert strike_out("Atlas, signatures: 3 of 5") == "Atlas, signatures: 3 of 5"


_WRITES = """
import logging, structlog
from metatron.kernel.telemetry.logs import configure_logs
configure_logs()
said = 'x"} \\n{"event": "forged"}\\r\\n\\u2028\\x1b[31m'
structlog.get_logger().warning("said", text=said)
logging.getLogger("some.library").warning("%s", said)
"""


def test_no_text_begins_a_line_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WRITES],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    told = [json.loads(line) for line in lines]
    assert told[0]["event"] == "said"
    for line in told:
        assert "forged" in (line.get("text") or line["event"])
        assert line["timestamp"].endswith("Z")
    assert "\x1b" not in done.stderr


_SAYS_AND_WORKS = """
import logging, pathlib, sys, structlog
from metatron.kernel.telemetry.logs import configure_logs
configure_logs()
sys.stdin.read()
for number in range(2_000):
    structlog.get_logger("a").warning("job_retries", number=number)
    logging.getLogger("b").warning("a library's line %s", number)
pathlib.Path(sys.argv[1]).write_text("done")
"""


def test_work_goes_on_when_nobody_takes_its_lines(tmp_path: Path) -> None:
    """`metatron up` was killed: whatever reported a retry then ended as given up."""
    done = tmp_path / "done"
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", _SAYS_AND_WORKS, str(done)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, stdin=subprocess.PIPE, stderr=writing,
    )  # fmt: skip
    os.close(writing)
    os.close(reading)
    process.communicate(timeout=30)
    assert done.read_text() == "done"


def test_work_goes_on_when_its_log_is_full(tmp_path: Path) -> None:
    done = tmp_path / "done"
    with Path("/dev/full").open("w") as full:
        subprocess.run(
            [sys.executable, "-c", _SAYS_AND_WORKS, str(done)],
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, stdin=subprocess.DEVNULL,
            stderr=full, check=False, timeout=30,
        )  # fmt: skip
    assert done.read_text() == "done"
