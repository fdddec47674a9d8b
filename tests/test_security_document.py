"""Is every test there that docs/security.md names?"""

from __future__ import annotations

import re

from config import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")


def test_every_test_that_the_document_names_is_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = set(NAMED.findall(text))
    assert len(named) > 60
    missing = []
    for path, name in sorted(named):
        file = ROOT / path
        if not file.exists() or (name and f"def {name}(" not in file.read_text("utf-8")):
            missing.append(f"{path}::{name}")
    assert missing == []
