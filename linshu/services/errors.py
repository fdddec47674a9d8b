"""Why was it refused? Every refusal has a code, a Chinese sentence and its facts."""

from collections.abc import Mapping
from typing import Any

from linshu.rules.said import Said

SENTENCES: Mapping[str, str] = {
    "duty": "您的角色没有这项职责。",
    "not_holder": "案件现由{holder}办理,只有承办团队可以写入。",
    "not_lead": "只有{holder}的团队长可以这样做。",
    "not_approver": "这件申请不由您审批。",
    "own_request": "不能审批自己的申请。",
    "own_review": "不能审批自己审查过的结案。",
    "own_report": "不能审查自己报的结案。",
    "not_reviewer": "这件结案报告不由您审查。",
    "not_closer": "案件由{holder}结案,只有该团队可以申请恢复办理。",
    "not_closed": "案件没有结案,不需要恢复办理;终本案件请申请恢复执行。",
    "not_closed_here": "案件不是经结案审批了结的,不能恢复办理。",
    "gate": "依法不能报{type},缺少:{why}。",
    "gate_now": "案件已有变化,现在依法不能结案,缺少:{why}。",
    "gate_dormant": "终本维护中的案件只能报{types}。",
    "report_late": "阶段期限已于{on}届满,不能再报结案;案件即将流转,由接收团队报结。",
    "request_reviewing": "这件结案还在审查,通过审查之后才能审批。",
    "not_yours": "该案不在您的查看范围内。",
    "not_found": "没有找到。",
    "moved": "案件已于{since}流转到{stage}({holder}),您看到的是之前的状态,未作任何改动。",
    "claimed": "该案已于{since}由{handler}认领。",
    "nothing_to_claim": "本团队没有待认领的案件。",
    "closed": "案件已于{on}结案。",
    "not_in_intake": "案件已离开立案甄别。",
    "resumed_not_screened": "执恢案件不作甄别,直接进入精执。",
    "number_taken": "案号 {number} 已存在。",
    "future": "时间不能晚于现在。",
    "before_filing": "时间不能早于立案日期 {on}。",
    "text_needed": "请写明{what}。",
    "too_long": "{what}过长,最多 {most} 字。",
    "party_number": "{name}:{why}。",
    "list_too_long": "清单共 {total} 件,一次最多导出 {most} 件,请缩小范围后再导出。",
    "kind_unknown": "没有这种类型:{kind}。",
    "amount": "金额不对:{why}。",
    "not_in_team": "{name}不在{team},不能指派给他。",
    "not_waiting": "认领期未满({days} 个工作日),暂不能指派。",
    "payee_unused": "只有案款发放填写收款方,收款方须从所列各项中选择。",
    "until_needed": "请填写期满日({name})。",
    "until_unused": "只有查封、扣押、冻结、续行和拘留填写期满日。",
    "until_unlikely": "期满日不对:{name}不能早于起始日,也不能超过法律规定的期间({most} 日)。",
    "countdown_early": "{name}须满期限:{on}之前不能进行。",
    "countdown_unfit": "这项行为与所选的期限不符。",
    "request_open": "该案已有一件待决的申请。",
    "pause_future": "日期不能晚于今天。",
    "pause_backwards": "结束日期不能早于起始日期。",
    "pause_too_late": "期限已于{on}届满,不能自届满之后扣除。",
    "no_clock": "案件没有计算中的期限。",
    "pause_over": "这次扣除已于{on}结束。",
    "extension_months": "延长时间为 1 至 {most} 个月。",
    "extension_paused": "法定执行期限正在扣除,没有届满日,不需要延长。",
    "extension_early": "申请过早:延长须在期限届满前提出,可提出的日期为{first}至{last}。",
    "extension_late": "申请过晚:延长须在{first}至{last}之间提出。",
    "not_in_care": "案件不在终本维护中。",
    "not_resumable": "不能恢复执行:{why}。",
    "not_continued": "不能决定继续维护:{why}。",
    "application_open": "该案已有一件未了结的恢复执行申请(#{n})。",
    "application_reviewed": "恢复执行申请 #{n} 已经审查,或者正在审批。",
    "request_decided": "这件申请已由{by}于{since}处理。",
    "property": "{why}。",
    "preservation_lapsed": "{name}的保全已于{on}期满,早于立案日期,不能作为已保全的财产登记。",
    "effective_late": "执行依据的生效日期不能晚于立案日期。",
    "no_such_party": "当事人中没有“{name}”,请与上面所写的名称一致。",
    "party": "{why}。",
    "party_out": "{name}已于{on}退出本案。",
    "measure": "{why}。",
    "measure_needs_approval": "{name}须经批准({law}),请提出申请。",
    "measure_needs_nobody": "{name}不需要批准,直接登记即可。",
    "order_open": "已有一件相同的督办(#{n},{by})尚未了结。",
    "order_needless": "督办的事项已经办理或者已经停止,不需要督办。",
    "order_due": "督办期限不能早于今天。",
    "order_days": "督办期限为 1 至 {most} 个工作日,或者写明日期。",
    "order_stands": "这件督办的状态是“{status}”,不能这样处理。",
    "not_orderer": "只有督办人{name}可以这样处理。",
    "own_answer": "不能评判自己的答复;如不再需要,可以撤回督办。",
    "archive_open": "案件尚未结案,不能归档。",
    "archive_early": "归档日期不能早于结案日期 {on}。",
    "archived_already": "该案已于{on}归档。",
    "not_archived": "该案还没有归档。",
    "not_giver": "只有移出案件的团队可以填写这张监执单。",
    "sheet_filled": "这张监执单已于{since}填写。",
    "template": "模板不能采用:{why}。",
    "template_same": "与现行的模板相同,没有改动。",
    "file_unkept": "文件没有存下(磁盘已满或者文件夹不可写),未作任何登记,请告知系统管理员后再试。",
    "file_missing": "“{name}”的文件不在或者已变动,请告知系统管理员。",
    "file_refused": "不能上传“{name}”:{why}。",
    "file_large": "文件过大,最多 {most} MB。",
    "file_known": "这份文件已于{since}上传过(附件 #{n})。",
    "file_struck": "这份附件已于{since}作废。",
    "paper_needs": "{name}不能制作:{why}。",
    "paper_words": "{label}填写有误:{why}。",
    "sheet_late": "填写监执单的期限已于{on}届满。",
    "sheet_read": "这张监执单已于{since}阅过。",
    "absence_days": "日期不对:结束日期不能早于起始日期,也不能早于今天。",
    "absence_known": "{first}至{last}已经登记过不在岗。",
    "absence_over": "这次不在岗已于{last}结束。",
    "not_own_absence": "只能登记自己不在岗;他人的由安全管理员登记。",
    "substitute_unfit": "{name}不能代为审批:应是在岗的审批人,职务至多低一级。",
    "request_lapsed": "案件已在申请之后流转,这件申请已失效。",
    "receiver_gone": "批准之后团队有变动,{team}已不能接收该案;请不予接收,由承办团队重新申请。",
    "no_transfer": "案件在{stage}阶段,不能提前移交。",
    "override_nobody": "只有承办团队或指挥中心的团队长、执行局局长可以申请另行指定承办团队。",
    "override_none": "不能另行指定承办团队:{why}。",
    "override_late": "阶段期限已于{on}届满,案件将自动流转,不能另行指定承办团队。",
    "cannot_decide": "规则无法决定案件去向:{why}。",
    "policy_unreadable": "案件适用的规则版本无法读取,期限和去向无法计算;请系统管理员核对规则。",
    "recorded_already": "您已于{since}登记过完全相同的行为;如是另一次,请在文字中写明。",
    "not_corrected": "没有改动。",
    "already_corrected": "这条记录已被更正过,请更正最新的一条。",
    "login_taken": "登录名 {login} 已存在。",
    "login_shape": "登录名应为 2 至 40 个字母、数字、点、下划线或连字符。",
    "role_unknown": "没有这个角色:{role}。",
    "own_place": "不能变更自己的角色、团队或停用自己。",
    "team_needed": "{role}应当属于一个团队。",
    "team_unknown": "没有这个团队:{team}。",
    "password_wrong": "登录名或密码不对。",
    "password_weak": "密码至少 {length} 个字符,并含大写、小写、数字、符号中的 {classes} 类。",
    "password_same": "新密码不能与旧密码相同。",
    "password_former": "新密码不能与最近 {most} 次用过的密码相同。",
    "one_time_old": "一次性密码已过期,请联系安全管理员重置。",
    "login_locked": "连续多次失败,已锁定,请在 {until} 之后再试。",
    "code_wrong": "验证码不对,或者已经用过。",
    "confirm_wrong": "密码或验证码不对。",
    "factor_stale": "这次设置已失效,请刷新页面、重新扫码。",
    "factor_needed": "{role}必须使用第二验证,不能停用。",
    "factor_own": "不能重置自己的第二验证、登记自己的证书,请由另一位安全管理员办理。",
    "factor_missing": "没有启用第二验证。",
    "fingerprint": "证书指纹应为 40 位(SHA-1)或 64 位(SHA-256)十六进制字符。",
    "fingerprint_taken": "这个证书已登记给 {login}。",
    "policy": "规则未通过校验:{why}。",
    "version_taken": "规则版本 {version} 已存在,请换一个版本号。",
    "effective_past": "新规则的生效日期不能早于今天。",
    "year_list": "放假安排有误:{why}。",
    "year_same": "{year} 年的放假安排与现行的完全相同,没有改动。",
    "outage_future": "停用的日期不能晚于今天。",
    "outage_known": "这几天已作为系统停用扣除过。",
    "policy_not_yet": "规则 {version} 自 {on} 起才生效,生效后才能适用于在办阶段。",
    "policy_applied": "在办阶段已全部适用规则 {version}。",
    "recompute_open": "同样的重算申请 #{n} 正等待批准。",
    "recompute_decided": "这件重算申请已由{by}于{since}处理。",
    "recompute_not_done": "这次重算没有执行,或已撤回。",
    "recompute_depends": "重算 #{n} 以这次重算为基础,请先撤回 #{n}。",
    "policy_missing": "{on}没有生效的规则。",
    "date_future": "日期 {on} 在今天之后。",
    "date_before": "日期 {on} 早于该案已有的记录({last})。",
    "ledger": "{why}",
    "not_importer": "{login}不能导入台账(需要立案人员或指挥中心人员)。",
    "nobody": "没有这个人:{login}。",
    "court_code": "{why}",
    "court_missing": "还没有建库,请先运行 flask init。",
    "not_uploader": "这份台账由{name}上传,只能由其本人确认导入。",
    "seal_key": "封印密钥无法读取:{why}。",
    "seal_key_stale": "封印密钥已移交给新密钥,此处仍是旧的:{file}。请换上新的密钥文件。",
    "seal_broken": "第 {seq} 号封印已损坏,请立即核查。",
    "inspection_waiting": "已有一次体检在排队,请稍后刷新。",
    "import_running": "导入已开始,不能再改。",
    "batch_empty": "请先勾选案件。",
    "batch_too_many": "共 {total} 件,一次最多办理 {most} 件,请缩小范围。",
    "batch_kind": "{name}各案的金额或者期满日不同,不能批量登记,请逐案登记。",
    "batch_running": "这一批还没有办完,请稍后再试。",
    "not_searcher": "只有执行指挥中心和终本维护团队可以批量网络查控。",
    "asker_gone": "发起人{name}已停用。",
    "asker_moved": "发起人{name}已不在发起时的团队。",
}


class Refused(Exception):
    """Something was refused and nothing was changed. ``facts`` fill the sentence's places."""

    status = 422

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts

    @property
    def said(self) -> Said:
        """The refusal as a sentence with its facts."""
        return Said(SENTENCES[self.code], **self.facts)

    @property
    def message(self) -> str:
        """The refusal in Chinese."""
        return str(self.said)

    def __str__(self) -> str:
        return self.message


class Invalid(Refused):
    """The input will not do."""

    status = 422


class NotAllowed(Refused):
    """Not this person's to do."""

    status = 403


class Unavailable(Refused):
    """The machine cannot do it now; nothing was changed."""

    status = 503


class NotFound(Refused):
    """No such thing, or not in the actor's scope: both look the same."""

    status = 404

    def __init__(self, code: str = "not_found", **facts: Any) -> None:
        super().__init__(code, **facts)


class Conflict(Refused):
    """The world is no longer what the actor saw: who holds it and since when is in ``facts``."""

    status = 409
