"""Is what was encrypted read by its key alone, unchanged, for its purpose, and never lost?"""

from __future__ import annotations

import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.store import vault
from linshu.store.vault import Ring, Unreadable

NUMBER, PURPOSE = "371329199001011234", "party.id_number"
CIPHERS = ["aes", *(["sm4"] if vault.best_cipher() == "sm4" else [])]


@pytest.fixture(params=CIPHERS)
def ring(request: pytest.FixtureRequest, tmp_path: Path) -> Ring:
    vault.hang(tmp_path / "data.keys", request.param)
    return vault.ring()


@given(st.text(min_size=1))
def test_what_goes_in_comes_out_and_never_twice_alike(text: str) -> None:
    for cipher in CIPHERS:
        key = vault.Key("k1-test", cipher, b"x" * 32)
        text = text.encode("utf-8", "ignore").decode() or "x"
        sealed, again = key.seal(text.encode(), PURPOSE), key.seal(text.encode(), PURPOSE)
        assert sealed != again and len(sealed) == len(text.encode()) + vault.NONCE + vault.TAG
        assert key.open(sealed, PURPOSE).decode() == text


def test_a_file_is_read_as_it_was(ring: Ring) -> None:
    content = b"PK\x03\x04" + bytes(range(256)) * 40
    sealed = vault.seal_file(content, "upload")
    assert vault.reveal_file(sealed, "upload") == content and content[:40] not in sealed
    for odd in (content, sealed[:-1], b"", sealed[:20], sealed.replace(b":", b";", 1)):
        with pytest.raises(Unreadable):
            vault.reveal_file(odd, "upload")


def test_nothing_is_nothing(ring: Ring) -> None:
    assert vault.seal("", PURPOSE) == vault.reveal("", PURPOSE) == vault.digest("", PURPOSE) == ""
    assert vault.digests("", PURPOSE) == []


def test_every_changed_letter_is_found(ring: Ring) -> None:
    sealed = vault.seal(NUMBER, PURPOSE)
    assert vault.reveal(sealed, PURPOSE) == NUMBER
    for place in range(len(sealed)):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(Unreadable):
            vault.reveal(sealed[:place] + other + sealed[place + 1 :], PURPOSE)
    for cut in range(1, len(sealed)):
        with pytest.raises(Unreadable):
            vault.reveal(sealed[:cut], PURPOSE)


def test_another_purpose_does_not_open_it_and_digests_differently(ring: Ring) -> None:
    sealed = vault.seal(NUMBER, PURPOSE)
    with pytest.raises(Unreadable):
        vault.reveal(sealed, "party.phone")
    assert vault.digest(NUMBER, PURPOSE) != vault.digest(NUMBER, "party.phone")
    assert vault.digest(NUMBER, PURPOSE) == vault.digest(NUMBER, PURPOSE)
    assert len(vault.digest(NUMBER, PURPOSE)) == 64


@pytest.mark.parametrize("text", [NUMBER, "k9-000000:AAAA", "k9-000000:", ":", "k1"])
def test_what_names_no_key_of_the_ring_is_not_read_nor_repeated(ring: Ring, text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        vault.reveal(text, PURPOSE)
    assert NUMBER not in str(refused.value)


def test_a_rotation_by_another_process_is_seen_at_once(ring: Ring) -> None:
    sealed, digest = vault.seal(NUMBER, PURPOSE), vault.digest(NUMBER, PURPOSE)
    new = Ring(ring.path, ring.cipher).rotate()
    assert vault.key_of(vault.seal(NUMBER, PURPOSE)) == new.name != vault.key_of(sealed)
    assert vault.reveal(sealed, PURPOSE) == NUMBER
    assert digest in vault.digests(NUMBER, PURPOSE) and vault.digest(NUMBER, PURPOSE) != digest
    Ring(ring.path, ring.cipher).forget({vault.key_of(sealed), new.name})
    assert list(ring.keys) == [new.name]
    with pytest.raises(Unreadable):
        vault.reveal(sealed, PURPOSE)


def turn(path: Path, times: int) -> None:
    for _ in range(times):
        Ring(path, "aes").rotate()


@pytest.mark.parametrize("times", [0, 5])
def test_many_at_once_agree_on_the_first_key_and_lose_none(tmp_path: Path, times: int) -> None:
    path = tmp_path / "data.keys"
    start = multiprocessing.get_context("fork")
    starts = [start.Process(target=turn if times else first, args=(path, times)) for _ in range(8)]
    for one in starts:
        one.start()
    for one in starts:
        one.join()
    assert [one.exitcode for one in starts] == [0] * 8
    assert len(Ring(path, "aes").keys) == 1 + 8 * times
    assert {entry.name for entry in tmp_path.iterdir()} == {"data.keys", "data.lock"}


def first(path: Path, _times: int) -> None:
    assert Ring(path, "aes").newest.name == Ring(path, "aes").newest.name


def test_the_file_is_its_owner_s_alone(ring: Ring) -> None:
    os.umask(0)
    ring.rotate()
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600


def test_a_file_that_has_gone_away_or_is_empty_is_no_new_ring(ring: Ring) -> None:
    vault.seal(NUMBER, PURPOSE)
    kept = ring.path.read_text()
    ring.path.unlink()
    with pytest.raises(Unreadable):
        vault.seal(NUMBER, PURPOSE)
    ring.path.write_text("\n")
    with pytest.raises(Unreadable):
        vault.seal(NUMBER, PURPOSE)
    ring.path.write_text(kept + "\n")
    assert vault.key_of(vault.seal(NUMBER, PURPOSE)) == kept.split()[0]
