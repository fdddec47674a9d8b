"""How does the trail tell of the door? Entering is in ``sentences``; lockouts, factors, visits."""

from collections.abc import Mapping

from linshu.rules.trail import Tag

#: As in ``sentences``: short name zh, short name en, sentence zh, sentence en.
DOOR_SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    Tag.PERSON_LOCKED: (
        "锁定",
        "locked",
        "{login} 连续 {failures} 次验证失败,锁定至 {until}。",
        "{login} was locked until {until} after {failures} failures in a row.",
    ),
    Tag.PERSON_UNLOCKED: ("解锁", "unlocked", "解除 {login} 的锁定。", "{login} was unlocked."),
    Tag.PERSON_CONFIRMED: (
        "再次验证",
        "confirmed",
        "{login} 再次验证了身份。",
        "{login} confirmed who is there.",
    ),
    Tag.PERSON_CHECK_REFUSED: (
        "验证失败",
        "check refused",
        "{login} 登录后验证身份失败。",
        "{login} failed to confirm who is there.",
    ),
    Tag.PERSON_FACTOR_SHOWN: (
        "第二验证",
        "second factor shown",
        "{login} 通过第二验证。",
        "{login} showed the second factor.",
    ),
    Tag.PERSON_RECOVERY_USED: (
        "使用备用码",
        "recovery code used",
        "{login} 用备用码通过验证,还剩 {left} 个。",
        "{login} used a recovery code; {left} are left.",
    ),
    Tag.PERSON_FACTOR_SET_UP: (
        "启用第二验证",
        "second factor set up",
        "{login} 启用了动态验证码。",
        "{login} set up a second factor.",
    ),
    Tag.PERSON_FACTOR_REMOVED: (
        "停用第二验证",
        "second factor removed",
        "{login} 停用了自己的动态验证码。",
        "{login} removed the second factor.",
    ),
    Tag.PERSON_FACTOR_RESET: (
        "重置第二验证",
        "second factor reset",
        "清除 {login} 的动态验证码。",
        "The second factor of {login} was reset.",
    ),
    Tag.PERSON_RECOVERY_RENEWED: (
        "重发备用码",
        "recovery codes renewed",
        "{login} 重新生成备用码,原备用码作废。",
        "{login} made new recovery codes; the old ones are void.",
    ),
    Tag.PERSON_CERTIFICATE: (
        "登记证书",
        "certificate entered",
        "{login} 的 UKey 证书指纹由{before.certificate}改为{after.certificate}。",
        "The UKey certificate of {login} was changed from {before.certificate} to "
        "{after.certificate}.",
    ),
    Tag.VISITS_ENDED: (
        "结束会话",
        "visits ended",
        "结束 {login} 的登录会话 {count} 个。",
        "{count} visits of {login} were ended.",
    ),
    Tag.VISIT_IDLE: (
        "闲置退出",
        "idle visit ended",
        "{login} 的登录会话因闲置过久自动结束。",
        "A visit of {login} ended because it was idle.",
    ),
    Tag.VISIT_EXPIRED: (
        "会话到时",
        "visit ran out",
        "{login} 的登录会话已满最长时间,自动结束。",
        "A visit of {login} ended because it had lasted its time.",
    ),
}
