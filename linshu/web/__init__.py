"""What do people see? Each screen parses, calls one service, renders; the guard is at the door."""

from typing import Any

from flask import Flask, Response, current_app, request
from flask import session as cookie
from flask_babel import Babel
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from sqlalchemy import select

from linshu.rules.duties import ROLE_ZH, Duty, Role
from linshu.rules.policy import PolicyFault
from linshu.rules.stages import Stage
from linshu.services import policies
from linshu.services.actor import Actor
from linshu.services.errors import Refused
from linshu.store import writer
from linshu.store.db import db
from linshu.store.people import Court, Team
from linshu.web import (
    absences,
    alerts,
    archiving,
    asked,
    batches,
    calendar,
    care,
    cases,
    changes,
    closing,
    confirm,
    desk,
    errors,
    factor,
    filters,
    findings,
    guard,
    imports,
    inspections,
    intake,
    limits,
    list_export,
    logging,
    measures,
    money,
    moves,
    navigation,
    nodes,
    orders,
    overrides,
    overview,
    packs,
    paper_templates,
    papers,
    parties,
    pauses,
    personal,
    picking,
    points,
    policy,
    property,
    proxy,
    readings,
    recomputes,
    requests,
    seals,
    search,
    searches,
    supervision,
    team,
    trail,
    trial_link,
    visits,
)
from linshu.web import people as people_screen
from linshu.web import session as session_screen
from linshu.web.clock import when
from linshu.web.words import short, word

SCREENS = (
    session_screen,
    factor,
    confirm,
    visits,
    overrides,
    overview,
    intake,
    desk,
    alerts,
    team,
    cases,
    care,
    search,
    personal,
    list_export,
    changes,
    closing,
    parties,
    packs,
    papers,
    measures,
    searches,
    batches,
    picking,
    findings,
    pauses,
    requests,
    absences,
    supervision,
    nodes,
    orders,
    archiving,
    moves,
    points,
    money,
    property,
    trial_link,
    trail,
    readings,
    seals,
    imports,
    policy,
    paper_templates,
    calendar,
    recomputes,
    inspections,
    people_screen,
)
LANGUAGES = ("zh", "en")
CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Hangs the screens, the guard, the languages and the headers on the application."""
    writer.use_algorithm(app.config["LINSHU_HASH"])
    logging.init_app(app)
    asked.init_app(app)
    CSRFProtect(app)
    Babel(app, locale_selector=language)
    Htmx(app)
    proxy.init_app(app)
    limits.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    guard.init_app(app)
    visits.init_app(app)
    confirm.init_app(app)
    app.after_request(_headers)
    app.context_processor(_context)
    for screen in SCREENS:
        app.register_blueprint(screen.bp)


def language() -> str:
    """The language of this request: the one switched to, else Chinese."""
    chosen = cookie.get("language", LANGUAGES[0])
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure or current_app.config["LINSHU_HTTPS"]:
        response.headers["Strict-Transport-Security"] = HSTS
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _context() -> dict[str, Any]:
    """What every page needs: court, navigation, who is here, language."""
    common: dict[str, Any] = {"language": language(), "soon_days": 0, "nav": []}
    common["court"] = _court()
    if not current_user.is_authenticated:
        return common
    who: Actor = current_user.actor
    owes = bool(visits.owed(current_user.inside))  # then nothing else is offered
    return common | {
        "owes": owes,
        "nav": [] if owes else navigation.offered(who),
        "user_label": _label(who),
        "user_name": who.name,
        "watermark": f"{who.name} {who.login} {when().at:%Y-%m-%d %H:%M}",
        "soon_days": _soon_days(who),
        "may": who.may,
        "Duty": Duty,
        "Stage": Stage,
    }


def _court() -> str:
    """Whose house this is: the court of whoever has entered, else the first."""
    session = db.session()
    if current_user.is_authenticated:
        court = session.get(Court, current_user.actor.court_id)
    else:
        court = session.scalars(select(Court).order_by(Court.id).limit(1)).first()
    return word(short(court.name)) if court else _("临沭")


def _label(who: Actor) -> str:
    place = db.session.get(Team, who.team_id) if who.team_id else None
    role = word(ROLE_ZH[Role(who.role)])
    return f"{word(place.name)} · {role}" if place else role


def _soon_days(who: Actor) -> int:
    try:
        return policies.in_force(who, when()).soon_days
    except (Refused, PolicyFault):
        return 0
