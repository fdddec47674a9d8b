"""How do the entries about clocks read? Pauses, extensions, dates, countdowns, recomputes, points
that came back; ``sentences`` holds the rest and the way to fill them."""

from collections.abc import Mapping

from linshu.rules.trail import Tag

CLOCK_SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    Tag.CASE_PAUSED: (
        "扣除期限",
        "paused",
        "扣除执行期限({name}):自 {starts_on} 起,至 {ends_on};依据:{ground};文书:{document}。",
        "Paused ({kind}) from {starts_on} to {ends_on}; ground: {ground}; document: {document}.",
    ),
    Tag.CASE_PAUSE_ENDED: (
        "恢复计算期限",
        "pause ended",
        "{name}结束,最后一天为 {after.ends_on},期限恢复计算。",
        "The pause ({kind}) ended; its last day is {after.ends_on}.",
    ),
    Tag.CASE_EXTENDED: (
        "延长执行期限",
        "extended",
        "法定执行期限延长 {months} 个月,报告文号 {report}。",
        "The statutory limit was extended by {months} month(s); report: {report}.",
    ),
    Tag.CASE_DUE_CHANGED: (
        "阶段期限重算",
        "stage limit changed",
        "阶段期限重新计算({why_zh}):{before.due_on} → {after.due_on}。",
        "The stage limit was computed again ({why}): {before.due_on} → {after.due_on}.",
    ),
    Tag.CASE_STATUTORY_CHANGED: (
        "法定期限重算",
        "statutory limit changed",
        "法定执行期限重新计算({why_zh}):{before.due_on} → {after.due_on}。",
        "The statutory limit was computed again ({why}): {before.due_on} → {after.due_on}.",
    ),
    Tag.COUNTDOWN_CHANGED: (
        "计时重算",
        "countdown changed",
        "计时重新计算({why_zh}):{name} {before.due_on} → {after.due_on}。",
        "A countdown was computed again ({why}): {before.due_on} → {after.due_on}.",
    ),
    Tag.POINTS_RETURNED: (
        "退回积分",
        "points returned",
        "届满流转系因不计入的天数({why_zh}),退回积分 {points};案件不回转。",
        "The expiry fell into days that do not count ({why}); {points} points were returned, the "
        "case stays where it is.",
    ),
    Tag.POINTS_RESTORED: (
        "恢复积分",
        "points restored",
        "退回的积分 {points} 恢复计入({why_zh})。",
        "The {points} points that had been returned count again ({why}).",
    ),
    Tag.COUNTDOWN_STARTED: (
        "开始计时",
        "countdown started",
        "开始计时:{name},{after.due_on} 届满。",
        "A countdown started: {row}, due {after.due_on}.",
    ),
    Tag.COUNTDOWN_MET: (
        "完成计时事项",
        "countdown met",
        "完成:{name}(期限 {before.due_on})。",
        "Met: {row} (due {before.due_on}).",
    ),
    Tag.COUNTDOWN_VOID: (
        "停止计时",
        "countdown void",
        "停止计时({why_zh}):{name}。",
        "No longer counted ({why}): {row}.",
    ),
    Tag.RECOMPUTE_ASKED: (
        "申请重算期限",
        "recompute asked for",
        "申请重算期限 #{recompute}({what}):涉及案件 {cases} 件。",
        "Recompute #{recompute} was asked for ({kind}): {cases} cases.",
    ),
    Tag.RECOMPUTE_DONE: (
        "重算期限",
        "recomputed",
        "重算期限 #{recompute}({what}):改动案件 {cases} 件,退回积分 {returned} 笔。",
        "Recompute #{recompute} ({kind}) was approved and done: {cases} cases changed, points of "
        "{returned} expiries returned.",
    ),
    Tag.RECOMPUTE_REFUSED: (
        "驳回重算",
        "recompute refused",
        "驳回重算期限 #{recompute}({what})。",
        "Recompute #{recompute} ({kind}) was refused.",
    ),
    Tag.RECOMPUTE_TAKEN_BACK: (
        "撤回重算",
        "recompute taken back",
        "撤回重算期限 #{recompute}({what}):改回案件 {cases} 件。",
        "Recompute #{recompute} ({kind}) was taken back: {cases} cases changed back.",
    ),
}
