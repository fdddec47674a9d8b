"""Are ten thousand manipulations found, each at its place: of exports, of seals, of the database?

Other seeds than the short form in tests/test_tampering.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import behind, tampering
from tests.court import Court

FIRST = 1_000_000
BEHIND = 600  # of the ten thousand; each puts a whole database back
PAPERS = 9_400


def test_manipulations_of_an_export_and_its_seals() -> None:
    found, missed = tampering.tried(range(FIRST, FIRST + PAPERS))
    print(tampering.told(PAPERS, found, missed))
    assert not missed, missed[0]
    assert set(found) == set(tampering.KINDS) and found.total() == PAPERS


@pytest.mark.parametrize("lay", ["sqlite"], indirect=True)
def test_manipulations_behind_the_application_s_back(court: Court, tmp_path: Path) -> None:
    found, missed = behind.tried(behind.Scene(court, tmp_path), range(FIRST, FIRST + BEHIND))
    print(tampering.told(BEHIND, found, missed))
    assert not missed, missed[0]
    assert set(found) == set(behind.KINDS) and found.total() == BEHIND
