"""What happens regularly? This is the one table of periodic tasks, read by ``rq cron``.

Any number of ``rq cron`` processes may read it at once: two ticks ring the same bells.
"""

from rq import cron

from linshu.jobs import tasks
from linshu.jobs.doorbell import SOON

cron.register(
    tasks.tick, SOON, cron="* * * * *", job_timeout=60, ttl=90, result_ttl=60, failure_ttl=3600
)
