"""A failed test that leaves something hanging ends all the same, and tells of itself at once."""

import os
import subprocess
import sys
from pathlib import Path

CONFIGURATION = """
from tests.support import bounds
bounds.LEFT_SECONDS = 1.0

def pytest_configure(config):
    config.pluginmanager.register(bounds.Bounds())
    config.pluginmanager.register(bounds.Teller(config))
"""
TESTS = """
import time, pytest

@pytest.fixture
def leaves_something():
    yield
    time.sleep(3600)

def test_fails(leaves_something):
    assert "what was found" == "what was expected"

def test_goes_on():
    print("after it")
"""
DEAF = """
import signal, time, pytest

@pytest.mark.timeout(0.5)
def test_hears_nothing():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(3600)
"""


def _run(folder: Path, tests: str) -> "subprocess.CompletedProcess[str]":
    (folder / "conftest.py").write_text(CONFIGURATION)
    (folder / "test_it.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\ntimeout = 30\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_a_failed_test_leaves_is_bounded(tmp_path: Path) -> None:
    done = _run(tmp_path, TESTS)
    assert "its fixtures did not end within 1 s" in done.stdout
    assert "1 failed, 1 passed, 1 error" in done.stdout


def test_a_failure_is_told_before_the_run_ends(tmp_path: Path) -> None:
    told = _run(tmp_path, TESTS).stdout
    first = told.index("FAILED")
    assert first < told.index("what was found") < told.index("= FAILURES =")


def test_a_test_that_nothing_ends_takes_its_process_along(tmp_path: Path) -> None:
    done = _run(tmp_path, DEAF)
    assert done.returncode == 1
    assert "test_hears_nothing" in done.stderr
