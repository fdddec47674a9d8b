"""Does the invented court let its cases out by the gate?"""

from __future__ import annotations

import pytest

from linshu.demo import closings as demo
from linshu.services import requests
from linshu.store.cases import Request
from linshu.store.db import db
from tests.closings import TERMINATION
from tests.court import Court, at


@pytest.mark.parametrize(
    ("kind", "approver"), [(TERMINATION, "president"), (demo.FULL, "quick-lead")]
)
def test_its_people_report_review_and_approve(court: Court, kind: str, approver: str) -> None:
    (case_id,) = court.file_many(1, "2026-11-16", simple=True, filed="2026-08-03")
    assert demo.may_end(case_id, at("2026-11-23").on)
    assert not demo.may_end(case_id, at("2026-11-03").on)
    stint, when = court.stint(case_id), at("2026-11-23", 16)
    demo.report(court.who("quick"), court.who("president"), stint, kind, when)
    demo.review([court.who("centre")], when)
    report = db.session.query(Request).filter_by(kind="closing").one()
    assert report.status == "asked" and demo.is_closing(report)
    requests.approve(court.who(approver), report.id, "", when)
    assert court.case(case_id).closing_type == kind
