"""Is every manipulation found at its place? tests/proof has the long form."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests import behind
from tests.court import Court
from tests.tampering import KINDS, told, tried

TRIES = 30 * len(KINDS)


def test_every_manipulation_is_found_at_its_place() -> None:
    found, missed = tried(range(TRIES))
    print(told(TRIES, found, missed))
    assert not missed, missed[0]
    assert found == dict.fromkeys(KINDS, TRIES // len(KINDS))


@pytest.mark.parametrize("lay", ["sqlite"], indirect=True)
def test_nothing_is_changed_behind_the_application_unnoticed(court: Court, tmp_path: Path) -> None:
    scene, tries = behind.Scene(court, tmp_path), 3 * len(behind.KINDS)
    assert scene.tamper(lambda _raw, _lot: [""], Random(0)), "an untouched database is found"
    found, missed = behind.tried(scene, range(tries))
    print(told(tries, found, missed))
    assert not missed, missed[0]
