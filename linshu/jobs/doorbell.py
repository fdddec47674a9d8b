"""How does anybody wake a worker? By ringing: the work itself already stands in the database.

A ring that is lost costs a minute, no more: the periodic tick rings for all that waits. So ringing
never fails, and ringing twice is one ring. This is the one part of jobs that web may import.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bell:
    """How one task is queued: all in seconds."""

    queue: str
    timeout: int  # a run that takes longer is ended; the next ring takes up its work
    keep: int  # for so long a finished run keeps its id from being rung again


SOON, LATER = "soon", "later"  # the queues in the order in which workers look at them
BELLS = {
    "sweep": Bell(SOON, timeout=1800, keep=120),
    "alert": Bell(SOON, timeout=900, keep=3600),
    "digest": Bell(LATER, timeout=900, keep=86_400),
    "inspect": Bell(LATER, timeout=3600, keep=86_400),
    "run_inspection": Bell(LATER, timeout=3600, keep=0),
    "deliver": Bell(LATER, timeout=300, keep=0),
    "run_import": Bell(LATER, timeout=3600, keep=0),
    "run_batch": Bell(LATER, timeout=3600, keep=0),
    "run_findings": Bell(LATER, timeout=3600, keep=0),
}
UNSEEN_FOR = 600  # a ring nobody answered within ten minutes is void; the tick rings again
FAILED_FOR = 60  # a failed id is blocked for so long: RQ's own default is a year

_redis: Redis | None = None


def hang(redis_url: str) -> None:
    """Says where the doorbell is; connects to nothing yet."""
    global _redis
    _redis = connect(redis_url)


def connect(redis_url: str) -> Redis:
    """A connection that gives up at once, for people who wait for a page."""
    patience = Retry(NoBackoff(), 0)
    return Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=2, retry=patience)


def ring(task: str, about: int | str, bucket: str = "") -> bool:
    """Asks a worker to run ``jobs.tasks.<task>(about)`` soon. Never raises for want of Redis.

    Rings with the same task, subject and bucket are one ring while the first is queued, runs, or
    is kept. Returns whether this ring was a new one.
    """
    bell = BELLS[task]
    job_id = "-".join(filter(None, (task, str(about), bucket)))
    if _redis is None:
        return False
    try:
        Queue(bell.queue, connection=_redis).enqueue_call(
            f"linshu.jobs.tasks.{task}",
            args=(about,),
            timeout=bell.timeout,
            result_ttl=bell.keep,
            failure_ttl=FAILED_FOR,
            ttl=UNSEEN_FOR,
            job_id=job_id,
            unique=True,
        )
    except DuplicateJobError:
        return False
    except RedisError as error:
        log.warning("nobody hears the bell for %s: %s", job_id, error)
        return False
    return True


def await_redis(redis_url: str) -> None:
    """Returns as soon as Redis answers, however long that takes."""
    redis = connect(redis_url)
    while True:
        try:
            redis.ping()
            return
        except RedisError:
            time.sleep(0.5)
