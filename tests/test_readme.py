"""The README's examples run as written."""

from __future__ import annotations

import doctest
import re
import shlex
import sys
import warnings
from pathlib import Path

import pytest

from symacts.cli import main

README = Path(__file__).parent.parent / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.M | re.S)


def test_python_examples() -> None:
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = doctest.testfile(str(README), module_relative=False, optionflags=flags)
    assert result.attempted > 20
    assert result.failed == 0


@pytest.mark.parametrize("line", BLOCKS[2].splitlines())
def test_command_line_examples(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    program, *words = shlex.split(line)
    assert program == "symacts"
    assert main(words) == 0
    assert capsys.readouterr().out.strip()


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    script = (README.parent / ".ci" / "run").read_text(encoding="utf-8")
    assert "block 1" in script and "block 2" in script
    assert "pytest" in BLOCKS[1] and "symacts analyze sigmoid" in BLOCKS[0]
    assert sys.version_info >= (3, 11)


def test_the_room_table_names_every_room() -> None:
    rooms = {
        p.stem for p in (README.parent / "symacts").iterdir() if not p.name.startswith("_") and p.suffix in ("", ".py")
    }
    missing = {room for room in rooms if f"`{room}" not in TEXT}
    assert not missing
