"""Steps of the journey: the event, its guests, its photographs."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import icalendar
from playwright.sync_api import FilePayload, expect

from tests.files.samples import camera_jpeg, mp4
from tests.journey.office import PATIENCE, RunningOffice, wait_until
from tests.journey.visitor import TELEPHONE, Visitor

EVENT = "Entrega de luminarias colonia El Mirador"
LIST = "Fuente de obra y servicios"

Window = Callable[..., Visitor]
# As the sandbox shows it.
Mail = dict[str, Any]


def sign_in(window: Window, office: RunningOffice, role: str, start: str = "/mesa/", **options: object) -> Visitor:
    """Sign in as a person opens the house: by asking for a page and being sent to the entrance."""
    person = window(**options)
    person.go(start)
    assert person.path == "/cuenta/entrar/"
    person.page.fill("#id_login", office.account(role))
    person.page.fill("#id_password", office.password)
    person.press("main button[type=submit]")
    assert person.path == start
    return person


def find_event(person: Visitor) -> str:
    """Find the event among those of today and open it; return its address."""
    person.look("hoy-al-empezar")
    person.press("nav a[href='/mesa/agenda/']")
    person.look("agenda")
    person.find("main a:visible", EVENT).first.click()
    expect(person.find("h1")).to_have_text(EVENT)
    person.look("evento-al-empezar")
    return person.path


def invite(person: Visitor, office: RunningOffice, event: str) -> None:
    """Invite the media of one list; the page says before what will happen."""
    person.go(event)
    person.press(f"main a[href='{event}invitar/']:visible >> nth=0")
    choose_list(person, LIST)
    by_email, by_hand = person.page.locator("aside .co-checks b").all_inner_texts()[:2]
    assert (by_email, by_hand) == ("7", "1")
    person.look("invitar")
    person.page.fill("#id_note", "Habrá recorrido por la calle Fresno con el director de Servicios Públicos.")
    person.press("aside form[method=post] button[type=submit]")
    assert person.path == event
    wait_until(lambda: len(office.sandbox.inbox()) >= 7, "seven e-mails")
    mails = office.sandbox.inbox()
    assert len(mails) == 7
    assert len({mail["recipients"][0] for mail in mails}) == 7
    for mail in mails:
        assert EVENT in mail["subject"]
        assert _calendar_event(person, office, mail)["SUMMARY"] == EVENT
    assert len({_personal_link(mail) for mail in mails}) == 7


def choose_list(person: Visitor, name: str) -> None:
    """Tick this list and no other; the page follows each tick by itself."""
    lines = person.page.locator("form[data-autosubmit] .form-check")
    for number in range(lines.count()):
        box, wanted = lines.nth(number).locator("input"), name in lines.nth(number).inner_text()
        if box.is_checked() != wanted:
            with person.page.expect_navigation():
                box.set_checked(wanted)


def _calendar_event(person: Visitor, office: RunningOffice, mail: Mail) -> icalendar.Event:
    file = next(attached for attached in mail["attachments"] if attached["type"] == "text/calendar")
    address = f"{office.sandbox.http_url}/inbox/{mail['number']}/parts/{file['part']}"
    calendar = icalendar.Calendar.from_ical(person.context.request.get(address).body())
    return calendar.events[0]


def _personal_link(mail: Mail) -> str:
    return next(word for word in mail["text"].split() if "/i/" in word and not word.endswith(".ics"))


def answer(window: Window, office: RunningOffice, head: Visitor, event: str) -> None:
    """A journalist opens the e-mail on a telephone and answers in one tap, without any account."""
    mail = office.sandbox.inbox()[0]
    journalist = window(size=TELEPHONE)
    journalist.go(_personal_link(mail))
    journalist.look("invitacion-personal")
    # Against forged posts, and nothing that would know a person again.
    assert {cookie["name"] for cookie in journalist.context.cookies()} <= {"csrftoken"}
    journalist.press("main button[name=r][value=si]")
    journalist.look("invitacion-contestada")
    head.go(event)
    guests = head.page.locator("section[aria-labelledby=h-inv] tbody tr")
    expect(guests).to_have_count(8)
    expect(guests.filter(has=head.page.locator(".co-state.is-done"))).to_have_count(1)
    head.look("evento-con-respuesta")


@dataclass(frozen=True)
class Taken:
    """What the camera made."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def shoot() -> list[Taken]:
    """Photographs of 12 and 24 megapixels with their place, and a film."""
    return [
        Taken("DSC_4412.JPG", camera_jpeg(4000, 3000)),
        Taken("DSC_4413.JPG", camera_jpeg(6000, 4000)),
        Taken("DSC_4419.JPG", camera_jpeg(4000, 3000, orientation=6)),
        Taken("MVI_0021.MP4", mp4(3)),
    ]


def upload(person: Visitor, event: str, taken: list[Taken]) -> str:
    """Upload everything from the page of the coverage and wait for the copies; return that page's address."""
    person.press("nav a[href='/mesa/cobertura/']")
    person.look("cobertura")
    person.find("main a:visible", EVENT).first.click()
    page = person.page
    expect(page.locator("form[data-upload]")).to_be_visible()
    coverage = person.path
    files: list[FilePayload] = [{"name": one.name, "mimeType": _mime(one.name), "buffer": one.data} for one in taken]
    # Choosing is enough: each file travels alone, and the page comes back when all have arrived.
    with page.expect_navigation(timeout=PATIENCE * 1000):
        page.set_input_files("form[data-upload] input[type=file]", files)
    assert person.path == coverage
    # The page asks by itself; nobody reloads.
    ready = page.locator("#archivos .co-frame img")
    expect(ready).to_have_count(len(taken), timeout=PATIENCE * 1000)
    person.look("cobertura-del-evento")
    return coverage


def _mime(name: str) -> str:
    return "video/mp4" if name.endswith(".MP4") else "image/jpeg"
