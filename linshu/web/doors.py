"""Which doors are there, and for whom? docs/doors.md, written from the routes themselves.

    make doors

Each route carries its duties (``guard.allow``), whether the password is asked for again before it
(``confirmed``), and what kind of reading it leaves in the reading log (``reads``). A test tries
every door as every role and compares with the written table.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from linshu.rules.duties import DUTIES, ROLE_ZH, Duty, Role

STRANGER = "任何人 anybody"
EVERYBODY = "凡已登录者 whoever entered"
YES, NO = "●", "·"

HEAD = """# 门 · Doors

每一个地址要求什么职责、哪些角色可以进入。由 `make doors` 从路由生成，测试逐一试过每个角色；
改了路由而没有重新生成，测试不通过。能进门不等于看得到：案件另按法院与团队限定范围
（`desk.in_scope`，不在范围内一律 404）。

What each address asks for and which roles may enter. Written by `make doors` from the routes;
a test tries every door as every role. Entering is not seeing: cases are further limited to the
court and to the teams that hold or have held them (404 otherwise).

再认证 confirmed: the password is asked for again. 查阅 reads: the kind of reading recorded.

"""


@dataclass(frozen=True)
class Door:
    """One address and method. ``duties`` None: open to strangers; empty: to whoever entered."""

    method: str
    address: str
    endpoint: str
    duties: tuple[Duty, ...] | None
    confirmed: bool
    reads: str

    def opens(self, role: Role) -> bool:
        """Whether somebody of that role may enter at all."""
        return not self.duties or any(duty in DUTIES[role] for duty in self.duties)


def doors(app: Flask) -> list[Door]:
    """Every door of the house, by address."""
    return sorted(_doors(app), key=lambda door: (door.address, door.method))


def _doors(app: Flask) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Door(
                method,
                rule.rule,
                rule.endpoint,
                getattr(view, "duties", ()),
                bool(getattr(view, "confirmed", False)),
                str(getattr(view, "reads", "") or ""),
            )


def document(app: Flask) -> str:
    """docs/doors.md."""
    found = doors(app)
    roles = [f"| {ROLE_ZH[role]} | `{role}` | {_told(DUTIES[role])} |" for role in Role]
    heads = [
        "方法",
        "地址 address",
        "职责 duties",
        "再认证",
        "查阅",
        *(ROLE_ZH[one] for one in Role),
    ]
    lines = [_line(heads), _line(["---"] * len(heads))]
    lines += [_line(_cells(door)) for door in found]
    duties = ["| 角色 role | | 职责 duties |", "| --- | --- | --- |", *roles]
    tables = ("\n".join(lines), "## 角色与职责 · Roles and duties", "\n".join(duties))
    return HEAD + "\n\n".join(tables) + "\n"


def _cells(door: Door) -> list[str]:
    marks = [YES if door.opens(role) else NO for role in Role]
    confirmed = YES if door.confirmed else NO
    return [door.method, f"`{door.address}`", _of(door.duties), confirmed, door.reads or NO, *marks]


def _of(duties: tuple[Duty, ...] | None) -> str:
    if duties is None:
        return STRANGER
    return _told(duties) or EVERYBODY


def _told(duties: frozenset[Duty] | tuple[Duty, ...]) -> str:
    return " ".join(f"`{duty}`" for duty in Duty if duty in duties)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
