"""Who works in the invented court, who are its parties, what is said? All of it is made up."""

from datetime import date, timedelta

from linshu.rules.transitions import Lot
from linshu.services.filing import NewParty
from linshu.services.people import NewPerson

ONE, TWO = "精执一团队", "精执二团队"

STAFF = (
    # the demo's identities enter as the first person of a role: an intensive team shows the most
    NewPerson("executor", "严行", "executor", ONE),
    NewPerson("lead", "团立", "team_lead", ONE),
    NewPerson("filing", "江立", "filing_clerk", None),
    NewPerson("centre", "钟心", "centre_staff", "执行指挥中心"),
    NewPerson("centre2", "程序", "centre_staff", "执行指挥中心"),
    NewPerson("centre-lead", "梁中", "team_lead", "执行指挥中心"),
    NewPerson("quick", "苏捷", "executor", "速执团队"),
    NewPerson("quick2", "简明", "executor", "速执团队"),
    NewPerson("quick-lead", "领速", "team_lead", "速执团队"),
    NewPerson("executor2", "金章", "executor", ONE),
    NewPerson("clerk", "舒记", "clerk", ONE),
    NewPerson("executor3", "武实", "executor", TWO),
    NewPerson("executor4", "何效", "executor", TWO),
    NewPerson("clerk2", "文录", "clerk", TWO),
    NewPerson("lead2", "连长青", "team_lead", TWO),
    NewPerson("keeper", "常守", "dormant_keeper", "终本维护团队"),
    NewPerson("chief", "局正", "bureau_chief", None),
    NewPerson("vice", "傅元", "vice_president", None),
    NewPerson("president", "袁章", "president", None),
    NewPerson("supervisor", "简督", "supervisor", None),
    NewPerson("system", "习统", "system_admin", None),
    NewPerson("audit", "沈计", "audit_admin", None),
)

CAUSES = (
    "民间借贷纠纷",
    "劳动争议",
    "抚养费纠纷",
    "机动车交通事故责任纠纷",
    "买卖合同纠纷",
    "建设工程施工合同纠纷",
    "追索劳动报酬纠纷",
    "非诉行政执行",
)
SAID = {
    "call": ("电话联系被执行人,称月底前给付部分款项。", "电话联系申请执行人,询问财产线索。"),
    "talk": ("约谈被执行人,告知不履行的法律后果,笔录已附卷。", "约谈双方,就分期履行初步达成一致。"),
    "visit": (
        "到被执行人住所地走访,家中无人,邻居称在外务工。",
        "走访村委会,了解被执行人收入情况。",
    ),
    "search": ("查询银行存款、车辆、不动产登记,结果附卷。", "到公积金中心查询,账户余额不足千元。"),
    "service": ("送达执行通知书、报告财产令,被执行人签收。", "邮寄送达限制消费令,回执已附卷。"),
}

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "安宁福康乐晴朗远达诚信勤俭和顺平川海山林森雨晨星月春夏秋冬"
_PLACES = ("沂河", "沭水", "苍马", "蒙山", "滨海", "临港", "夏庄", "青云")
_TRADES = ("建材", "物流", "食品", "柳编", "化肥", "置业", "商贸", "机械")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def party(lot: Lot) -> NewParty:
    """An invented person or company; one in five is a company."""
    if lot.random() < 0.2:
        name = f"{lot.choice(_PLACES)}{lot.choice(_TRADES)}有限公司"
        return NewParty(name)
    name = lot.choice(_SURNAMES) + "".join(lot.sample(_GIVEN, lot.choice((1, 2))))
    return NewParty(name, _identity(lot))


def _identity(lot: Lot) -> str:
    """A resident identity number with a right check digit (GB 11643) that nobody holds: its area
    code 371399 was never given out."""
    born = date(1955, 1, 1) + timedelta(days=lot.randrange(16_000))
    digits = f"371399{born:%Y%m%d}{lot.randrange(1000):03}"
    total = sum(int(d) * weight for d, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]
