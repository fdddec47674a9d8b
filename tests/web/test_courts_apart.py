"""Does anybody see or change anything of another court that lives in the same database?"""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from linshu.rules.duties import DUTIES, Duty, Role
from tests.court import Court
from tests.web import other_court
from tests.web.other_court import CODE, MARK, OtherCourt
from tests.web.test_doors import SEATS, everything, rules
from tests.web.visits import entered, said

#: What lists and searches are asked for: half of what would be found, so that an echo is none.
ASKED = {"q": MARK[:2], "person": MARK[:2], "case": f"（2026）{CODE}执1号", "page": "1"}


@pytest.fixture
def other(app: Flask, court: Court) -> OtherCourt:
    return other_court.founded(app)


def foreign(app: Flask, rule: Rule, other: OtherCourt) -> str | None:
    """An address that names something of the other court; None where it names no row."""
    words = {"verb": "approve", "look": "capped", "state": "off", "key": "fine", "seq": 1}
    words |= {"version": 0, "act": "answer"}
    named = rule.arguments & set(other.behind)
    unknown = rule.arguments - set(other.behind) - set(words)
    assert not unknown or not named, (rule, "other_court.py lacks one of these", unknown)
    if not named:
        return None
    with app.test_request_context():
        behind = words | other.behind
        return app.url_for(rule.endpoint, **{name: behind[name] for name in rule.arguments})


def test_what_is_another_courts_is_not_found(app: Flask, court: Court, other: OtherCourt) -> None:
    met, before = 0, everything()
    for role, login in SEATS.items():
        if role is Role.DORMANT_KEEPER:
            continue  # nobody has that seat in the court of the tests
        visitor = entered(app, court, login)
        token = visitor.token()
        for method in ("GET", "POST"):
            for rule in rules(app, method):
                url = foreign(app, rule, other)
                if url is None:
                    continue
                fields = {**token, "reason": "理由", "seq": "2", "to": "1", "role": "executor"}
                fields |= {"team": "速执团队", "text": "字", "decision": "simple", "name": "甲"}
                asked = visitor.ask(url) if method == "GET" else visitor.send(url, fields)
                allowed = {403, 404}
                if rule.endpoint == "alerts.read_one":
                    allowed |= {303}  # marks nothing, and says nothing about whose it is
                assert asked.status_code in allowed, (role, method, url, asked.status_code)
                assert MARK not in said(asked), (role, method, url)
                met += 1
    assert met > 300 and everything() == before


def test_what_is_another_courts_cannot_be_brought_here(
    app: Flask, court: Court, other: OtherCourt
) -> None:
    """A case of one's own, with an action, a party or a pause of the other court."""
    case_id = court.file_many(1, "2026-11-02", simple=True)[0]
    visitor, before = entered(app, court, "quick"), everything()
    for rule in rules(app, "GET"):
        if "case_id" in rule.arguments and len(rule.arguments & set(other.behind)) > 1:
            with app.test_request_context():
                behind = other.behind | {"case_id": case_id, "key": "fine"}
                url = app.url_for(rule.endpoint, **{name: behind[name] for name in rule.arguments})
            assert visitor.ask(url).status_code == 404, rule
    for person in other_court.people_of(other.id):
        given = {"seq": court.stint(case_id).seq, "to": person}
        lead = entered(app, court, "quick-lead")
        assert lead.post(f"/team/assign/{case_id}", given).status_code in (403, 404, 422)
    assert everything() == before


def test_no_list_shows_anything_of_another_court(
    app: Flask, court: Court, other: OtherCourt
) -> None:
    for role, login in SEATS.items():
        if role is Role.DORMANT_KEEPER:
            continue
        visitor = entered(app, court, login)
        for rule in rules(app, "GET"):
            if rule.arguments:
                continue
            for query in ({}, ASKED, {**ASKED, "team": str(other.behind["team_id"]), "q": "1"}):
                page = said(visitor.ask(rule.rule, query_string=query))
                assert MARK not in page, (role, rule, query)
                assert f"{CODE}执2号" not in page, (role, rule, query)


def test_the_three_administrators_exclude_each_other() -> None:
    """三员分立: who manages reads no audit, who reads the audit manages nobody; none has cases."""
    system, security, audit = (
        DUTIES[role] for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
    )
    everybody = {Duty.READ_POLICY, Duty.READ_PEOPLE}
    assert not (system & security) - everybody
    assert not (system & audit) - everybody and not (security & audit) - everybody
    managing = {duty for duty in Duty if duty.startswith(("manage_", "change_"))}
    audits = {Duty.READ_TRAIL, Duty.READ_COURT_TRAIL, Duty.READ_READINGS}
    assert managing and not managing & audit and not audits & (system | security)
    cases = frozenset().union(*(DUTIES[role] for role in Role if role not in ADMINISTRATORS))
    working = cases - everybody - audits - managing - OF_THE_COURT
    assert working > {Duty.READ_CASES, Duty.RECORD, Duty.APPROVE, Duty.READ_POINTS}
    assert not working & (system | security | audit)


ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
#: What touches the court as a whole and shows no case.
OF_THE_COURT = {duty for duty in Duty if "recompute" in duty or "inspect" in duty}
