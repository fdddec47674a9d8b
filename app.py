"""How do the parts become one application, and one machine the whole system?

``create_app`` is the composition root: only here do settings, database, pages and doorbell meet.

    python app.py           everything on this machine, until Ctrl-C
    python app.py worker    one worker       (the web is gunicorn 'app:create_app()')
    python app.py cron      the clock of the periodic tasks
"""

from __future__ import annotations

import sys

from flask import Flask
from flask_migrate import upgrade

import linshu.cli.checks
import linshu.cli.papers
import linshu.web
from config import ROOT, Settings
from linshu import logs, machine
from linshu.jobs import doorbell, messages, worker
from linshu.store import db as database
from linshu.store import queries, shelf, signing, vault, writer


def create_app(settings: Settings | None = None) -> Flask:
    """The application; without settings it reads the environment."""
    settings = settings or Settings.from_env()
    app = Flask(
        "linshu",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder="static",
        instance_path=str(settings.instance),
    )
    app.config.from_mapping(settings.flask_config())
    if not settings.testing:
        logs.configure()
    database.init_app(app)
    writer.use_algorithm(settings.hash_name)
    vault.hang(settings.data_keys or settings.instance / "data.keys", settings.cipher)
    signing.hang(settings.seal_key or settings.instance / "seal.key", settings.instance / "seals")
    shelf.hang(settings.instance / "files")
    doorbell.hang(settings.redis_url)
    messages.hang(settings.webhook_url, settings.webhook_secret)
    linshu.web.init_app(app)
    linshu.cli.init_app(app)
    return app


def prepare(settings: Settings) -> None:
    """Brings the database to today's schema; the first start of a demo also fills it."""
    half_done = settings.instance / "demo.unfinished"
    if half_done.exists():
        machine.forget_half_a_demo(settings)
    with create_app(settings).app_context():
        upgrade()
        if not settings.demo or queries.court_ids():
            return
        from linshu import demo  # nobody else needs it

        machine.say("首次启动，正在生成演示数据，请稍候…")
        half_done.touch()
        demo.replay(settings.clock())
        half_done.unlink()


def main(arguments: list[str]) -> None:
    settings = Settings.from_env()
    match arguments:
        case []:
            machine.occupy(settings)
            prepare(settings)
            machine.start(settings)
        case ["worker"]:
            worker.work(lambda: create_app(settings), settings.redis_url)
        case ["cron"]:
            worker.tick_regularly(settings.redis_url)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
