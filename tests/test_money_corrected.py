"""Do receipts, pay-outs and their corrections end where they would if entered right at once?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from linshu.rules.kinds import INTEREST, PAID, PAYEES, RECEIPT
from linshu.services import claiming, correcting, recording, replay
from linshu.services.errors import Refused
from linshu.services.recording import NewAction
from linshu.store.cases import Action
from linshu.store.clocks import CaseCountdown
from linshu.store.db import db
from linshu.store.money import sums_of
from linshu.store.writer import When
from tests.court import Court, at

ONCE = at("2026-11-23", 9)
ENTRIES = st.tuples(
    st.sampled_from([RECEIPT, RECEIPT, PAID, PAID, INTEREST, "call"]),
    st.integers(0, 12),
    st.sampled_from([100, 150, 250]),
    st.sampled_from(["", *PAYEES]),
)
Entry = tuple[str, int, int, str]


def new(entry: Entry, n: int) -> NewAction:
    kind, day, fen, payee = entry
    facts = {"amount_fen": 0 if kind == "call" else fen, "payee": payee if kind == PAID else ""}
    return NewAction(kind, f"第 {n} 笔", at("2026-11-05").at + timedelta(days=day), **facts)


def entered(court: Court) -> int:
    (case_id,) = court.file_many(1, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), case_id, None, at("2026-11-03"))
    return case_id


def stands(case_id: int) -> object:
    """The sums of a case, its entries and the limits of its receipts, without their numbers."""
    db.session.rollback()
    acts = {one.id: one for one in db.session.scalars(select(Action))}
    runs = db.session.scalars(
        select(CaseCountdown).where(
            CaseCountdown.case_id == case_id,
            CaseCountdown.row == "pay_out",
            CaseCountdown.void_at.is_(None),
        )
    ).all()
    limits = []
    for one in runs:
        began = acts[one.action_id or 0]
        by = acts[one.met_action_id].text if one.met_action_id else None
        limits.append((began.text, began.amount_fen, one.started_at, one.due_on, one.met_at, by))
    sums = sums_of(db.session(), [case_id])[case_id]
    told = {kind: sorted((s.at, s.fen, s.payee) for s in some) for kind, some in sums.items()}
    return recording.sums_of(db.session.get_one(recording.Case, case_id)), told, sorted(limits)


def later(n: int) -> When:
    instant: datetime = ONCE.at + timedelta(minutes=n)
    return When(instant, instant)


@settings(max_examples=25)
@given(
    wrong=st.lists(ENTRIES, min_size=2, max_size=5),
    right=st.lists(st.tuples(st.integers(0, 6), ENTRIES), min_size=1, max_size=5),
)
def walk(court: Court, wrong: list[Entry], right: list[tuple[int, Entry]]) -> None:
    who, case_id = court.who("quick"), entered(court)
    now: dict[int, tuple[int, Entry]] = {}
    for n, entry in enumerate(wrong):
        try:
            id_ = recording.record(who, case_id, None, new(entry, n), later(n))
        except Refused:  # more than has come in
            continue
        now[n] = (id_, entry)
    for step, (which, entry) in enumerate(right):
        if which not in now:
            continue
        id_ = now[which][0]
        act, when = new(entry, which), later(20 + step)
        try:
            id_ = correcting.correct_action(who, case_id, None, id_, act, "误录", when)
        except Refused:
            continue
        now[which] = (id_, entry)
    other = entered(court)
    last = sorted(now.items(), key=lambda one: (one[1][1][0] == PAID, one[0]))
    for n, (_id, entry) in last:
        recording.record(who, other, None, new(entry, n), later(60 + n))
    assert stands(case_id) == stands(other)
    assert not any(one.said for one in replay.compared(court.id, case_ids=[case_id, other]))


def test_corrected_is_as_if_entered_right_at_once(
    app: Flask, court: Court, lay: Callable[[], str]
) -> None:
    walk(court)
