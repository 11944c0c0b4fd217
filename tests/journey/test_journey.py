"""The main job, from end to end, as people do it: one browser, the real office, the simulated outside."""

import pytest

from tests.journey import citizens, press, releases
from tests.journey.office import RunningOffice
from tests.journey.press import Window
from tests.journey.visitor import TELEPHONE

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.xdist_group("office")]

AREA = "Servicios Públicos"


def test_a_day_of_the_office(office: RunningOffice, window: Window) -> None:
    head = press.sign_in(window, office, "Head of press")
    event = press.find_event(head)
    press.invite(head, office, event)
    press.answer(window, office, head, event)

    taken = press.shoot()
    photographer = press.sign_in(window, office, "Photographer", size=TELEPHONE)
    press.upload(photographer, event, taken)

    writer = press.sign_in(window, office, "Writer")
    release = releases.draft(writer, event)
    releases.submit(writer, release)

    director = press.sign_in(window, office, "Director", start="/admin/")
    folio = releases.approve(director)
    releases.watch_deliveries(director)

    reader = window(size=TELEPHONE)
    copies = releases.read_newsroom(reader, folio)
    releases.look_outside(office, reader, copies)
    releases.compare_originals(photographer, copies, taken)
    releases.record_call(head, release)

    citizen, link = citizens.file_request(window, office)
    desk = press.sign_in(window, office, "Citizen desk", start="/mesa/atencion/")
    request = citizens.route(desk, AREA)
    citizens.answer_request(press.sign_in(window, office, "Area liaison"), request)
    citizens.follow(citizen, link, AREA)

    releases.record_clipping(press.sign_in(window, office, "Press monitor"), event)
    steps = releases.look_at_today(head)
    assert [kind for _name, kind in steps] == ["done"] * 6
    releases.follow_evidence(head)
