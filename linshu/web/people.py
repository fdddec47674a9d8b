"""人员团队: who is there, in which team, and which teams take cases?"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from linshu.rules.duties import ROLE_ZH, Duty
from linshu.rules.stages import TeamKind
from linshu.rules.transitions import undecided
from linshu.services import factors, people
from linshu.services.errors import NotFound, Refused
from linshu.services.people import NewPerson
from linshu.store import queries
from linshu.store.cases import Stint
from linshu.store.db import db
from linshu.store.people import Person, Team
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, options, spoken, word

bp = Blueprint("people", __name__)
Answer = str | Response | tuple[str, int]


class PlaceForm(FlaskForm):
    """Role, team, and whether somebody may enter."""

    role = SelectField(_l("角色"), choices=options(ROLE_ZH))
    team = SelectField(_l("团队"), validate_choice=False)
    active = BooleanField(_l("在用"), default=True)


class AddForm(PlaceForm):
    """Somebody new."""

    login = StringField(_l("登录名"), [InputRequired(), Length(max=40)])
    name = StringField(_l("姓名"), [InputRequired(), Length(max=40)])
    active = None


class CertificateForm(FlaskForm):
    """The fingerprint of a UKey's client certificate."""

    certificate = StringField(_l("UKey 证书指纹"), [Length(max=128)])


def _choices(form: PlaceForm) -> PlaceForm:
    names = [team.name for team in _teams() if not TeamKind(team.kind).is_post]
    form.team.choices = choices([("", _("无")), *((name, word(name)) for name in names)])
    return form


def _teams() -> list[Team]:
    query = select(Team).where(Team.court_id == actor().court_id).order_by(Team.id)
    return list(db.session.scalars(query))


@bp.get("/people")
@allow(Duty.READ_PEOPLE)
def page() -> str:
    """People and teams; empty teams and posts are flagged, and what was set aside."""
    return _page(_choices(AddForm()))


def _page(form: PlaceForm, one_time: tuple[str, str] | None = None) -> str:
    who, session = actor(), db.session()
    found = session.scalars(
        select(Person).where(Person.court_id == who.court_id).order_by(Person.id)
    )
    return render_template(
        "people/page.html",
        people=list(found),
        teams=_teams(),
        names={team.id: team.name for team in _teams()},
        loads={state.id: state.load for state in queries.team_states(session, who.court_id)},
        empty=queries.empty_team_ids(session, who.court_id),
        aside=_aside(),
        form=form,
        one_time=one_time,
        posts=[str(kind) for kind in TeamKind if kind.is_post],
    )


def _aside() -> list[tuple[str, Any]]:
    """Cases set aside: how many, since when and why; not which, for administrators see no cases."""
    query = select(Stint.set_aside_code, Stint.set_aside_on).where(
        Stint.court_id == actor().court_id,
        Stint.ended_on.is_(None),
        Stint.set_aside_on.is_not(None),
    )
    found = db.session.execute(query.order_by(Stint.set_aside_on))
    return [(spoken(undecided(code)), on) for code, on in found]


@bp.post("/people")
@allow(Duty.MANAGE_PEOPLE, confirmed=True)
def add() -> Answer:
    """Adds somebody; the one-time password is shown once."""
    form = _choices(AddForm())
    if not form.validate_on_submit():
        return _page(form), 422
    new = NewPerson(form.login.data, form.name.data, form.role.data, form.team.data or None)
    try:
        password = people.add_person(actor(), new, when())
    except Refused as refusal:
        form.form_errors = [*form.form_errors, spoken(refusal)]
        return _page(form), 422
    return _page(_choices(AddForm(formdata=None)), (new.login, password))


def _person(person_id: int) -> Person:
    found = db.session.get(Person, person_id)
    if found is None or found.court_id != actor().court_id:
        raise NotFound()
    return found


@bp.get("/people/<int:person_id>")
@allow(Duty.MANAGE_PEOPLE)
def change(person_id: int) -> str:
    """The form that changes somebody's place."""
    person = _person(person_id)
    team = db.session.get(Team, person.team_id) if person.team_id else None
    form = PlaceForm(role=person.role, team=team.name if team else "", active=person.active)
    return _change(person, _choices(form))


def _change(person: Person, form: PlaceForm, key: CertificateForm | None = None) -> str:
    key = key or CertificateForm(formdata=None, certificate=person.certificate)
    own = person.id == actor().person_id
    return render_template("people/change.html", person=person, form=form, key=key, own=own)


@bp.post("/people/<int:person_id>")
@allow(Duty.MANAGE_PEOPLE, confirmed=True)
def changed(person_id: int) -> Answer:
    """Changes role, team, and whether somebody may enter."""
    person, form = _person(person_id), _choices(PlaceForm())
    if form.validate_on_submit():
        place = (form.role.data, form.team.data or None, bool(form.active.data))
        try:
            people.change_person(actor(), person_id, *place, when())
        except Refused as refusal:
            if refusal.status == 403:
                raise
            form.form_errors = [*form.form_errors, spoken(refusal)]
        else:
            flash(_("已变更。"), "success")
            return redirect(url_for("people.page"), 303)
    return _change(person, form), 422


@bp.post("/people/<int:person_id>/factor")
@allow(Duty.MANAGE_PEOPLE, confirmed=True)
def reset_factor(person_id: int) -> Response:
    """Clears an authenticator that was lost."""
    factors.reset(actor(), person_id, when())
    flash(_("已清除动态验证码。"), "success")
    return redirect(url_for("people.change", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/certificate")
@allow(Duty.MANAGE_PEOPLE, confirmed=True)
def certificate(person_id: int) -> Answer:
    """Enters the fingerprint of a UKey's certificate, or takes it away."""
    person, form = _person(person_id), CertificateForm()
    if form.validate_on_submit():
        try:
            factors.set_certificate(actor(), person_id, form.certificate.data or "", when())
        except Refused as refusal:
            if refusal.status == 403:
                raise
            form.certificate.errors = [spoken(refusal)]
        else:
            flash(_("已变更。"), "success")
            return redirect(url_for("people.change", person_id=person_id), 303)
    team = db.session.get(Team, person.team_id) if person.team_id else None
    place = PlaceForm(
        formdata=None, role=person.role, team=team.name if team else "", active=person.active
    )
    return _change(person, _choices(place), form), 422


@bp.post("/people/<int:person_id>/reset")
@allow(Duty.MANAGE_PEOPLE, confirmed=True)
def reset(person_id: int) -> str:
    """A new one-time password, shown once."""
    person = _person(person_id)
    password = people.reset_password(actor(), person_id, when())
    return _page(_choices(AddForm(formdata=None)), (person.login, password))


@bp.post("/teams/<int:team_id>/<state>")
@allow(Duty.MANAGE_TEAMS)
def switch_team(team_id: int, state: str) -> Response:
    """Switches a team on or off; its cases stay where they are."""
    if state not in ("on", "off"):
        raise NotFound()
    people.switch_team(actor(), team_id, state == "on", when())
    flash(_("已启用。") if state == "on" else _("已停用。"), "success")
    return redirect(url_for("people.page"), 303)
