"""Is the record of the work in the cases sound? The rows of ``soundness`` about orders, parties,
money, papers, batches."""

from collections.abc import Iterator, Sequence

from linshu.rules.duties import Seat
from linshu.rules.orders import Act, concerns
from linshu.rules.said import Said
from linshu.services import replay
from linshu.services.checks import BATCH, Court, Fault, Faults, Rule
from linshu.store import batches, money, orders, papers, parties, resumptions, shelf
from linshu.store import soundness as store
from linshu.store.db import reading


def _orders(court: Court) -> Faults:
    """Each order that stands has somebody who answers and somebody who judges."""
    with reading() as session:
        seats = store.seats(session, court.id)
        strange = set(orders.strange(session, court.id))
        for line in orders.standing(session, court.id):
            for said in _unheard(line, seats, strange):
                name = Said("督办 #{n}:{why}", n=line.order.id, why=said)
                yield Fault(line.order.case_id, line.number, name)


def _unheard(line: orders.Line, seats: Sequence[Seat], strange: set[int]) -> Iterator[Said]:
    if line.order.id in strange:
        yield Said("所督办的期限不属于本案")
    if not any(concerns(seat, Act.ANSWER, line.sides) for seat in seats):
        yield Said("没有在职人员可以答复")
    if not any(concerns(seat, Act.SETTLE, line.sides) for seat in seats):
        yield Said("没有在职人员可以了结")


def _money(court: Court) -> Faults:
    """The running sums are those of the entries; a receipt's limit is met if it is paid out."""
    with reading() as session:
        ids = store.with_money(session, court.id)
    for start in range(0, len(ids), BATCH):
        with reading() as session:
            some = ids[start : start + BATCH]
            off = money.unsound(session, some)
            names = store.numbers(session, list(off))
        for case_id in off:
            yield Fault(case_id, names[case_id], Said("案款合计、发放期限与登记的各笔不符"))


def _parties(court: Court) -> Faults:
    with reading() as session:
        for case_id, number, party in parties.speaking_for_none(session, court.id):
            said = Said("当事人 #{n} 所代理、承继的人不在本案,或者已经退出", n=party)
            yield Fault(case_id, number, said)
        for case_id, number, party in parties.astray(session, court.id):
            yield Fault(case_id, number, Said("当事人 #{n} 的送达地址属于另一案件", n=party))
        for case_id, number in parties.without_a_side(session, court.id):
            yield Fault(case_id, number, Said("在办案件没有申请执行人或者被执行人"))


def _files(court: Court) -> Faults:
    """All of them are there; of the seventh whose turn it is, every byte is what it was."""
    with reading() as session:
        named = papers.kept(session, court.id)
    share = replay.share_of(court.when.on)
    for one in named:
        if not shelf.there(one.digest):
            yield Fault(one.case_id, one.number, Said("“{name}”的文件不在", name=one.name))
        elif int(one.digest, 16) % replay.SHARES == share and not shelf.opens(one.digest):
            said = Said("“{name}”的文件已变动或者无法解密", name=one.name)
            yield Fault(one.case_id, one.number, said)


def _resumed(court: Court) -> Faults:
    with reading() as session:
        for case_id, number, after, open_ in resumptions.unlinked(session, court.id):
            if open_:
                said = Said("已恢复为 {after},仍有在办阶段", after=after or "—")
            elif after is None:
                said = Said("已按恢复执行退出终本维护,没有恢复后的案件")
            else:
                said = Said("恢复为 {after},但没有按恢复执行退出终本维护", after=after)
            yield Fault(case_id, number, said)


def _unfit(what: str, batch_id: int, count: int) -> Said:
    facts = {"batch": batch_id, "n": count}
    match what:
        case "open":
            return Said("批次 #{batch} 已办完,仍有 {n} 件未办", **facts)
        case "empty":
            return Said("批次 #{batch} 有 {n} 件已办而没有行为记录", **facts)
        case _:
            return Said("批次 #{batch} 有 {n} 件未办成而有行为记录", **facts)


def _batches(court: Court) -> Faults:
    with reading() as session:
        for batch_id, what, count in batches.unsound(session, court.id):
            yield Fault(None, f"#{batch_id}", _unfit(what, batch_id, count))


WORK: tuple[Rule, ...] = (
    Rule("orders", "督办有人答复、有人了结", _orders),
    Rule("parties", "当事人齐全,代理人有所代理", _parties),
    Rule("money", "案款合计与登记一致", _money),
    Rule("resumed", "恢复的案件与原案一一对应", _resumed),
    Rule("files", "文书、附件的文件都在且未变动(每晚核七分之一)", _files),
    Rule("batches", "批量办理逐案办结", _batches),
)
