"""Which looks are kept? What somebody read, searched or took away, by kind (domain.md R15).

The reading log is apart from the trail: nothing of a case changes when somebody looks at it.
"""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What somebody did who changed nothing."""

    CASE = "case"
    SEARCH = "search"
    LIST = "list"
    TRAIL = "trail"
    UNMASK = "unmask"
    FILE = "file"
    SHEET = "sheet"
    EXPORT = "export"
    PACK = "pack"
    READINGS = "readings"
    REFUSED = "refused"


KINDS_ZH: Mapping[Kind, str] = {
    Kind.CASE: "查看案件",
    Kind.SEARCH: "搜索",
    Kind.LIST: "查看清单",
    Kind.TRAIL: "查看留痕",
    Kind.UNMASK: "查看完整号码",
    Kind.FILE: "下载文书、附件",
    Kind.SHEET: "打印外出单",
    Kind.EXPORT: "导出",
    Kind.PACK: "制作证据包",
    Kind.READINGS: "查看查阅记录",
    Kind.REFUSED: "被拒绝",
}
