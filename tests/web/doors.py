"""What does docs/doors.md say? The document is what the tests of the doors expect.

``python -m tests.web.doors`` (``make doors``) writes it from the routes.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from config import ROOT
from linshu.rules.duties import ROLE_ZH, Role

PATH = ROOT / "docs" / "doors.md"


def written() -> dict[tuple[str, str], dict[Role, bool]]:
    """(method, address) → role → whether the document lets it in."""
    named = {zh: role for role, zh in ROLE_ZH.items()}
    table = [line for line in PATH.read_text("utf-8").splitlines() if line.startswith("| ")]
    heads, _rule, *lines = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table)
    found = {}
    for cells in lines:
        if cells[0] not in ("GET", "POST"):
            break  # the table of roles
        row = dict(zip(heads, cells, strict=True))
        marks = {role: row[zh] == "●" for zh, role in named.items()}
        found[row["方法"], row["地址 address"].strip("`")] = marks
    return found


def main() -> None:
    from linshu.web.doors import document
    from tests.conftest import application

    with TemporaryDirectory() as folder, application("sqlite://", Path(folder)) as app:
        PATH.write_text(document(app), "utf-8")


if __name__ == "__main__":
    main()
