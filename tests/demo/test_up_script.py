"""`bin/up` itself, on a copy of the tree with the environment that runs this test."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench._running import free_port

ROOT = Path(__file__).parents[2]
COPIED = ("bin", "src", "examples", "pyproject.toml", "requirements.lock", ".python-version")
PATIENCE_SECONDS = 100
PAGE = "<!doctype html><title>The page of this test</title>"
SCRIPTS = sorted(path for path in (ROOT / "bin").iterdir() if path.is_file())


@pytest.fixture
def tree() -> Iterator[Path]:
    """The tree somewhere else, its page built: of one file, told to be that of these sources."""
    # A short name: sockets below it have little room for theirs.
    with tempfile.TemporaryDirectory(prefix="mtu-") as folder:
        copy = Path(folder)
        # Run by root, the database server is somebody else.
        copy.chmod(0o755)
        left_out = shutil.ignore_patterns("__pycache__", "*.pyc")
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=left_out)
            else:
                shutil.copy(ROOT / name, copy / name)
        (copy / "web" / "dist").mkdir(parents=True)
        shutil.copy(ROOT / "web" / "package-lock.json", copy / "web")
        (copy / "web" / "dist" / "index.html").write_text(PAGE)
        (copy / ".venv").symlink_to(sys.prefix)
        noted = "source bin/_environment && page_digest >web/dist/.built-from"
        subprocess.run(["bash", "-c", noted], cwd=copy, check=True, timeout=30)
        yield copy


def _plain() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("METATRON_")}


@contextlib.contextmanager
def _up(tree: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """Run the script from another folder, as somebody with a path to it does."""
    data = tree / "data"
    process = subprocess.Popen(
        [str(tree / "bin" / "up"), f"--data={data}", "--port", str(port), "--no-demo"],
        cwd="/",
        env=_plain(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    timer = threading.Timer(PATIENCE_SECONDS, process.kill)
    timer.start()
    try:
        yield process
    finally:
        timer.cancel()
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        assert process.stdout is not None
        process.stdout.close()
        process.wait()


@pytest.mark.timeout(240)
def test_it_starts_serves_and_ends_twice(tree: Path) -> None:
    port = free_port()
    for _ in range(2):
        with _up(tree, port) as process:
            said = []
            assert process.stdout is not None
            for line in process.stdout:
                said.append(line)
                if "/sign-in/link#token=" in line:
                    break
            else:
                pytest.fail("it ended before it was ready:\n" + "".join(said))
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                assert client.get("/health/ready").status_code == 200
                assert PAGE in client.get("/").text
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read()
            assert process.wait(60) == 0, rest
            # Nothing but the end comes after the link: whoever looks finds it at the bottom.
            assert "stopping" in rest.splitlines()[0], rest
        assert not (tree / "data" / "postgres" / "postmaster.pid").exists()


def test_what_is_missing_is_told_in_a_line(tree: Path) -> None:
    (tree / ".venv").unlink()
    (tree / ".venv").symlink_to(tree / "nowhere")
    done = subprocess.run(
        [str(tree / "bin" / "up")],
        env=_plain(), capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("cause: .venv leads to no environment; remedy: ")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        (["--data"], "--data needs a folder"),
        (["--data", "--no-demo"], "--data needs a folder"),
        (["--data="], "--data needs a folder"),
        (["--port"], "--port needs a number from 1 to 65535"),
        (["--port", "0"], "--port needs a number from 1 to 65535"),
        (["--port=many"], "--port needs a number from 1 to 65535"),
        (["--host"], "--host needs an address"),
        (["--nonsense"], "bin/up knows no --nonsense"),
        (["here"], "bin/up knows no here"),
    ],
)
def test_what_is_misspelt_is_told_in_a_line(given: list[str], cause: str) -> None:
    done = subprocess.run(
        [str(ROOT / "bin" / "up"), *given],
        env=_plain(), capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith(f"cause: {cause}; remedy: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_usage_names_what_was_typed() -> None:
    for words in (["bin/metatron", "tenant", "create"], ["bin/metatron", "up", "--nonsense"]):
        done = subprocess.run(
            words, cwd=ROOT,
            env=_plain(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert f"Usage: bin/metatron {words[1]}" in done.stderr, done.stderr
        assert "python -m" not in done.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_can_be_read_by_bash(script: Path) -> None:
    done = subprocess.run(
        ["bash", "-n", str(script)], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert script.name == "_environment" or os.access(script, os.X_OK)
    # The first line after the shebang explains it.
    assert script.read_text().splitlines()[1].startswith("#")
