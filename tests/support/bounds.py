"""What bounds a test that has failed, and tells of it at once.

The tool's own clock ends with a test's first failure: what the test leaves behind could keep its
fixtures from ending for ever, and a run that never ends tells nothing.
"""

import faulthandler
import os
import signal
from collections.abc import Generator

import pytest

LEFT_SECONDS = 60.0
"""For the fixtures of a failed test to end; then they fail too."""
SHOWN = 6_000
"""Letters of a failure that are shown at once: its end says most."""


class Bounds:
    """Every test ends, whatever it does."""

    def __init__(self) -> None:
        """Keep the way to who looks on: while a test runs, what is written is captured."""
        self._outside = os.dup(2)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """End the process of a test that nothing else ends; it says where it stood."""
        marker = item.get_closest_marker("timeout")
        own = float(marker.args[0] if marker else item.config.getini("timeout"))
        faulthandler.dump_traceback_later(2 * (own + LEFT_SECONDS), exit=True, file=self._outside)
        try:
            return (yield)
        finally:
            faulthandler.cancel_dump_traceback_later()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        """Wind the clock again that a failure has stopped."""
        handler = signal.getsignal(signal.SIGALRM)
        if signal.getitimer(signal.ITIMER_REAL)[0] == 0.0:
            signal.signal(signal.SIGALRM, _give_up)
            signal.setitimer(signal.ITIMER_REAL, LEFT_SECONDS)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, handler)


class Teller:
    """Shows each failure when it happens: a run that is ended from outside has no summary."""

    def __init__(self, config: pytest.Config) -> None:
        """Write where the run's progress is written."""
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Show what failed, in which part of the test, and how."""
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.write_line(f"\nFAILED {report.nodeid} ({report.when})")
            terminal.write_line(report.longreprtext[-SHOWN:])


def _give_up(*_: object) -> None:
    pytest.fail(f"its fixtures did not end within {LEFT_SECONDS:g} s")
