"""Do the bells ring, and does ringing twice, or ringing in vain, do no harm? With a real Valkey."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from rq.cron import CronScheduler
from rq.job import Job, JobStatus

from linshu.jobs import doorbell, tasks
from linshu.jobs.worker import CourtWorker
from linshu.services import setup
from linshu.store.writer import When


@pytest.fixture
def redis(app: Flask, valkey_url: str) -> Iterator[Redis]:
    """An empty Redis behind the application's doorbell."""
    connection = Redis.from_url(valkey_url)
    connection.flushall()
    doorbell.hang(valkey_url)
    yield connection
    connection.close()


def waiting(redis: Redis, queue: str = doorbell.SOON) -> list[str]:
    return Queue(queue, connection=redis).job_ids


def ring_at_the_same_minute(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Stops the clock that the tasks read."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return now

    monkeypatch.setattr(tasks, "datetime", Stopped)


def worker_for(app: Flask, redis: Redis) -> CourtWorker:
    worker = CourtWorker([doorbell.SOON, doorbell.LATER], connection=redis)
    worker.application = app
    return worker


def test_two_rings_for_one_thing_are_one(redis: Redis) -> None:
    assert doorbell.ring("sweep", 1, bucket="noon")
    assert not doorbell.ring("sweep", 1, bucket="noon")
    assert doorbell.ring("sweep", 2, bucket="noon")
    assert waiting(redis) == ["sweep-1-noon", "sweep-2-noon"]


def test_a_failed_ring_is_not_blocked_for_a_year(redis: Redis) -> None:
    doorbell.ring("sweep", 1, bucket="noon")
    job = Job.fetch("sweep-1-noon", connection=redis)
    assert job.failure_ttl == doorbell.FAILED_FOR < 3600


def test_ringing_without_redis_is_quick_and_never_fails(app: Flask, tmp_path: Path) -> None:
    doorbell.hang(f"unix://{tmp_path}/nobody.sock")
    began = time.monotonic()
    assert not doorbell.ring("sweep", 1)
    assert time.monotonic() - began < 2


RUNG = ("sweeps", "alerts", "imports", "batches", "findings", "messages", "digests", "inspections")
NOTHING = dict.fromkeys(RUNG, 0)


def test_the_schedule_is_one_tick_a_minute(redis: Redis) -> None:
    scheduler = CronScheduler(redis)
    scheduler.load_config_from_file("linshu.jobs.schedule")
    assert [(job.func, job.cron) for job in scheduler.get_jobs()] == [(tasks.tick, "* * * * *")]


def test_a_job_runs_inside_the_application(app: Flask, redis: Redis) -> None:
    """The tick reads the courts from the database: without a context it could not."""
    job = Queue(doorbell.SOON, connection=redis).enqueue(tasks.tick)
    worker_for(app, redis).work(burst=True, logging_level="WARNING")
    assert job.get_status() == JobStatus.FINISHED
    assert job.return_value() == NOTHING


def test_each_tick_rings_once_for_a_minute_s_sweep_an_hour_s_alerts_a_day_s_digest(
    app: Flask, redis: Redis, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    court_id, _password = setup.found_court("鲁1329", When(now, now))
    ring_at_the_same_minute(monkeypatch, now)
    assert tasks.tick() == NOTHING | {"sweeps": 1, "alerts": 1, "digests": 1, "inspections": 1}
    assert tasks.tick() == NOTHING
    worker_for(app, redis).work(burst=True, logging_level="WARNING")
    swept = Job.fetch(f"sweep-{court_id}-202611231000", connection=redis)
    assert swept.return_value() == {"due": 0, "moved": 0, "set_aside": 0}
    inspected = Job.fetch(f"inspect-{court_id}-20261123", connection=redis)
    assert inspected.return_value() is True
    assert tasks.tick() == NOTHING, "a finished sweep keeps its minute"


def test_asked_to_stop_a_worker_takes_its_job_along(app: Flask, redis: Redis) -> None:
    job = Queue(doorbell.SOON, connection=redis).enqueue(time.sleep, 60)

    def ask_to_stop() -> None:
        while job.get_status() != JobStatus.STARTED:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    previous = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    asker = threading.Thread(target=ask_to_stop)
    asker.start()
    began = time.monotonic()
    try:
        worker_for(app, redis).work(logging_level="WARNING")
    finally:
        asker.join()
        signal.signal(signal.SIGTERM, previous[0])
        signal.signal(signal.SIGINT, previous[1])
    assert time.monotonic() - began < 8
    assert job.get_status() == JobStatus.FAILED
