"""What may somebody write into a field? What fits, what nearly fits, and what is meant to hurt."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.fuzz.forms import Field

XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' autofocus='",
    "javascript:alert(1)",
    "</textarea><svg onload=alert(1)>",
    "{{7*7}}${7*7}<%=7*7%>",
)
#: What a browser would obey; as a text it stands escaped.
ALIVE = ("<script>alert", "<img src=x", "<svg onload", "' onfocus='alert", 'href="javascript:')
SQL = (
    "'; DROP TABLE cases; --",
    "1 OR 1=1",
    "x' UNION SELECT password_hash FROM people--",
    '" OR ""="',
    "%' AND 1=(SELECT COUNT(*) FROM people) --",
    "1; UPDATE people SET role='president'",
)
ODD = (
    "",
    " ",
    "\0",
    "\ud800",
    "\u202e倒",
    "a\r\nSet-Cookie: x=1",
    "=1+1",
    "@SUM(1)",
    "%00",
    "%s%n%(x)s",
    "../../etc/passwd",
    "//evil.example",
    "https://evil.example/",
    "9" * 400,
    "字" * 5000,
    "-1",
    "2147483648",
    "1e309",
    "NaN",
    "Infinity",
    "٣",
    "¼",
    "[",
    "null",
    "0x10",
    "1970-01-01T00:00:00Z",
)
DATES = "2026-11-23 2026-11-20 2026-11-02 2026-12-31 2027-02-28".split()
ODD_DATES = (
    "2026-02-30 0001-01-01 9999-12-31 2026-13-01 20261123 2026-11-24T25:00 0000-00-00".split()
)
WORDS = (
    "已核实",
    "被执行人下落不明，拟调查财产",
    "100",
    "1000.50",
    "张三",
    "李四\n王五",
    "（2026）鲁1328执9号",
    "371329199003071231",
    "13812345678",
)
NUMBERS = [f"（2026）鲁1329执{n}号" for n in range(1, 400)]
PASSWORDS = ("Correct-horse-9", "short", "Another-one-77")
hostile = st.sampled_from((*XSS, *SQL, *ODD)) | st.text(max_size=60) | st.binary(max_size=8).map(
    lambda raw: raw.decode("utf-8", "surrogateescape")
)  # fmt: skip


#: Right in kind, at or beyond its edge.
borderline = (
    st.sampled_from((*ODD_DATES, *WORDS, ""))
    | st.dates().map(str)
    | st.integers(-2, 2**63).map(str)
    | st.decimals(allow_nan=True, places=3).map(str)
)


def fitting(field: Field) -> Sequence[str]:
    """What somebody with the form before him might send."""
    own = [value for value in field.values if value]
    match field.kind:
        case "hidden" | "choice" | "radio" | "checkbox" | "submit":
            return own or [""]
        case "date":
            return DATES
        case "datetime-local":
            return [f"{day}T10:00" for day in DATES]
        case "number":
            return own or ["1", "2", "3"]
        case "password":
            return PASSWORDS
        case _ if field.name == "number":
            return NUMBERS
        case _:
            return [*own, *WORDS]
