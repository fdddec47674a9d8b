"""How does a trail entry read? One sentence per tag, Chinese and English, over the entry's facts.

Standard library and ``trail`` alone. A place the entry has nothing for reads —; a sentence never
fails.
"""

from collections.abc import Mapping
from typing import Any

from linshu.rules.batch_sentences import BATCH_SENTENCES
from linshu.rules.care_sentences import CARE_SENTENCES
from linshu.rules.clock_sentences import CLOCK_SENTENCES
from linshu.rules.door_sentences import DOOR_SENTENCES
from linshu.rules.order_sentences import ORDER_SENTENCES
from linshu.rules.paper_sentences import PAPER_SENTENCES
from linshu.rules.party_sentences import PARTY_SENTENCES
from linshu.rules.request_sentences import REQUEST_SENTENCES
from linshu.rules.trail import Tag
from linshu.rules.transitions import UNDECIDED_ZH

#: tag: (short name zh, short name en, sentence zh, sentence en). Places: before.x, after.x, x.
SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    **BATCH_SENTENCES,
    **CARE_SENTENCES,
    **CLOCK_SENTENCES,
    **DOOR_SENTENCES,
    **ORDER_SENTENCES,
    **PAPER_SENTENCES,
    **REQUEST_SENTENCES,
    **PARTY_SENTENCES,
    Tag.COURT_CREATED: ("建库", "court created", "建立法院 {court}。", "Court {court} was set up."),
    Tag.POLICY_ADOPTED: (
        "规则生效",
        "policy adopted",
        "采用规则版本 {version},自 {effective_on} 起生效。",
        "Policy {version} was adopted, effective from {effective_on}.",
    ),
    Tag.TEAM_CREATED: ("设立团队", "team created", "设立{team}。", "{team} was set up."),
    Tag.TEAM_SWITCHED_ON: (
        "启用团队",
        "team switched on",
        "启用{team}。",
        "{team} was switched on.",
    ),
    Tag.TEAM_SWITCHED_OFF: (
        "停用团队",
        "team switched off",
        "停用{team}。",
        "{team} was switched off.",
    ),
    Tag.PERSON_ADDED: (
        "新增人员",
        "person added",
        "新增人员 {login}({role},{team})。",
        "{login} was added as {role} ({team}).",
    ),
    Tag.PERSON_CHANGED: (
        "变更人员",
        "person changed",
        "变更人员 {login}:{before.role}({before.team})改为{after.role}({after.team})。",
        "{login} was changed from {before.role} ({before.team}) to {after.role} ({after.team}).",
    ),
    Tag.PERSON_PASSWORD_RESET: (
        "重置密码",
        "password reset",
        "重置 {login} 的密码。",
        "The password of {login} was reset.",
    ),
    Tag.PERSON_PASSWORD_CHANGED: (
        "修改密码",
        "password changed",
        "{login} 修改了自己的密码。",
        "{login} changed the password.",
    ),
    Tag.PERSON_ENTERED: ("登录", "entered", "{login} 登录。", "{login} entered."),
    Tag.PERSON_ENTRY_REFUSED: (
        "登录失败",
        "entry refused",
        "{login} 登录失败。",
        "An entry as {login} was refused.",
    ),
    Tag.PERSON_LEFT: ("退出", "left", "{login} 退出。", "{login} left."),
    Tag.CASE_FILED: (
        "立案",
        "filed",
        "立案登记,进入立案甄别,{after.due_on} 届满。",
        "Filed; screening is due {after.due_on}.",
    ),
    Tag.CASE_IMPORTED: (
        "导入",
        "imported",
        "自台账导入,进入立案甄别,{after.due_on} 届满。",
        "Imported from a ledger; screening is due {after.due_on}.",
    ),
    Tag.CASE_SCREENED: (
        "甄别",
        "screened",
        "甄别完成,由{before.team}转入{after.team},{after.due_on} 届满。",
        "Screened; from {before.team} to {after.team}, due {after.due_on}.",
    ),
    Tag.CASE_UNSCREENED: (
        "未甄别转出",
        "unscreened",
        "甄别期限({before.due_on})届满仍未甄别,按繁案转入{after.team}。",
        "Not screened by {before.due_on}; treated as complex and moved to {after.team}.",
    ),
    Tag.CASE_PASSED_INTAKE: (
        "恢复执行转入",
        "passed intake",
        "恢复执行案件,不经甄别,直接进入{after.team},{after.due_on} 届满。",
        "A resumed case; passed intake to {after.team}, due {after.due_on}.",
    ),
    Tag.CASE_MOVED: (
        "届满流转",
        "moved at expiry",
        "{before.team}期限届满({before.due_on}),流转至{after.team},{after.due_on} 届满;"
        "积分 {before.team} −{points},{after.team} +{points}。",
        "{before.team}'s limit ran out ({before.due_on}); moved to {after.team}, due "
        "{after.due_on}; points {before.team} −{points}, {after.team} +{points}.",
    ),
    Tag.CASE_TRANSFERRED: (
        "提前移交",
        "transferred early",
        "经批准由{before.team}提前移交{after.team},{after.due_on} 届满;移转积分 {points}。",
        "Transferred early, as approved, from {before.team} to {after.team}, due {after.due_on}; "
        "points moved: {points}.",
    ),
    Tag.CASE_REASSIGNED: (
        "指定承办团队",
        "reassigned",
        "经批准由{before.team}改由{after.team}承办,阶段和期限不变,{after.due_on} 届满,不移转积分。",
        "As approved, {after.team} has the case in place of {before.team}: same stage, same limit "
        "(due {after.due_on}), no points.",
    ),
    Tag.CASE_CAPPED: (
        "超期(顶格)",
        "capped",
        "分管副院长阶段期限届满({due_on}),标记超期(顶格),案件不再流转。",
        "The vice president's limit ran out ({due_on}); flagged, the case stays.",
    ),
    Tag.CASE_SET_ASIDE: (
        "搁置",
        "set aside",
        "规则无法决定去向({why_zh}),案件搁置待处理。",
        "The rules could not decide ({why}); the case was set aside.",
    ),
    Tag.CASE_CLAIMED: (
        "认领",
        "claimed",
        "{after.handler} 认领案件({team})。",
        "{after.handler} claimed the case ({team}).",
    ),
    Tag.CASE_ASSIGNED: (
        "指派",
        "assigned",
        "指派 {after.handler} 承办(原承办 {before.handler})。",
        "Assigned to {after.handler} (before: {before.handler}).",
    ),
    Tag.CASE_RECORDED: (
        "登记行为",
        "recorded",
        "登记执行行为:{kind_zh}。",
        "An action was recorded: {kind}.",
    ),
    Tag.CASE_RECORDED_LATE: (
        "补登行为",
        "recorded late",
        "移交后补登执行行为:{kind_zh}(迟录)。",
        "An action from before the move was recorded late: {kind}.",
    ),
    Tag.CASE_CORRECTED: ("更正", "corrected", "更正:{what}。", "Corrected: {what}."),
    Tag.CASE_CLOSED: ("结案", "closed", "结案:{type}。", "Closed: {type}."),
    Tag.CASE_MADE_DORMANT: (
        "终本",
        "made dormant",
        "{type},转入{after.team}维护。",
        "{type}; handed to {after.team} for dormant care.",
    ),
    Tag.COUNTDOWN_REOPENED: (
        "恢复计时",
        "countdown reopened",
        "恢复计时:{name},{after.due_on} 届满。",
        "The countdown runs again: {row}, due {after.due_on}.",
    ),
    Tag.LEDGER_IMPORTED: (
        "导入台账",
        "ledger imported",
        "导入台账 {file}:入库 {imported} 件,退回 {rejected} 件,重复 {duplicates} 件。",
        "Ledger {file}: {imported} imported, {rejected} rejected, {duplicates} duplicates.",
    ),
    Tag.TRAIL_EXPORTED: (
        "导出留痕",
        "trail exported",
        "导出留痕 {file}。",
        "Trail exported: {file}.",
    ),
    Tag.LOG_EXPORTED: (
        "导出流程日志",
        "log exported",
        "导出流程日志 {file},{events} 条。",
        "Event log exported: {file}, {events} events.",
    ),
    Tag.LIST_EXPORTED: (
        "导出清单",
        "list exported",
        "导出清单“{list}”({cases} 件):{file}。",
        "List “{list}” exported ({cases} cases): {file}.",
    ),
    Tag.SEALS_EXPORTED: (
        "导出封印",
        "seals exported",
        "导出封印 {file}。",
        "Seals exported: {file}.",
    ),
    Tag.SEAL_KEY_ROTATED: (
        "更换封印密钥",
        "seal key rotated",
        "更换封印密钥:旧公钥 {old},新公钥 {new}。",
        "The key of the seals was rotated: old {old}, new {new}.",
    ),
    Tag.INSPECTION_RUN: (
        "体检",
        "inspection run",
        "体检 #{inspection}:检查 {rules} 项,发现问题 {faults} 处。",
        "Inspection #{inspection}: {rules} rules, {faults} faults found.",
    ),
    Tag.CASE_PACKED: (
        "制作证据包",
        "pack made",
        "制作证据包 {file}。",
        "An evidence pack was made: {file}.",
    ),
    Tag.DATA_KEY_ROTATED: (
        "更换数据密钥",
        "data key rotated",
        "更换数据密钥为 {key}({cipher}):重新加密 {rows} 项,停用旧密钥 {forgotten} 个。",
        "The data key is now {key} ({cipher}): {rows} values encrypted anew, {forgotten} old keys "
        "forgotten.",
    ),
    Tag.SWEEP_FINISHED: (
        "扫描",
        "sweep finished",
        "扫描 #{sweep} 完成:届满 {due} 件,流转 {moved} 件,搁置 {set_aside} 件,顶格 {capped} 件。",
        "Sweep #{sweep}: {due} due, {moved} moved, {set_aside} set aside, {capped} capped.",
    ),
}


def short(tag: str, language: str = "zh") -> str:
    """The short name of a tag in Chinese (``zh``) or English."""
    row = SENTENCES[Tag(tag)]
    return row[0] if language.startswith("zh") else row[1]


def sentence(entry: Mapping[str, Any], language: str = "zh") -> str:
    """What an entry says, in Chinese (``zh``) or English."""
    row = SENTENCES[Tag(entry["tag"])]
    return (row[2] if language.startswith("zh") else row[3]).format_map(_Places(entry))


class _Places(dict[str, Any]):
    """The entry's data by name; ``before`` and ``after`` by attribute."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        data = entry.get("data") or {}
        why_zh = {"why_zh": UNDECIDED_ZH.get(data.get("why", ""))}
        super().__init__(
            {key: said for key, said in {**why_zh, **data}.items() if said is not None},
            before=_Side(entry.get("before")),
            after=_Side(entry.get("after")),
        )

    def __missing__(self, key: str) -> str:
        return "—"


class _Side:
    """One side of a change; what it lacks reads —."""

    def __init__(self, facts: Mapping[str, Any] | None) -> None:
        self._facts = facts or {}

    def __getattr__(self, name: str) -> Any:
        value = self._facts.get(name)
        return "—" if value is None else value
