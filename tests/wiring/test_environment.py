"""Closed on doubt: a setting that is not understood stops the start with one Japanese sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from csoc_admin.environment import Environment, NotUnderstoodError
from tests.wiring.production import said_by_settings

ROOT = Path(__file__).resolve().parents[2]


def refused(env: Environment) -> list[str]:
    with pytest.raises(NotUnderstoodError) as error:
        env.settled()
    return str(error.value).splitlines()


@pytest.mark.parametrize("word", ["はい", "いいえ", "tru", "２", "enabled", "none", "-1", "true;", "ｔｒｕｅ"])
def test_a_switch_that_is_not_understood_is_refused(word: str) -> None:
    env = Environment({"FOUR_EYES": word})
    env.bool("FOUR_EYES", default=True)
    assert refused(env) == [
        f"設定 FOUR_EYES の値「{word}」は分かりません。入なら true、切なら false と書いてください。"
    ]


@pytest.mark.parametrize(
    ("word", "meant"), [("TRUE", True), ("on", True), (" 1 ", True), ("False", False), ("off", False), ("0", False)]
)
def test_a_switch_that_is_understood(word: str, meant: bool) -> None:
    env = Environment({"FOUR_EYES": word})
    assert env.bool("FOUR_EYES", default=not meant) is meant
    env.settled()


@pytest.mark.parametrize("default", [True, False])
def test_a_switch_set_to_nothing_is_not_set(default: bool) -> None:
    assert Environment({"FOUR_EYES": " "}).bool("FOUR_EYES", default=default) is default


@pytest.mark.parametrize("word", ["-1", "1.5", "1e3", "百万", "1,000", "１０", "11", "9" * 20])
def test_a_number_that_is_none_or_out_of_bounds_is_refused(word: str) -> None:
    env = Environment({"N": word})
    env.int("N", default=3, most=10)
    assert refused(env)[0].startswith("設定 N の値「")


def test_the_bounds_themselves_are_taken() -> None:
    env = Environment({"LEAST": "1", "MOST": "10"})
    assert (env.int("LEAST", least=1), env.int("MOST", most=10)) == (1, 10)
    env.settled()


@pytest.mark.parametrize("word", ["example.jp", "ftp://example.jp", "https://", "https://a b", "http://a:port", "//a"])
def test_an_address_that_is_none_is_refused(word: str) -> None:
    env = Environment({"SITE_URL": word, "CSRF_TRUSTED_ORIGINS": f"https://a,{word}"})
    env.url("SITE_URL")
    env.list("CSRF_TRUSTED_ORIGINS", schemes=["https", "http"])
    assert len(refused(env)) >= 2


@pytest.mark.parametrize(
    "word",
    [
        "redis://queue:6379/0",
        "rediss://:word@queue:6379/0",
        "amqp://guest:word@queue//",
        "sentinel://one:26379;sentinel://two:26379",
        "memory://",
    ],
)
def test_a_broker_that_is_understood(word: str) -> None:
    env = Environment({"CELERY_BROKER_URL": word})
    assert env.broker("CELERY_BROKER_URL", in_memory=True) == word
    env.settled()


@pytest.mark.parametrize(
    "word", ["queue:6379", "redis://", "http://queue", "memory://x", "redis://a;", "redis://a:x@h:p"]
)
def test_a_broker_that_is_none_is_refused_without_its_password(word: str) -> None:
    env = Environment({"CELERY_BROKER_URL": word})
    assert env.broker("CELERY_BROKER_URL", in_memory=True) == ""
    (said,) = refused(env)
    assert said.startswith("設定 CELERY_BROKER_URL の値")
    assert "a:x" not in said


def test_a_queue_that_no_other_process_sees_is_none_beside_a_real_database() -> None:
    done = manage("check", DATABASE_URL="postgres://u:w@127.0.0.1:1/n", CELERY_BROKER_URL="memory://")
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("設定 CELERY_BROKER_URL の値「memory://」は分かりません。")


@pytest.mark.parametrize("word", ["a,,b", "a b", "a,"])
def test_a_list_with_a_hole_is_refused(word: str) -> None:
    env = Environment({"ALLOWED_HOSTS": word})
    env.list("ALLOWED_HOSTS")
    assert len(refused(env)) == 1


@pytest.mark.parametrize(
    "word", ["csoc", "postgrs://u:secret@h/n", "mysql://u:secret@h/n", "postgres://u:secret@h:x/n"]
)
def test_a_database_that_is_none_is_refused_without_its_password(word: str) -> None:
    env = Environment({"DATABASE_URL": word})
    env.db("DATABASE_URL", default="sqlite:///:memory:")
    (said,) = refused(env)
    assert said.startswith("設定 DATABASE_URL の値は分かりません。")
    assert "secret" not in said


def test_mails_of_an_unknown_kind_are_refused() -> None:
    env = Environment({"EMAIL_URL": "mail://secret@h"})
    env.email_url("EMAIL_URL", default="consolemail://")
    assert "secret" not in refused(env)[0]


@pytest.mark.parametrize("name", ["FOR_EYES", "four_eyes", "FOUREYES", "FOUR_EYE"])
def test_a_name_near_to_one_that_is_read_is_a_slip(name: str) -> None:
    env = Environment({name: "0"})
    env.bool("FOUR_EYES", default=True)
    assert refused(env) == [f"設定 {name} は知られていません。FOUR_EYES のことではありませんか。"]


@pytest.mark.parametrize("name", ["PATH", "HOME", "HTTPS_PROXY", "LANG", "PGHOST", "EMAIL", "TZ"])
def test_what_others_are_told_is_no_slip(name: str) -> None:
    env = Environment({name: "x"})
    for known in ("HTTPS", "EMAIL_URL", "FOUR_EYES", "DATABASE_URL"):
        env(known)
    env.settled()


def test_a_name_of_our_own_file_is_read_by_somebody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZZZ_OF_THE_FILE", "x")
    file = tmp_path / ".env"
    file.write_text("ZZZ_OF_THE_FILE=1\n# COMMENT=2\n", encoding="utf-8")
    env = Environment()
    env.take_file(file)
    assert refused(env) == ["設定 ZZZ_OF_THE_FILE は知られていません（.env）。"]


def manage(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_start_is_stopped_by_sentences_alone() -> None:
    done = manage("check", FOUR_EYES="はい", INVOICE_ISSUER="")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "設定 FOUR_EYES の値「はい」は分かりません。入なら true、切なら false と書いてください。"
    ]


def test_finance_stops_the_start_as_well() -> None:
    done = manage("migrate", "--plan", INVOICE_REGISTRATION="T1700110005901", INVOICE_ISSUER=" ")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "設定 INVOICE_ISSUER が空です。請求書を発行する者の名称を書いてください。",
        "設定 INVOICE_REGISTRATION（T1700110005901）：登録番号の検査用数字が合いません（正しくは8）。",
    ]


def test_settings_are_read_in_no_other_way() -> None:
    """What reads the environment by itself would read it otherwise."""
    text = (ROOT / "csoc_admin" / "settings.py").read_text(encoding="utf-8")
    assert not re.findall(r"os\.environ|os\.getenv|environ\.Env", text)


@pytest.mark.parametrize(("on", "backend"), [("1", "dummy"), ("0", "smtp")])
def test_a_rehearsal_sends_no_mail(on: str, backend: str) -> None:
    env = {**os.environ, "REHEARSAL": on, "EMAIL_URL": "smtp://mail.example.jp:25"}
    assert said_by_settings("s.EMAIL_BACKEND", env) == f"django.core.mail.backends.{backend}.EmailBackend"
