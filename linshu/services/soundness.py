"""Is the court's record sound? One table of named rules, each of which finds what does not fit.

Each rule reads at one moment, locks nobody out and writes nothing; ``inspecting`` runs them all and
keeps what they found. A rule says ``Fault`` for each case (or team, or chain) with the reason.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from linshu.rules import trail
from linshu.rules.approvals import Question, Review, Sitting, reviews
from linshu.rules.duties import REQUEST_DAYS, Duty, Role, Seat, holds, may
from linshu.rules.said import Said
from linshu.rules.transitions import Undecidable, undecided
from linshu.services import dates, replay, sealing
from linshu.services.checks import BATCH, Court, Fault, Faults, Rule
from linshu.services.flow import MOVING, Flow
from linshu.services.work_checks import WORK
from linshu.store import personal
from linshu.store import soundness as store
from linshu.store.dates import DateMove
from linshu.store.db import reading
from linshu.store.soundness import Waiting, holder_of, seat_of
from linshu.store.writer import When


def _open_stints(court: Court) -> Faults:
    with reading() as session:
        for case_id, number, count in store.open_stints(session, court.id):
            yield Fault(case_id, number, Said("有 {count} 个在办阶段", count=count))


def _policies(court: Court) -> Faults:
    with reading() as session:
        found = store.unreadable(session, court.id)
    for case_id, (number, version) in found.items():
        yield Fault(case_id, number, Said("规则版本 {version} 无法读取", version=version))


def _due_dates(court: Court) -> Faults:
    """Cases whose policy does not read are named by a rule of their own."""
    with reading() as session:
        apart = store.unreadable(session, court.id)
        ids = [id_ for id_ in store.open_case_ids(session, court.id) if id_ not in apart]
    for start in range(0, len(ids), BATCH):
        with reading() as session:
            flow = Flow(session, court.id, court.when)
            moves, stuck = _moves(flow, ids[start : start + BATCH])
            names = store.numbers(session, [one.case_id for one in moves] + stuck)
        for case_id in stuck:
            yield Fault(case_id, names[case_id], Said("期限无法计算"))
        for one in moves:
            yield Fault(one.case_id, names[one.case_id], _otherwise(one))


def _moves(flow: Flow, ids: Sequence[int]) -> tuple[list[DateMove], list[int]]:
    """The dates that are not what the rules give; the cases for which the rules give none. One bad
    row spoils no other case's check."""
    try:
        return dates.moved(flow, ids), []
    except (Undecidable, LookupError, ValueError):
        if len(ids) == 1:
            return [], list(ids)
    half = len(ids) // 2
    halves = [_moves(flow, some) for some in (ids[:half], ids[half:])]
    return [one for moves, _ in halves for one in moves], [id_ for _, ids in halves for id_ in ids]


_CLOCKS = {
    dates.STAGE: Said("阶段届满日"),
    dates.STATUTORY: Said("法定执行期限届满日"),
}


def _otherwise(one: DateMove) -> Said:
    what = _CLOCKS.get(one.clock) or Said(one.name)
    if one.before_on == one.after_on:
        return Said("{what}的暂定标记与规则不符", what=what)
    kept, by_rule = dates.iso(one.before_on) or "—", dates.iso(one.after_on) or "—"
    return Said("{what}为 {kept},按规则应为 {by_rule}", what=what, kept=kept, by_rule=by_rule)


def _points(court: Court) -> Faults:
    with reading() as session:
        for case_id, number, seq, total in store.uneven_moves(session, court.id):
            said = Said("第 {n} 段移出的积分合计为 {points},或收支不成对", n=seq, points=total)
            yield Fault(case_id, number or "—", said)
        for name, balance, total in store.uneven_accounts(session, court.id):
            said = Said("结余 {balance},积分往来合计 {points}", balance=balance, points=total)
            yield Fault(None, name, said)
        if total := store.total_points(session, court.id):
            yield Fault(None, "—", Said("全院积分合计为 {points},应为零", points=total))


def _chains(court: Court) -> Faults:
    """Chains, their heads, the seals and their files: the walk that a stranger would make."""
    for one in sealing.faults(court.id):
        with reading() as session:
            case_id = store.case_of(session, court.id, one.chain)
        yield Fault(case_id, one.chain or "—", one.sentence)


def _encrypted(court: Court) -> Faults:
    with reading() as session:
        ids = personal.unsound(session, court.id)
        names = store.numbers(session, ids)
    for case_id in ids:
        yield Fault(case_id, names[case_id], Said("个人信息未按现行密钥加密,或与检索摘要不符"))


def _replay(court: Court) -> Faults:
    for one in replay.compared(court.id, replay.share_of(court.when.on)):
        for said in one.said:
            yield Fault(one.case_id, one.number, said)


def _requests(court: Court) -> Faults:
    with reading() as session:
        seats = store.seats(session, court.id)
        for one in store.waiting(session, court.id):
            for said in _stuck(one, seats, court.when):
                yield Fault(one.case_id, one.number, Said("申请 #{n}:{why}", n=one.id, why=said))


def _stuck(one: Waiting, seats: Sequence[Seat], when: When) -> Iterator[Said]:
    days = (when.at - one.asked_at).days
    if days > REQUEST_DAYS:
        yield Said("已等待 {days} 天", days=days)
    if _left_behind(one):
        yield Said("所在阶段已经结束")
    if not any(_decides(seat, one) for seat in seats):
        yield Said("没有在职人员可以审批")


def _left_behind(one: Waiting) -> bool:
    """A closed case waits for nothing but to be worked again, an open one not for that."""
    if one.kind == "reopening":
        return not one.closed
    return one.closed or (one.kind in MOVING and one.stint_ended)


def _decides(seat: Seat, one: Waiting) -> bool:
    """As ``requests`` and the ``gate`` have it, of anybody in his own seat."""
    asker = seat_of(one.asker)
    if one.status == "reviewing":
        review = Review(asker, Role(one.gate), one.raised)
        return may(seat.role, Duty.REVIEW_CLOSING) and reviews(seat, review)
    if not may(seat.role, Duty.APPROVE):
        return False
    if one.status == "confirming":
        return one.to is not None and Sitting(seat).receives(holder_of(one.to), asker) is not None
    holder, needed = holder_of(one.team), Role(one.approver)
    question = Question(asker, holder, needed, one.raised, one.reviewed_by)
    return Sitting(seat).decides(question) is not None


def _messages(court: Court) -> Faults:
    with reading() as session:
        count = store.given_up(session, court.id)
    if count:
        yield Fault(None, "—", Said("有 {n} 条消息多次未能送达,已放弃", n=count))


def _orphans(court: Court) -> Faults:
    with reading() as session:
        for table, other, missing in store.orphans(session, court.id):
            said = Said("{table} 所属的 {other} #{n} 不存在", table=table, other=other, n=missing)
            yield Fault(None, f"{table} → {other} #{missing}", said)
        for case_id, number, digest, text in store.texts(session, court.id):
            if trail.text_digest(digest.split(":")[0], text) != digest:
                said = Said("文字与留痕的摘要不符:{digest}", digest=digest[:16])
                yield Fault(case_id, number, said)


def _handlers(court: Court) -> Faults:
    seats: dict[tuple[int, int], bool] = {}
    with reading() as session:
        for case_id, number, person, team in store.handled(session, court.id):
            there = seats.get((person.id, team.id))
            if there is None:
                there = person.active and holds(seat_of(person), holder_of(team))
                seats[person.id, team.id] = there
            if not there:
                said = Said("承办人 {name} 已停用或已离开 {team}", name=person.name, team=team.name)
                yield Fault(case_id, number, said)


def _teams(court: Court) -> Faults:
    with reading() as session:
        for case_id, number, team in store.held_by_none(session, court.id):
            yield Fault(case_id, number, Said("{team}已停用,仍持有案件", team=team))


def _set_aside(court: Court) -> Faults:
    with reading() as session:
        for case_id, number, on, code in store.set_aside(session, court.id):
            said = Said("{why}(最近一次尝试 {on})", why=undecided(code), on=str(on))
            yield Fault(case_id, number, said)


def _unswept(court: Court) -> Faults:
    yesterday = court.when.on - timedelta(days=1)
    with reading() as session:
        for case_id, number, due_on in store.unswept(session, court.id, yesterday):
            yield Fault(case_id, number, Said("{on} 届满,一天以上没有流转", on=str(due_on)))


#: All of them, in the order in which they run and are shown. The rules of the seals
#: (``sealing.faults``) and of the encrypted personal data have their rows here.
RULES: tuple[Rule, ...] = (
    Rule("chains", "留痕哈希链与封印", _chains),
    Rule("encrypted", "个人信息按现行密钥加密", _encrypted),
    Rule("replay", "留痕重放与表一致(每晚七分之一)", _replay),
    Rule("open_stints", "在办案件恰有一个在办阶段", _open_stints),
    Rule("policies", "适用的规则版本可读", _policies),
    Rule("due_dates", "届满日与规则一致", _due_dates),
    Rule("points", "积分归零", _points),
    Rule("unswept", "届满案件及时流转", _unswept),
    Rule("set_aside", "没有搁置的案件", _set_aside),
    Rule("requests", "申请没有积压", _requests),
    Rule("handlers", "承办人在岗", _handlers),
    Rule("teams", "停用的团队不持有案件", _teams),
    Rule("messages", "消息已送达", _messages),
    *WORK,
    Rule("orphans", "没有孤立的记录", _orphans),
)
