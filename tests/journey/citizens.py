"""Steps of the journey: a citizen asks, the desk routes and answers."""

import re

from playwright.sync_api import FilePayload, expect

from tests.files.samples import camera_jpeg
from tests.journey.office import RunningOffice, wait_until
from tests.journey.press import Mail, Window
from tests.journey.visitor import TELEPHONE, Visitor

NAME, EMAIL, PHONE = "Vecina Ficticia Olmo", "vecina.olmo@correo.example", "000 000 0177"
WORDS = "Tres luminarias apagadas desde el lunes; de noche no se ve la banqueta."
ANSWER = "La cuadrilla cambió los tres focos y revisó el cableado de la calle."


def write_request(citizen: Visitor, email: str = EMAIL) -> None:
    """Fill in the public form, with a photograph."""
    citizen.go("/atencion/")
    page = citizen.page
    page.locator("[data-choices] label.btn", has_text="Luminaria").click()
    page.fill("#id_description", WORDS)
    page.select_option("#id_locality", index=1)
    page.fill("#id_address", "Calle Fresno 14, frente al kínder")
    photo: FilePayload = {"name": "IMG_0007.JPG", "mimeType": "image/jpeg", "buffer": camera_jpeg(4000, 3000)}
    page.set_input_files("#id_photos", photo)
    page.fill("#id_name", NAME)
    page.fill("#id_email", email)
    page.fill("#id_phone", PHONE)


def file_request(window: Window, office: RunningOffice) -> tuple[Visitor, str]:
    """File a request from a telephone, without an account; return the citizen and the link of the e-mail."""
    citizen = window(size=TELEPHONE)
    write_request(citizen)
    citizen.look("atencion-formulario")
    citizen.press("main form button[type=submit]")
    folio = citizen.page.inner_text("#folio")
    assert re.fullmatch(r"AC-\d{4}-000001", folio)
    citizen.look("atencion-folio")
    mail = wait_until(lambda: office.sandbox.inbox(EMAIL), "the e-mail with the folio")[0]
    assert folio in mail["subject"]
    return citizen, _tracking_link(mail)


def _tracking_link(mail: Mail) -> str:
    return next(word for word in mail["text"].split() if "/atencion/seguimiento/" in word)


def route(desk: Visitor, area: str) -> str:
    """Open what came in and send it to an area; return its address."""
    desk.look("atencion-bandeja")
    desk.press("main tbody a.co-folio")
    page = desk.page
    expect(page.locator("main")).to_contain_text(NAME)
    expect(page.locator("main figure img")).to_have_count(1)
    desk.look("atencion-solicitud")
    page.select_option("form[action$='/turnar/'] select", label=area)
    desk.press("form[action$='/turnar/'] button[type=submit]")
    return desk.path


def answer_request(liaison: Visitor, request: str) -> None:
    """The area accepts what is its own and answers. It doesn't learn who asked."""
    liaison.go(request)
    for secret in (NAME, EMAIL, PHONE):
        expect(liaison.page.locator("main")).not_to_contain_text(secret)
    liaison.press("form[action$='/aceptar/'] button[type=submit]")
    liaison.page.fill("form[action$='/contestar/'] textarea", ANSWER)
    liaison.press("form[action$='/contestar/'] button[type=submit]")
    liaison.look("atencion-contestada")


def follow(citizen: Visitor, link: str, area: str) -> None:
    """The link of the e-mail shows each step and nobody's data; the person says that it is solved."""
    citizen.go(link)
    text = citizen.page.content()
    for secret in (NAME, EMAIL, PHONE):
        assert secret not in text
    steps = citizen.page.locator(".co-track")
    expect(steps).to_contain_text(area)
    expect(steps).to_contain_text(ANSWER)
    citizen.look("atencion-seguimiento")
    citizen.press("button[name=r][value=si]")
    citizen.look("atencion-cerrada")
