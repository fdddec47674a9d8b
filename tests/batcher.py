"""A batch or a file of results in a process of its own, which dies where it is told to.

python -m tests.batcher TASK ID [WORDS NTH]: TASK is a task of the worker's; WORDS begin a
statement: as its NTH is about to run, the process kills itself.
"""

from __future__ import annotations

import sys

from app import create_app
from linshu.services import batch_run, finding_files
from tests.conftest import NOW
from tests.sweeper import die_at

RUNS = {"run_batch": batch_run.run, "run_findings": finding_files.run}


def main(task: str, about: str, words: str = "", nth: str = "0") -> None:
    with create_app().app_context():
        if words:
            die_at(words, int(nth))
        print("ready", flush=True)
        sys.stdin.readline()
        RUNS[task](int(about), NOW)
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
