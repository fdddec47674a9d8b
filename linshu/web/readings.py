"""查阅记录: who opened which case, searched for whom, took away what, from where?

The audit administrator sees who looked how, when and from where, and neither which case nor for
whom: none of the administrators sees into cases (domain.md § 4).
"""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from linshu.rules.duties import Duty
from linshu.rules.looks import KINDS_ZH, Kind
from linshu.services.actor import Actor
from linshu.store import readings
from linshu.store.db import db
from linshu.store.lists import Page
from linshu.store.readings import COUNTED, Asked, Found
from linshu.web import looking
from linshu.web.clock import today
from linshu.web.guard import actor, allow
from linshu.web.trail import RECENT, SearchForm, logins
from linshu.web.words import choices, word

bp = Blueprint("readings", __name__)

FIELDS = ("person", "case", "kind", "since", "until")


class LookForm(SearchForm):
    """By person, case, kind of look and date."""

    tag = None
    kind = SelectField(_l("方式"), default="")

    def asks(self, who: Actor) -> Asked:
        """What is searched for, within what this person may know."""
        said = (self.person.data or "").strip()
        chain = self.chain if _sees_cases(who) else None
        return Asked(
            logins(who, said) if said else None,
            readings.case_of(db.session(), who.court_id, chain) if chain else None,
            Kind(self.kind.data) if self.kind.data else None,
            self.since.data,
            self.until.data,
        )


def _sees_cases(who: Actor) -> bool:
    return who.may(Duty.READ_CASES)


@bp.get("/readings")
@allow(Duty.READ_READINGS, reads=Kind.READINGS)
def page() -> str:
    """The looks asked for, the latest first; the last thirty days before anything is asked."""
    who, form, asked = actor(), _form(), Asked()
    found: Page[Found] = Page((), 0, 1)
    if form.validate():
        asked = form.asks(who)
        found = readings.search(db.session(), who.court_id, asked, request.args.get("page", 1, int))
    looking.tell(asked.case_id or None)
    return render_template(
        "readings/page.html",
        form=form,
        page=found,
        sees_cases=_sees_cases(who),
        counted=COUNTED,
        kind=lambda key: word(KINDS_ZH[Kind(key)]),
        told=_told,
    )


def _form() -> LookForm:
    asked = any(name in request.args for name in FIELDS)
    form = LookForm(formdata=request.args if asked else None, since=today() - RECENT)
    if asked:
        form.since.data = form.since.data if request.args.get("since") else None
    named = ((str(key), word(KINDS_ZH[key])) for key in Kind)
    form.kind.choices = choices([("", _("全部")), *named])
    return form


def _told(words: str) -> str:
    """What was looked for; the words of a list of ours in the reader's language."""
    return " · ".join(word(part) for part in words.split(" · "))
