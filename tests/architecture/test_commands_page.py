"""The page of commands is true: its examples, run again in their order, print what it says."""

import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
PROMPT = "$ python manage.py "
CLOCK = "2025-04-02 10:00:00+09:00"


def examples() -> list[tuple[str, str]]:
    """Each command of the page's consoles, and what stands below it."""
    consoles = re.findall(r"^```console\n(.*?)^```$", PAGE, re.M | re.S)
    parts = (part for console in consoles for part in console.split(PROMPT)[1:])
    return [(command, printed.strip("\n")) for command, _, printed in (part.partition("\n") for part in parts)]


def said_by(command: str) -> str:
    """What the command prints to standard output, and its error where it ends with one."""
    out = StringIO()
    try:
        call_command(*shlex.split(command), stdout=out, stderr=StringIO())
    except CommandError as error:
        out.write(f"CommandError: {error}")
    return out.getvalue().strip("\n")


def same(printed: str, said: str) -> bool:
    """Whether the page prints what was said; … stands for whatever differs from run to run."""
    return re.fullmatch(re.escape(printed).replace("…", ".*?"), said, re.S) is not None


@pytest.mark.django_db
def test_the_examples_print_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(tmp_path)
    with time_machine.travel(CLOCK, tick=False):
        for command, printed in examples():
            said = said_by(command)
            assert same(printed, said), f"{PROMPT}{command}\n{said}"


def test_an_ellipsis_stands_for_anything_and_nothing_else_does() -> None:
    assert same("パスワード: …  （全権）", "パスワード: a b  （全権）")
    assert not same("1行です。", "2行です。")
    assert not same("1行", "1行です。")
