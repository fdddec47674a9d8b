"""Which knobs does one installation have? Each reads one environment variable and has a default.

The defaults serve one machine: a SQLite file, an embedded Valkey and everything else in
``instance/``. Several machines need LINSHU_DATABASE_URL, LINSHU_REDIS_URL and
LINSHU_SECRET_KEY, and the files LINSHU_DATA_KEYS and LINSHU_SEAL_KEY, the same on each of them.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 107, on macOS 103


def shanghai_now() -> datetime:
    """The clock that the drivers hand to the services."""
    return datetime.now(SHANGHAI)


@dataclass(frozen=True)
class Settings:
    """Everything an installation may decide; code below app.py sees Flask's config instead."""

    instance: Path
    secret_key: str
    database_url: str
    redis_url: str
    embedded_redis: bool = True
    demo: bool = False
    hash_name: str = "sm3"
    webhook_url: str = ""
    webhook_secret: str = ""
    data_keys: Path | None = None  # what personal data is encrypted with; in the instance if None
    seal_key: Path | None = None  # what the trail is sealed with
    cipher: str = ""  # of new data keys: sm4 or aes; empty: the best there is
    proxy: str = ""  # the address of the proxy whose word on client and certificate is taken
    https: bool = False
    hosts: tuple[str, ...] = ()  # the names that this site answers to; empty: whatever it is called
    host: str = "127.0.0.1"
    port: int = 8329
    testing: bool = False
    clock: Callable[[], datetime] = shanghai_now

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Settings from the environment; makes the instance folder and its key if missing."""
        instance = Path(env.get("LINSHU_INSTANCE") or ROOT / "instance").resolve()
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        redis_url = env.get("LINSHU_REDIS_URL")
        return cls(
            instance=instance,
            secret_key=env.get("LINSHU_SECRET_KEY") or kept_secret(instance / "secret.key"),
            database_url=with_driver(
                env.get("LINSHU_DATABASE_URL") or f"sqlite:///{instance / 'linshu.db'}"
            ),
            redis_url=redis_url or f"unix://{socket_path(instance)}",
            embedded_redis=not redis_url,
            demo=switched_on(env, "LINSHU_DEMO"),
            hash_name=env.get("LINSHU_HASH") or best_hash(),
            **webhook(env),
            data_keys=Path(env["LINSHU_DATA_KEYS"]) if env.get("LINSHU_DATA_KEYS") else None,
            seal_key=Path(env["LINSHU_SEAL_KEY"]) if env.get("LINSHU_SEAL_KEY") else None,
            cipher=one_of(env, "LINSHU_CIPHER", ("sm4", "aes")),
            proxy=env.get("LINSHU_PROXY", ""),
            https=switched_on(env, "LINSHU_HTTPS"),
            hosts=tuple(env.get("LINSHU_HOSTS", "").replace(",", " ").split()),
            host=env.get("HOST") or "127.0.0.1",
            port=int(env.get("PORT") or 8329),
        )

    def flask_config(self) -> dict[str, Any]:
        """The same as Flask and its extensions call it."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            # The server may have restarted; what a statement was given stays out of its errors.
            "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True, "hide_parameters": True},
            "MIGRATIONS": str(ROOT / "migrations"),
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.https,
            # With the prefix a browser takes the cookie from this very host over TLS alone.
            "SESSION_COOKIE_NAME": "__Host-linshu" if self.https else "linshu",
            "MAX_CONTENT_LENGTH": 2**20,  # a form; a route that takes a file says so itself
            "TRUSTED_HOSTS": list(self.hosts) or None,
            "BABEL_DEFAULT_LOCALE": "zh",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
            "RATELIMIT_STORAGE_URI": self._limiter_storage(),
            "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # no Redis must not mean no login
            "WTF_CSRF_TIME_LIMIT": None,  # a form left open over lunch still counts
            "TESTING": self.testing,
            "LINSHU_INSTANCE": str(self.instance),
            "LINSHU_REDIS_URL": self.redis_url,
            "LINSHU_DEMO": self.demo,
            "LINSHU_HOST": self.host,
            "LINSHU_HASH": self.hash_name,
            "LINSHU_PROXY": self.proxy,
            "LINSHU_HTTPS": self.https,
            "LINSHU_CLOCK": self.clock,
            "LINSHU_WEBHOOK_URL": self.webhook_url,
            "LINSHU_WEBHOOK_SECRET": self.webhook_secret,
        }

    def _limiter_storage(self) -> str:
        if self.testing:
            return "memory://"
        return self.redis_url.replace("unix://", "redis+unix://", 1)


def switched_on(env: Mapping[str, str], name: str) -> bool:
    """Whether a variable says yes."""
    return env.get(name, "").lower() in {"1", "true", "yes", "on"}


def one_of(env: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """A variable that is one of a few words, or empty; anything else ends the program."""
    said = env.get(name, "").lower()
    if said and said not in known:
        raise SystemExit(f"{name} 应为 {' 或 '.join(known)}（{name}: {said!r}）")
    return said


def webhook(env: Mapping[str, str]) -> dict[str, str]:
    """The court's own message service: off unless an address is named, and never unsigned."""
    url, secret = env.get("LINSHU_WEBHOOK_URL", ""), env.get("LINSHU_WEBHOOK_SECRET", "")
    if url and not url.startswith(("http://", "https://")):
        raise SystemExit("LINSHU_WEBHOOK_URL 应以 http:// 或 https:// 开头")
    if url and len(secret) < 16:
        raise SystemExit("LINSHU_WEBHOOK_SECRET 至少 16 个字符（messages are signed with it）")
    return {"webhook_url": url, "webhook_secret": secret}


def with_driver(url: str) -> str:
    """PostgreSQL addresses as people write them, with the driver we ship."""
    scheme, rest = url.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def best_hash() -> str:
    """SM3 where this Python's OpenSSL brings it, else SHA-256."""
    try:
        hashlib.new("sm3")
    except ValueError:
        return "sha256"
    return "sm3"


def kept_secret(path: Path) -> str:
    """The installation's key: written once, readable by its owner alone."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, path)  # two first starts at once agree on one key
        draft.unlink()
    return path.read_text().strip()


def socket_path(instance: Path) -> Path:
    """Where the embedded Valkey listens: in the instance; in /tmp if that path is too long."""
    path = instance / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(instance)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"linshu-{os.getuid()}-{digest}" / "valkey.sock"
