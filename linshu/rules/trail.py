"""What is kept of every act? A closed vocabulary, canonical bytes, and a chain of digests.

Standard library alone: whoever is handed an export can check it with this file and ``verify``.
A tag reads noun.verb; its sentences stand in ``sentences``.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, BinaryIO

FORMAT = "linshu-trail/2"
EMPTY_HEAD = "0" * 64
LONGEST_LINE = 4_000_000  # bytes of an export's line
ALGORITHMS = ("sm3", "sha256")
FIELDS = frozenset(
    "alg chain seq tag at recorded by role behalf before after data prev hash".split()
)


class Tag(StrEnum):
    """Everything that can stand in a trail. Nothing else can."""

    COURT_CREATED = "court.created"
    POLICY_ADOPTED = "policy.adopted"
    TEAM_CREATED = "team.created"
    TEAM_SWITCHED_ON = "team.switched_on"
    TEAM_SWITCHED_OFF = "team.switched_off"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    PERSON_PASSWORD_RESET = "person.password_reset"
    PERSON_PASSWORD_CHANGED = "person.password_changed"
    PERSON_ENTERED = "person.entered"
    PERSON_ENTRY_REFUSED = "person.entry_refused"
    PERSON_LEFT = "person.left"
    PERSON_LOCKED = "person.locked"
    PERSON_UNLOCKED = "person.unlocked"
    PERSON_CONFIRMED = "person.confirmed"
    PERSON_CHECK_REFUSED = "person.check_refused"
    PERSON_FACTOR_SHOWN = "person.factor_shown"
    PERSON_RECOVERY_USED = "person.recovery_used"
    PERSON_FACTOR_SET_UP = "person.factor_set_up"
    PERSON_FACTOR_REMOVED = "person.factor_removed"
    PERSON_FACTOR_RESET = "person.factor_reset"
    PERSON_RECOVERY_RENEWED = "person.recovery_renewed"
    PERSON_CERTIFICATE = "person.certificate"
    VISITS_ENDED = "visits.ended"
    VISIT_IDLE = "visit.idle"
    VISIT_EXPIRED = "visit.expired"
    PERSON_AWAY = "person.away"
    PERSON_BACK = "person.back"
    CASE_FILED = "case.filed"
    CASE_IMPORTED = "case.imported"
    CASE_SCREENED = "case.screened"
    CASE_UNSCREENED = "case.unscreened"
    CASE_PASSED_INTAKE = "case.passed_intake"
    CASE_MOVED = "case.moved"
    CASE_TRANSFERRED = "case.transferred"
    CASE_REASSIGNED = "case.reassigned"
    CASE_CAPPED = "case.capped"
    CASE_SET_ASIDE = "case.set_aside"
    CASE_CLAIMED = "case.claimed"
    CASE_ASSIGNED = "case.assigned"
    CASE_RECORDED = "case.recorded"
    CASE_RECORDED_LATE = "case.recorded_late"
    CASE_CORRECTED = "case.corrected"
    CASE_CLOSED = "case.closed"
    CASE_MADE_DORMANT = "case.made_dormant"
    CASE_REOPENED = "case.reopened"
    CASE_RESUMED = "case.resumed"
    CASE_PAUSED = "case.paused"
    CASE_PAUSE_ENDED = "case.pause_ended"
    CASE_EXTENDED = "case.extended"
    CASE_DUE_CHANGED = "case.due_changed"
    CASE_STATUTORY_CHANGED = "case.statutory_changed"
    POINTS_RETURNED = "points.returned"
    POINTS_RESTORED = "points.restored"
    COUNTDOWN_STARTED = "countdown.started"
    COUNTDOWN_CHANGED = "countdown.changed"
    COUNTDOWN_MET = "countdown.met"
    COUNTDOWN_REOPENED = "countdown.reopened"
    COUNTDOWN_VOID = "countdown.void"
    RECOMPUTE_ASKED = "recompute.asked"
    RECOMPUTE_DONE = "recompute.done"
    RECOMPUTE_REFUSED = "recompute.refused"
    RECOMPUTE_TAKEN_BACK = "recompute.taken_back"
    HOLDING_FOUND = "holding.found"
    HOLDING_CHANGED = "holding.changed"
    PARTY_ADDED = "party.added"
    PARTY_LEFT = "party.left"
    ADDRESS_CONFIRMED = "address.confirmed"
    MEASURE_NOTED = "measure.noted"
    DOCUMENT_MADE = "document.made"
    ATTACHMENT_ADDED = "attachment.added"
    ATTACHMENT_STRUCK = "attachment.struck"
    TEMPLATE_ADOPTED = "template.adopted"
    TEMPLATE_RESTORED = "template.restored"
    SHEET_FILLED = "sheet.filled"
    SHEET_READ = "sheet.read"
    ORDER_GIVEN = "order.given"
    ORDER_ANSWERED = "order.answered"
    ORDER_RETURNED = "order.returned"
    ORDER_SETTLED = "order.settled"
    ORDER_WITHDRAWN = "order.withdrawn"
    ORDER_PASSED = "order.passed"
    APPLICATION_RECEIVED = "application.received"
    APPLICATION_REVIEWED = "application.reviewed"
    REQUEST_ASKED = "request.asked"
    REQUEST_REVIEWED = "request.reviewed"
    REQUEST_APPROVED = "request.approved"
    REQUEST_REFUSED = "request.refused"
    REQUEST_RETURNED = "request.returned"
    REQUEST_RAISED = "request.raised"
    REQUEST_CONFIRMED = "request.confirmed"
    REQUEST_DECLINED = "request.declined"
    REQUEST_LAPSED = "request.lapsed"
    LEDGER_IMPORTED = "ledger.imported"
    BATCH_ASKED = "batch.asked"
    BATCH_FINISHED = "batch.finished"
    BATCH_EXPORTED = "batch.exported"
    FINDINGS_LANDED = "findings.landed"
    TRAIL_EXPORTED = "trail.exported"
    LOG_EXPORTED = "log.exported"
    LIST_EXPORTED = "list.exported"
    CASE_PACKED = "case.packed"
    SEALS_EXPORTED = "seals.exported"
    SEAL_KEY_ROTATED = "seal.key_rotated"
    INSPECTION_RUN = "inspection.run"
    DATA_KEY_ROTATED = "data_key.rotated"
    SWEEP_FINISHED = "sweep.finished"


class AlgorithmMissing(LookupError):
    """This Python cannot compute the named digest: nothing can be said of the chain."""


_blank: dict[str, Any] = {}


def _fresh(alg: str) -> Any:
    if alg not in _blank:
        if alg not in ALGORITHMS:
            raise AlgorithmMissing(alg)
        try:
            _blank[alg] = hashlib.new(alg)
        except ValueError as error:
            raise AlgorithmMissing(alg) from error
    return _blank[alg].copy()


def digest(alg: str, content: bytes) -> str:
    """The hex digest of ``content``. AlgorithmMissing when this Python lacks ``alg``."""
    state = _fresh(alg)
    state.update(content)
    return str(state.hexdigest())


def text_digest(alg: str, text: str) -> str:
    """What the trail holds in place of a text: ``alg:hex``."""
    return f"{alg}:{digest(alg, text.encode())}"


def _plain(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    sort_keys=True,
    separators=(",", ":"),
    allow_nan=False,
    default=_plain,
)
_WITHOUT_PARTS = frozenset({str, int, bool, type(None)})  # most of what there is, at a glance


def canonical(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """The one way to write a value as bytes: sorted keys, no spaces, UTF-8. TypeError for what has
    none (floats among them), UnicodeEncodeError for half a character."""
    _refuse_floats(value)
    return _ENCODER.encode(value).encode()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a float has no canonical form")
    if isinstance(value, (dict, Mapping)):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return
    for part in value:
        if type(part) not in _WITHOUT_PARTS:
            _refuse_floats(part)


def link(entry: Mapping[str, Any]) -> str:
    """The hash of an entry (without ``hash``): its digest over the canonical bytes, ``prev``
    included, which ties it to the whole chain before it."""
    return digest(entry["alg"], canonical(entry))


def linked(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The hash of an entry that does not carry it yet, and the canonical line of the whole, written
    once: ``hash`` sorts just before the entry's own ``prev``, and no value after that has parts."""
    plain = canonical(entry)
    found = digest(entry["alg"], plain)
    line = plain.decode()
    place = line.rindex(',"prev":')
    return found, f'{line[:place]},"hash":"{found}"{line[place:]}'


def unlinked(line: bytes, kept: str) -> bytes:
    """The canonical line of a whole entry without the hash that it carries: what was hashed, as
    ``linked`` had it. No value behind the hash has parts: its place is the last that reads so."""
    place = line.rindex(b',"hash":"')
    return line[:place] + line[place + len(f',"hash":"{kept}"'.encode()) :]


def hash_of(line: str) -> str:
    """The hash that a stored line carries."""
    return str(json.loads(line)["hash"])


def check_chain(lines: Sequence[str]) -> tuple[int, str] | None:
    """The count and head of one chain's lines in order; None when any link does not fit.
    AlgorithmMissing when this Python lacks one of ours."""
    head = EMPTY_HEAD
    for seq, line in enumerate(lines, 1):
        entry = json.loads(line)
        kept = entry.pop("hash")
        fits = entry["seq"] == seq and entry["prev"] == head and entry["alg"] in ALGORITHMS
        if not fits or link(entry) != kept:
            return None
        head = kept
    return len(lines), head


class HeadProof:
    """The running digest over every chain's count and head."""

    def __init__(self, alg: str) -> None:
        self._state, self.chains = _fresh(alg), 0

    def add(self, chain: str, count: int, head: str) -> None:
        self._state.update(canonical([chain, count, head]) + b"\n")
        self.chains += 1

    def hexdigest(self) -> str:
        finish: Callable[[], str] = self._state.hexdigest
        return finish()


def proof_of(alg: str, heads: Iterable[tuple[str, int, str]]) -> HeadProof:
    """The proof over heads that come in code-point order of their chains."""
    proof = HeadProof(alg)
    for head in heads:
        proof.add(*head)
    return proof


def signed_part(facts: Mapping[str, Any]) -> bytes:
    """What an export's header or a seal hashes and signs: all but its hash and signature."""
    return canonical({k: v for k, v in facts.items() if k not in ("hash", "signature")})


def read_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file with their numbers, without their ends; None for one that does not end or
    is too long, which is the last that is read."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        yield number, line[:-1] if line.endswith(b"\n") else None
        if not line.endswith(b"\n"):
            return


def parsed(line: bytes | None) -> dict[str, Any] | None:
    """The object that a line writes in its canonical bytes; None for anything else."""
    try:
        value = json.loads((line or b"").decode("utf-8"))
        exact = isinstance(value, dict) and canonical(value) == line
    except (ValueError, TypeError, RecursionError):
        return None
    return dict(value) if exact else None
