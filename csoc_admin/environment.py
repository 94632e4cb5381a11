"""The environment as settings are read from it: what is not understood stops the start, with a sentence a setting.

A value that cannot be read is never taken for its opposite or for the default: FOUR_EYES=はい would switch four eyes off.
"""

import os
import re
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"true", "on", "ok", "yes", "y", "1"})
NO = frozenset({"false", "off", "no", "n", "0"})
DATABASES = frozenset({"sqlite", "postgres", "postgresql"})
MAILS = frozenset({"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail"})
BROKERS = ("redis", "rediss", "sentinel", "amqp", "amqps")
IN_MEMORY = "memory://"
NEAR = 0.85
"""How alike two names are, of which one is taken for a slip of the other."""


class NotUnderstoodError(ImproperlyConfigured):
    """Settings that cannot be followed: a Japanese sentence each, a line each."""


class Environment:
    """Reads settings by name and remembers the names; ``settled`` raises whatever was wrong with any of them.

    A switch, a number or an address that is set to nothing counts as not set.
    """

    def __init__(self, values: MutableMapping[str, str] | None = None) -> None:
        self.values: MutableMapping[str, str] = os.environ if values is None else values
        self.read: set[str] = set()
        self.faults: list[str] = []
        self.written: set[str] = set()

    def take_file(self, path: Any) -> None:
        """Take the lines NAME=value of a file in; what is set already goes before it. A name in it that nobody reads is a fault."""
        if not path.is_file():
            return
        lines = path.read_text(encoding="utf-8").splitlines()
        self.written = {found[1] for line in lines if (found := re.match(r"\s*(?:export\s+)?(\w+)\s*=", line))}
        environ.Env.read_env(path)

    def __call__(self, name: str, default: str = "", *, among: Collection[str] = ()) -> str:
        """A text; ``among``: one of these alone."""
        given = self._given(name)
        if given is None or (among and not given):
            return default
        if among and given not in among:
            self._fault(name, given, f"{'、'.join(sorted(among))}のどれかで書いてください。")
            return default
        return given

    def broker(self, name: str, *, in_memory: bool) -> str:
        """The address of a broker as Celery is told of it: several that stand in for each other are separated by semicolons.

        ``in_memory``: whether memory:// will do, a queue of each process's own; what one puts into it, no other ever takes.
        """
        given = self._given(name)
        if not given or (in_memory and given == IN_MEMORY):
            return given or ""
        for word in given.split(";"):
            if not _is_address(word, BROKERS):
                self._fault(name, "" if "@" in given else given, f"{_or(BROKERS)}で始まる番地を書いてください。")
                return ""
        return given

    def bool(self, name: str, default: bool = False) -> bool:
        """A switch."""
        given = self._given(name)
        if not given:
            return default
        if given.lower() in YES | NO:
            return given.lower() in YES
        self._fault(name, given, "入なら true、切なら false と書いてください。")
        return default

    def int(self, name: str, default: int = 0, *, least: int = 0, most: int | None = None) -> int:
        """A whole number from ``least`` to ``most``."""
        given = self._given(name)
        if not given:
            return default
        bound = f"{least}以上" if most is None else f"{least}から{most}まで"
        if not re.fullmatch(r"-?[0-9]{1,15}", given):
            self._fault(name, given, f"{bound}の整数を、半角の数字だけで書いてください。")
            return default
        number = int(given)
        if number < least or (most is not None and number > most):
            self._fault(name, given, f"{bound}の整数で書いてください。")
        return number

    def list(self, name: str, default: Sequence[str] = (), *, schemes: Collection[str] = ()) -> list[str]:
        """Words separated by commas; with ``schemes``: addresses."""
        given = self._given(name)
        if not given:
            return list(default)
        found = [word.strip() for word in given.split(",")]
        if any(not word or re.search(r"\s", word) for word in found):
            self._fault(name, given, "空の項目や空白を含めず、半角のコンマで区切って書いてください。")
        for word in found:
            if schemes and not _is_address(word, schemes):
                self._fault(name, word, f"{_or(schemes)}で始まる番地を書いてください。")
        return found

    def url(self, name: str, default: str = "", *, schemes: Collection[str] = ("http", "https")) -> str:
        """An address with one of the schemes and a host."""
        given = self._given(name)
        if not given:
            return default
        if not _is_address(given, schemes):
            self._fault(name, "" if "@" in given else given, f"{_or(schemes)}で始まる番地を書いてください。")
            return default
        return given

    def db(self, name: str, default: str) -> dict[str, Any]:
        """A database, as Django is told of it. What was written is not said: there may be a password in it."""
        return self._parsed(
            name, default, DATABASES, "sqlite:///ファイル又は postgres://利用者:パスワード@ホスト:5432/名前"
        )

    def email_url(self, name: str, default: str) -> dict[str, Any]:
        """How mails go out, as Django is told of it."""
        return self._parsed(name, default, MAILS, "smtp://、smtp+tls:// 又は smtp+ssl:// で始まる番地")

    def together(self, values: Mapping[str, object]) -> None:
        """Settings that mean something only together: all of them, or none."""
        missing = [name for name, value in values.items() if not value]
        if missing and len(missing) < len(values):
            self.faults.append(f"設定 {'、'.join(missing)} がありません。{'、'.join(values)}は、揃えて書いてください。")

    def settled(self, *, beside: Collection[str] = ()) -> None:
        """Raise what was wrong. ``beside``: names that others read of the same environment."""
        known = self.read | set(beside)
        self.faults += [said for name in sorted(set(self.values) - known) if (said := self._slip(name, known))]
        if self.faults:
            raise NotUnderstoodError("\n".join(self.faults))

    def _given(self, name: str) -> str | None:
        self.read.add(name)
        given = self.values.get(name)
        return None if given is None else given.strip()

    def _fault(self, name: str, given: str, hint: str) -> None:
        said = f"の値「{given[:60]}」" if given else "の値"
        self.faults.append(f"設定 {name} {said}は分かりません。{hint}")

    def _parsed(self, name: str, default: str, schemes: Collection[str], hint: str) -> dict[str, Any]:
        given = self._given(name) or default
        parse = environ.Env.db_url_config if schemes is DATABASES else environ.Env.email_url_config
        try:
            if urlsplit(given).scheme in schemes:
                found: dict[str, Any] = parse(given)
                return found
        except (ValueError, ImproperlyConfigured):
            pass
        self._fault(name, "", f"{hint}で書いてください。")
        return dict(parse(default))

    def _slip(self, name: str, known: Collection[str]) -> str:
        """The sentence about a name that nobody reads: of our own file always, of the environment where it is near to one read."""
        like = get_close_matches(name.upper(), known, n=1, cutoff=NEAR)
        if like:
            return f"設定 {name} は知られていません。{like[0]} のことではありませんか。"
        return f"設定 {name} は知られていません（.env）。" if name in self.written else ""


def near(name: str, known: Collection[str]) -> str:
    """「〜のことではありませんか。」 where the name is near to a known one; else ''."""
    like = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"{like[0]} のことではありませんか。" if like else ""


def _is_address(word: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(word)
        _port = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.netloc) and not re.search(r"\s", word)


def _or(schemes: Collection[str]) -> str:
    return " 又は ".join(f"{scheme}://" for scheme in schemes)
