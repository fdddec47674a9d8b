"""What becomes of a process whose parent is killed? It would run on unseen; ours end with it.

``python -m linshu.jobs.parentage COMMAND…`` becomes the command, mortal with the supervisor.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

SUPERVISOR = "LINSHU_SUPERVISOR"  # the environment variable with the supervisor's process number
PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with(parent: int) -> None:
    """SIGTERM for this process when that parent ends. Linux only; elsewhere it does run on."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(0)  # it ended before we could ask


def die_with_the_supervisor() -> None:
    """The same for a part of the system; nothing happens where there is no supervisor of ours."""
    if SUPERVISOR in os.environ:
        die_with(int(os.environ[SUPERVISOR]))


if __name__ == "__main__":
    die_with_the_supervisor()
    os.execv(sys.argv[1], sys.argv[1:])
