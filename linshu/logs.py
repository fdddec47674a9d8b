"""What does the machine write down of its own work? One JSON object a line, and nobody's numbers.

Everything goes through the standard ``logging``: ours, and what libraries say. The trail is for
the court; this is for whoever keeps the machine running. No form, no query, no header is ever
written; whatever text gets in all the same has its personal numbers masked.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import IO, Any

import structlog
from structlog.processors import ExceptionRenderer
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer

from linshu.rules.masking import masked

Entry = MutableMapping[str, Any]
#: Libraries that bring handlers of their own; theirs go, and ours is used.
LOUD = ("gunicorn.error", "rq.worker", "rq.cron", "linshu")


def _masked(_logger: Any, _name: str, entry: Entry) -> Entry:
    return {key: _hidden(value) for key, value in entry.items()}


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hidden(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else masked(str(value))


def formatter() -> logging.Formatter:
    """Makes one line of each record; of a fault its traceback, never the values that it met."""
    first = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        ExtraAdder(),
        ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    ]
    last = [
        ProcessorFormatter.remove_processors_meta,
        _masked,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    return ProcessorFormatter(foreign_pre_chain=first, processors=last)


def configure(stream: IO[str] | None = None) -> None:
    """From now on this process logs so, on standard error."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in LOUD:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.INFO)
