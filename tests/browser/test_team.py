"""Team in a real Chromium: wide and phone, light and dark; the chart is drawn; a case is submitted and signed by keys."""

from __future__ import annotations

import pytest

from remit import identity
from remit.actions import perform
from remit.domains.productivity.actions import OpenProductivityCase
from remit.domains.productivity.times import timed, typed
from remit.kit import clock
from remit.ladder.actions import TakeReading
from tests.browser.conftest import look, look_both_ways, press
from tests.support import web_cast as cast
from tests.web.test_team import sent

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def case(settled) -> str:  # type: ignore[no-untyped-def]
    """Alice's case, ready to be submitted, on messages of last week."""
    made, today = sent(settled, cast.ALICE, cast.WEST_ACCOUNT, 5), clock.today()
    times = typed("31\n28\n40\n26\n33", "before", today)
    times += tuple(
        timed(place, "with_ai", spent, "", "", str(one), today=today)
        for place, (one, spent) in enumerate(zip(made, ("9", "12", "7", "11", "10"), strict=True))
    )
    action = OpenProductivityCase(
        title="First messages", motion="outreach", method="Stop watch", observations=times
    )
    found = perform(identity.for_person(cast.ALICE.id, via="test"), action)
    for gate in ("S0-G1", "S0-G2", "S0-G3"):
        perform(identity.for_service("console", via="test"), TakeReading(gate=gate))
    return str(found.result["case_id"])  # type: ignore[union-attr]


def test_every_page_fits_and_is_accessible(open_as, case) -> None:  # type: ignore[no-untyped-def]
    page = open_as(cast.MANAGER, "/team")
    assert page.locator("#chart canvas").count() == 1
    for path in ("/team", "/team/use", "/team/cases", f"/team/cases/{case}", "/team/cases/new", "/ladder",
                 "/ladder/gates/S0-G1", "/ladder/gates/S0-G2", "/ladder/gates/S0-G3"):  # fmt: skip
        assert page.goto(path).status == 200, path
        look_both_ways(page)
    own = open_as(cast.ALICE, "/team")
    look_both_ways(own)
    own.goto("/team/cases/new")
    look_both_ways(own)


def test_a_case_is_submitted_and_signed_by_keys(open_as, case) -> None:  # type: ignore[no-untyped-def]
    page = open_as(cast.ALICE, f"/team/cases/{case}")
    press(page, "a")
    page.get_by_text("It waits for a manager who is not its owner.").wait_for()
    assert (
        page.get_by_text("sign", exact=False).locator("visible=true").filter(has_text="I have looked").count()
        == 0
    )
    theirs = open_as(cast.MANAGER, f"/team/cases/{case}")
    press(theirs, "a")
    theirs.get_by_text("The ladder counts it once a worker has measured it").wait_for()
    look(theirs)
