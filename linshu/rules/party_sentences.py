"""How do the entries about a case's parties read? Merged into ``sentences``."""

from collections.abc import Mapping

from linshu.rules.trail import Tag

PARTY_SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    Tag.PARTY_ADDED: (
        "增加当事人",
        "party added",
        "增加{side_zh}(当事人 #{party})。",
        "A party was added: {side} (#{party}).",
    ),
    Tag.PARTY_LEFT: (
        "当事人退出",
        "party left",
        "{side_zh}(当事人 #{party})自 {out_on} 起退出。",
        "A party left: {side} (#{party}), out since {out_on}.",
    ),
    Tag.ADDRESS_CONFIRMED: (
        "确认送达地址",
        "address confirmed",
        "确认当事人 #{party} 的送达地址({confirmed_on})。",
        "The address for service of party #{party} was confirmed ({confirmed_on}).",
    ),
}
