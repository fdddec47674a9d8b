"""Who answers the bell? A worker that runs each job in its own process, inside the application.

The application comes from a factory that app.py hands in; nothing here knows how it is made.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from redis import Redis
from rq import Queue, Worker
from rq.cron import CronScheduler
from rq.job import Job

from linshu import logs
from linshu.jobs.doorbell import LATER, SOON, await_redis
from linshu.jobs.parentage import die_with, die_with_the_supervisor
from linshu.store.db import db


class Application(Protocol):
    """As much of Flask's application as a job needs."""

    def app_context(self) -> AbstractContextManager[Any]: ...


class CourtWorker(Worker):
    """RQ's forking worker, with our application round each job and no orphans after it."""

    max_connection_wait_time = 5.0  # Redis may be away for a minute; be back soon after it
    application: Application

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the forked child: connections of the parent are the parent's."""
        die_with(self.pid)
        with self.application.app_context():
            db.engine.dispose(close=False)
            super().main_work_horse(job, queue)

    def handle_warm_shutdown_request(self) -> None:
        """Asked to stop, it stops the running job too: jobs may be repeated."""
        if self.horse_pid:
            self.kill_horse(signal.SIGTERM)


def work(application: Callable[[], Application], redis_url: str) -> None:
    """Works until told to stop."""
    die_with_the_supervisor()
    await_redis(redis_url)
    redis = Redis.from_url(redis_url)
    worker = CourtWorker([SOON, LATER], connection=redis, maintenance_interval=60)
    worker.application = application()
    worker.work(logging_level="INFO")


def tick_regularly(redis_url: str) -> None:
    """``rq cron linshu.jobs.schedule`` once Redis is there; ends when Redis goes away."""
    die_with_the_supervisor()
    logs.configure()
    await_redis(redis_url)
    scheduler = CronScheduler(Redis.from_url(redis_url))
    scheduler.load_config_from_file("linshu.jobs.schedule")
    scheduler.start()
