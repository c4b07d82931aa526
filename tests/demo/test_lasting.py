"""Commands that last are read without the command line's library, and as that would read them."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from metatron import cli, lasting


def as_declared(words: tuple[str, ...]) -> dict[str, Any]:
    """Return the options of a command as the command line declares them, by name."""
    command: Any = typer.main.get_command(cli.app)
    for word in words:
        command = command.commands[word]
    return {option.name: option for option in command.params}


@pytest.mark.parametrize("words", lasting.COMMANDS)
def test_both_readings_know_the_same_options(words: tuple[str, ...]) -> None:
    ours = inspect.signature(lasting.COMMANDS[words]).parameters
    theirs = as_declared(words)
    assert ours.keys() == theirs.keys()
    for name, option in theirs.items():
        default = ours[name].default
        assert (default is inspect.Parameter.empty) == option.required
        if not option.required:
            assert default == option.default


def test_options_are_read_in_every_spelling() -> None:
    given = ["--data", "here", "--port=3100", "--no-demo"]
    wanted = {"data": Path("here"), "port": 3100, "demo": False}
    assert lasting.read_options(lasting.run_up, given) == wanted
    assert lasting.read_options(lasting.run_up, ["--demo"]) == {"demo": True}
    sandbox = ["--port", "1", "--data", "x", "--webhook-url", "http://a/b?c=d"]
    assert lasting.read_options(lasting.run_payments_sandbox, sandbox) == {
        "port": 1, "data": Path("x"), "webhook_url": "http://a/b?c=d",
    }  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        ["--help"], ["here"], ["--port"], ["--port", "many"], ["--port", "0"], ["--port=65536"],
        ["--prot", "1"], ["--demo=yes"], ["--no-data"], ["-p", "3000"],
    ],
)  # fmt: skip
def test_what_does_not_fit_is_left_to_the_command_line(given: list[str]) -> None:
    assert lasting.read_options(lasting.run_up, given) is None
    assert not lasting.run_lasting(["up", *given])


def test_a_missing_option_is_left_to_the_command_line() -> None:
    assert lasting.read_options(lasting.run_payments_sandbox, ["--port", "3999"]) is None
    assert not lasting.run_lasting(["serve"])
    assert not lasting.run_lasting([])


def test_the_mailbox_loads_neither_command_line_nor_settings() -> None:
    code = (
        "import sys, metatron.__main__, metatron.platform.notifications.mailbox.server;"
        "print(sorted({'typer', 'pydantic', 'fastapi', 'sqlalchemy'} & sys.modules.keys()))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout == "[]\n"


def test_the_command_line_still_says_what_is_wrong() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "metatron", "up", "--port", "many"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 2
    assert "--port" in told.stderr
