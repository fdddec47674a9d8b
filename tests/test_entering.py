"""Who comes in, who stays out, and for how long? Lockouts, codes, passwords, visits: the services.

Attempts made at once are counted one by one, and a code is taken once, whatever the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.rules.entry import Ending
from linshu.services import (
    attempts,
    codes,
    entering,
    factors,
    passwords,
    people,
    policies,
    visits,
)
from linshu.services.actor import Actor
from linshu.services.entering import Entry
from linshu.services.errors import Invalid, NotAllowed, NotFound, Refused
from linshu.services.people import NewPerson
from linshu.services.visits import Door, Inside
from linshu.store.books import TrailEntry
from linshu.store.db import db, transaction
from linshu.store.doors import FormerPassword, Lockout, Visit
from linshu.store.people import Person
from linshu.store.writer import Doer, When
from tests.conftest import NOW
from tests.court import Court
from tests.web.test_policy import version

MINUTE, OWN = timedelta(minutes=1), "Linshu-2026-own"
KEY = "a1" * 20


def moment(minutes: float = 0, days: int = 0) -> When:
    instant = NOW + timedelta(minutes=minutes, days=days)
    return When(instant, instant)


def refused(code: str, act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as why:
        act()
    assert why.value.code == code
    return why.value


def tags(login: str) -> list[str]:
    """What the trail tells of the door, of that login, in order."""
    db.session.rollback()
    lines = db.session.execute(select(TrailEntry.tag, TrailEntry.line).order_by(TrailEntry.id))
    found = [tag for tag, line in lines if f'"login":"{login}"' in line]
    return [tag for tag in found if tag.startswith(("person", "visit"))]


@pytest.fixture
def one(court: Court) -> Actor:
    """An officer with a password of his own."""
    who = court.who("one")
    with transaction() as session:
        person = session.get_one(Person, who.person_id)
        passwords.replace(session, person, passwords.hashed(OWN), False, moment())
    return who


def enter(password: str = OWN, minutes: float = 0, login: str = "one", key: str = "") -> Entry:
    return entering.enter(login, password, Door("10.0.0.7", "a browser", key), moment(minutes))


def inside(entry: Entry, minutes: float = 0) -> Inside:
    db.session.rollback()  # each request sees the database as it is
    found = visits.look(entry.token, moment(minutes))
    assert isinstance(found, Inside), found
    return found


# Failures in a row ------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["one", "nobody"])
def test_five_failures_lock_a_name_whoever_has_it(one: Actor, login: str) -> None:
    for _ in range(4):
        refused("password_wrong", lambda: enter("wrong", login=login))
    why = refused("login_locked", lambda: enter("wrong", login=login))
    assert "2026-11-23 10:15" in why.message
    refused("login_locked", lambda: enter(OWN, 14.9, login=login))  # right, and still too early
    if login == "nobody":
        refused("password_wrong", lambda: enter(OWN, 15, login=login))
        return
    assert enter(OWN, 15).actor.login == "one"
    assert tags("one")[-8:-1] == ["person.entry_refused"] * 5 + [
        "person.locked",
        "person.entry_refused",
    ]


def test_a_success_begins_the_count_anew_and_so_does_a_lock_that_ran_out(one: Actor) -> None:
    for _round in range(3):
        for _ in range(4):
            refused("password_wrong", lambda: enter("wrong"))
        enter()
    for _ in range(4):
        refused("password_wrong", lambda: enter("wrong"))
    refused("login_locked", lambda: enter("wrong"))
    for minutes in (15, 15, 15, 15):
        refused("password_wrong", lambda at=minutes: enter("wrong", at))
    refused("login_locked", lambda: enter("wrong", 15))


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[str]:
    """How acts end that are begun together: the code of each refusal, or "done"."""
    ended: list[str] = []
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait()
            try:
                act()
                ended.append("done")
            except Refused as why:
                ended.append(why.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended)


def test_attempts_made_at_once_are_counted_one_by_one(app: Flask, one: Actor) -> None:
    db.session.rollback()
    ended = at_once(app, [lambda: enter("wrong") for _ in range(9)])
    assert ended == ["login_locked"] * 5 + ["password_wrong"] * 4
    db.session.rollback()
    assert db.session.get_one(Lockout, "one").failures == 5
    assert tags("one").count("person.locked") == 1


def test_the_security_administrator_unlocks(court: Court, one: Actor) -> None:
    for _ in range(5):
        refused(("password_wrong", "login_locked")[_ == 4], lambda: enter("wrong"))
    refused("duty", lambda: attempts.unlock(one, "one", moment()))
    attempts.unlock(court.who("admin"), "one", moment())
    with pytest.raises(NotFound):
        attempts.unlock(court.who("admin"), "one", moment())
    assert enter().actor == one and "person.unlocked" in tags("one")


def test_the_old_password_of_a_change_is_an_attempt_too(one: Actor) -> None:
    visit = inside(enter()).visit_id
    for code in ["password_wrong"] * 4 + ["login_locked"]:
        refused(code, lambda: passwords.change(one, "wrong", OWN + "1", visit, moment()))


# Passwords --------------------------------------------------------------------------------------


def test_the_last_five_passwords_are_not_taken_again(one: Actor) -> None:
    visit, before = inside(enter()).visit_id, OWN
    for number in range(5):
        new = f"{OWN}-{number}"
        passwords.change(one, before, new, visit, moment())
        before = new
    refused("password_same", lambda: passwords.change(one, before, before, visit, moment()))
    for former in (OWN, f"{OWN}-0", f"{OWN}-3"):
        refused(
            "password_former", lambda f=former: passwords.change(one, before, f, visit, moment())
        )
    passwords.change(one, before, f"{OWN}-9", visit, moment())
    passwords.change(one, f"{OWN}-9", OWN, visit, moment())  # six ago: it may come back
    kept = db.session.scalars(select(FormerPassword.password_hash)).all()
    assert len(kept) == 8 and all(one_.startswith("$argon2id$") for one_ in kept)


def test_a_changed_password_ends_every_other_visit(one: Actor) -> None:
    here, elsewhere = enter(), enter()
    passwords.change(one, OWN, f"{OWN}-2", inside(here).visit_id, moment())
    assert inside(here) and visits.look(elsewhere.token, moment()) is Ending.ENDED
    refused("password_wrong", enter)


def test_a_password_wears_out_and_a_one_time_one_is_forgone(court: Court, one: Actor) -> None:
    with transaction() as session:
        person = session.get_one(Person, one.person_id)
        person.password_set_at = NOW - timedelta(days=89)
    assert not inside(enter()).must_change
    late = moment(days=1)
    found = visits.look(entering.enter("one", OWN, Door(), late).token, late)
    assert isinstance(found, Inside) and found.must_change and found.outworn
    once = people.reset_password(court.who("admin"), one.person_id, moment())
    assert inside(enter(once)).must_change
    refused("password_wrong", lambda: entering.enter("one", "wrong", Door(), moment(days=7)))
    refused("one_time_old", lambda: entering.enter("one", once, Door(), moment(days=7)))


# Visits -----------------------------------------------------------------------------------------


def test_the_database_holds_no_token(one: Actor) -> None:
    entry = enter()
    visit = db.session.scalars(select(Visit).order_by(Visit.id.desc())).first()
    assert visit is not None and entry.token not in str(vars(visit))
    assert (visit.address, visit.agent, visit.factored) == ("10.0.0.7", "a browser", False)
    assert visits.look(visit.token_digest, moment()) is None
    assert visits.look("", moment()) is None and len({enter().token, entry.token}) == 2


def test_that_somebody_is_there_is_written_once_a_minute(one: Actor) -> None:
    entry = enter()

    def seen() -> datetime:
        db.session.rollback()
        return db.session.scalars(select(Visit.seen_at)).one()

    for minutes, written in ((0.5, 0), (1, 1), (1.9, 1), (2, 2), (21.9, 21.9)):
        inside(entry, minutes)
        assert seen() == moment(written).at, minutes


def test_a_page_does_not_wait_for_whoever_writes(app: Flask, one: Actor) -> None:
    entry = enter()
    with transaction(alone=True) as session:  # a sweep, a recompute
        session.execute(select(Person).with_for_update()).all()
        read = threading.Thread(target=lambda: read_by(app, entry))
        read.start()
        read.join(10)
        assert not read.is_alive()


def read_by(app: Flask, entry: Entry) -> None:
    with app.app_context():
        inside(entry, 5)
        db.session.remove()


def test_a_visit_idles_out_and_lasts_twelve_hours(one: Actor) -> None:
    idle, busy = enter(), enter()
    inside(idle, 19.9)
    assert visits.look(idle.token, moment(39.9)) is Ending.IDLE
    assert visits.look(idle.token, moment(20)) is Ending.IDLE  # ended is ended
    for minutes in range(0, 720, 15):
        inside(busy, minutes)
    assert visits.look(busy.token, moment(720)) is Ending.EXPIRED
    assert tags("one")[-2:] == ["visit.idle", "visit.expired"]


def test_whose_place_or_password_changes_is_out(court: Court, one: Actor) -> None:
    admin, acts = court.who("admin"), []
    acts.append(lambda: people.reset_password(admin, one.person_id, moment()))
    acts.append(
        lambda: people.change_person(admin, one.person_id, "clerk", "速执团队", True, moment())
    )
    acts.append(lambda: factors.set_certificate(admin, one.person_id, KEY, moment()))
    acts.append(
        lambda: people.change_person(admin, one.person_id, "clerk", "速执团队", False, moment())
    )
    for act in acts:
        with transaction() as session:
            person = session.get_one(Person, one.person_id)
            token = visits.open_visit(session, person, Door(), moment(), factored=True)
        assert isinstance(visits.look(token, moment()), Inside)
        act()
        assert visits.look(token, moment()) is Ending.ENDED
    assert tags("one").count("visits.ended") == len(acts)


def test_one_s_own_visits_are_ended_and_nobody_else_s(court: Court, one: Actor) -> None:
    here, there, third = (inside(enter()).visit_id for _ in range(3))
    with pytest.raises(NotFound):
        visits.end(court.who("two"), here, moment())
    visits.end(one, there, moment())
    with pytest.raises(NotFound):
        visits.end(one, there, moment())
    assert visits.end_others(one, here, moment()) == 1
    assert visits.end_others(one, here, moment()) == 0
    visits.end(court.who("admin"), here, moment())
    assert tags("one").count("visits.ended") == 3 and third


# Second factors ---------------------------------------------------------------------------------


def code_of(secret: str, minutes: float = 0) -> str:
    return codes._machine(secret).generate(int(moment(minutes).at.timestamp())).decode()


@pytest.fixture
def authenticator(one: Actor) -> tuple[str, list[str]]:
    """Set up an hour ago: its secret, and the recovery codes."""
    sealed = factors.propose()
    secret = factors.proposed(sealed) or ""
    visit = inside(enter(minutes=-60), -60).visit_id
    assert secret not in sealed
    return secret, factors.set_up(one, visit, sealed, code_of(secret, -60), moment(-60))


def test_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # its ASCII secret; its codes' last six digits
    for at, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        instant = datetime.fromtimestamp(at, NOW.tzinfo)
        assert codes.step_of(secret, code, When(instant, instant)) == at // 30


def test_nothing_opens_before_the_code_and_each_is_taken_once(
    one: Actor, authenticator: tuple[str, list[str]]
) -> None:
    secret, _recovery = authenticator
    first, second = enter(), enter()
    assert inside(first).shows_factor and not inside(first).confirmed
    visit = inside(first).visit_id
    entering.show_code(one, visit, code_of(secret), moment())
    assert not inside(first).shows_factor and inside(first).confirmed
    again = inside(second).visit_id
    refused("code_wrong", lambda: entering.show_code(one, again, code_of(secret), moment()))
    earlier = code_of(secret, -0.5)  # within the window, and before the one that was taken
    refused("code_wrong", lambda: entering.show_code(one, again, earlier, moment()))
    entering.show_code(one, again, code_of(secret, 0.5), moment())


@pytest.mark.parametrize(("off", "fits"), [(-1, False), (-0.5, True), (0.5, True), (1, False)])
def test_a_clock_may_be_one_step_off(
    one: Actor, authenticator: tuple[str, list[str]], off: float, fits: bool
) -> None:
    visit, code = inside(enter()).visit_id, code_of(authenticator[0], off)
    if fits:
        entering.show_code(one, visit, code, moment())
    else:
        refused("code_wrong", lambda: entering.show_code(one, visit, code, moment()))


def test_a_code_shown_twice_at_once_is_taken_once(
    app: Flask, one: Actor, authenticator: tuple[str, list[str]]
) -> None:
    secret, recovery = authenticator
    for code in (code_of(secret), recovery[0]):
        two = [inside(enter()).visit_id for _ in range(2)]
        db.session.rollback()
        acts = [lambda v=v, c=code: entering.show_code(one, v, c, moment()) for v in two]
        assert at_once(app, acts) == ["code_wrong", "done"]


def test_a_password_does_not_reset_the_count_of_wrong_codes(
    one: Actor, authenticator: tuple[str, list[str]]
) -> None:
    for code in ["code_wrong"] * 4 + ["login_locked"]:
        visit = inside(enter()).visit_id  # the password is right, every time
        refused(code, lambda v=visit: entering.show_code(one, v, "000000", moment()))
    refused("login_locked", enter)


def test_recovery_codes_are_used_once_each_and_made_anew(
    one: Actor, authenticator: tuple[str, list[str]]
) -> None:
    _secret, recovery = authenticator
    assert len(set(recovery)) == 10
    for code in (recovery[0], recovery[1].upper().replace("-", " ")):
        entering.show_code(one, inside(enter()).visit_id, code, moment())
        visit = inside(enter()).visit_id
        refused("code_wrong", lambda v=visit, c=code: entering.show_code(one, v, c, moment()))
    fresh = factors.renew_codes(one, moment())
    visit = inside(enter()).visit_id
    refused("code_wrong", lambda: entering.show_code(one, visit, recovery[2], moment()))
    entering.show_code(one, visit, fresh[0], moment())
    assert tags("one").count("person.recovery_used") == 3


def test_what_is_kept_of_a_factor_opens_nothing(
    one: Actor, authenticator: tuple[str, list[str]]
) -> None:
    secret, recovery = authenticator
    raw = db.session.connection().exec_driver_sql("SELECT totp_secret FROM people").all()
    kept = db.session.connection().exec_driver_sql("SELECT code_hash FROM recovery_codes").all()
    told = f"{raw} {kept} " + " ".join(db.session.scalars(select(TrailEntry.line)))
    assert secret not in told and not any(code in told for code in recovery)
    assert len(kept) == 10 and all(row[0].startswith("$argon2id$") for row in kept)


def test_a_role_that_needs_a_factor_sets_one_up_and_keeps_it(court: Court) -> None:
    audit = court.who("audit")
    once = people.reset_password(court.who("admin"), audit.person_id, moment())
    found = inside(enter(once, login="audit"))
    assert found.must_change and found.sets_factor and not found.shows_factor
    sealed = factors.propose()
    refused("code_wrong", lambda: factors.set_up(audit, found.visit_id, sealed, "0", moment()))
    refused("factor_stale", lambda: factors.set_up(audit, found.visit_id, "k1:x", "0", moment()))
    code = code_of(factors.proposed(sealed) or "")
    factors.set_up(audit, found.visit_id, sealed, code, moment())
    with pytest.raises(NotAllowed):
        factors.remove(audit, moment())
    refused("duty", lambda: factors.reset(audit, audit.person_id, moment()))
    refused("factor_own", lambda: factors.reset(court.who("admin"), 1, moment()))
    factors.reset(court.who("admin"), audit.person_id, moment())
    refused("factor_missing", lambda: factors.reset(court.who("admin"), audit.person_id, moment()))
    assert inside(enter(once, login="audit")).sets_factor


def test_anybody_else_may_do_with_or_without(
    one: Actor, authenticator: tuple[str, list[str]]
) -> None:
    factors.remove(one, moment())
    assert not inside(enter()).shows_factor
    refused("factor_missing", lambda: factors.remove(one, moment()))
    refused("factor_missing", lambda: factors.renew_codes(one, moment()))


def test_a_certificate_is_a_factor(court: Court, one: Actor) -> None:
    admin = court.who("admin")
    refused("fingerprint", lambda: factors.set_certificate(admin, one.person_id, "abc", moment()))
    factors.set_certificate(admin, one.person_id, ":".join(["A1"] * 20), moment())
    two = court.who("two").person_id
    refused("fingerprint_taken", lambda: factors.set_certificate(admin, two, KEY, moment()))
    refused("not_corrected", lambda: factors.set_certificate(admin, one.person_id, KEY, moment()))
    assert not inside(enter(key=KEY)).shows_factor
    for other in ("", "b2" * 20):
        found = inside(enter(key=other))
        assert found.shows_factor and not found.has_code
    visit = found.visit_id
    refused("code_wrong", lambda: entering.show_code(one, visit, "000000", moment()))
    factors.set_certificate(admin, one.person_id, "", moment())
    assert not inside(enter()).shows_factor


# Confirmations, demo, races ---------------------------------------------------------------------


def test_a_confirmation_holds_ten_minutes_and_wants_what_entering_wants(
    one: Actor, authenticator: tuple[str, list[str]]
) -> None:
    secret, recovery = authenticator
    entry = enter()
    visit = inside(entry).visit_id
    entering.show_code(one, visit, code_of(secret), moment())
    assert inside(entry, 9.9).confirmed and not inside(entry, 10).confirmed

    def confirm(password: str, code: str) -> None:
        entering.confirm(one, visit, password, code, Door(), moment(11))

    refused("confirm_wrong", lambda: confirm("wrong", code_of(secret, 11)))
    refused("confirm_wrong", lambda: confirm(OWN, ""))
    refused("confirm_wrong", lambda: confirm(OWN, "000000"))
    confirm(OWN, code_of(secret, 11))  # the code beside the wrong password was not used up
    assert inside(entry, 12).confirmed
    confirm(OWN, recovery[0])


def test_the_count_of_wrong_confirmations_is_the_same_count(one: Actor) -> None:
    visit = inside(enter()).visit_id
    for code in ["confirm_wrong"] * 4 + ["login_locked"]:
        refused(code, lambda: entering.confirm(one, visit, "wrong", "", Door(), moment()))
    refused("login_locked", enter)


def test_an_identity_of_the_demo_owes_nothing(court: Court) -> None:
    entry = entering.enter_demo(court.who("admin").person_id, Door(), moment())
    found = inside(entry)
    assert found.demo and found.confirmed
    assert not (found.must_change or found.shows_factor or found.sets_factor)
    assert visits.look(entry.token, moment(20)) is Ending.IDLE


def test_a_login_and_a_version_are_given_once_though_asked_for_at_once(
    app: Flask, court: Court
) -> None:
    new = NewPerson("newcomer", "新来", "supervisor", None)
    doer, before = Doer("admin", "security_admin"), db.session.scalar(select(func.count(Person.id)))
    db.session.rollback()
    add = [lambda: people.add_people(court.id, [new], doer, moment()) for _ in range(4)]
    assert at_once(app, add) == ["done"] + ["login_taken"] * 3
    db.session.rollback()
    assert db.session.scalar(select(func.count(Person.id))) == (before or 0) + 1
    system = court.who("system")
    db.session.rollback()
    adopt = [lambda: policies.adopt(system, version(), moment()) for _ in range(4)]
    assert at_once(app, adopt) == ["done"] + ["version_taken"] * 3


def test_a_weak_password_says_by_which_numbers(one: Actor) -> None:
    visit = inside(enter()).visit_id
    with pytest.raises(Invalid, match=r"至少 10 个字符.* 3 类"):
        passwords.change(one, OWN, "short", visit, moment())
