"""What goes wrong on a real day, with the whole office running: nothing is lost, and the page says what happened."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.journey import citizens, press, releases
from tests.journey.office import RunningOffice, wait_until
from tests.journey.press import Window
from tests.journey.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.xdist_group("office")]

LATER_EVENT = "Inicio de construcción de aula en secundaria"
FIVE = "Cinco medios"


def test_a_form_posted_twice_is_one_request(office: RunningOffice, window: Window) -> None:
    citizen = window()
    citizens.write_request(citizen, "doble.envio@correo.example")
    first, second = citizen.post_twice("main form[method=post]")
    assert "/atencion/gracias/" in first
    assert second == first
    folio = citizen.go(first).inner_text("#folio")
    wait_until(lambda: office.sandbox.inbox("doble.envio@correo.example"), "the e-mail with the folio")
    citizens.write_request(citizen, "otra.persona@correo.example")
    citizen.press("main form button[type=submit]")
    assert _number(citizen.page.inner_text("#folio")) == _number(folio) + 1
    assert len(office.sandbox.inbox("doble.envio@correo.example")) == 1


def _number(folio: str) -> int:
    return int(folio.rpartition("-")[2])


def test_a_release_begun_twice_is_one_draft(office: RunningOffice, window: Window) -> None:
    writer = press.sign_in(window, office, "Writer")
    writer.go("/mesa/comunicados/nuevo/")
    writer.page.fill("#id_title", "Aviso de cierre de la calle Encino")
    first, second = writer.post_twice("main form[method=post]")
    assert first.endswith("/editar/")
    assert second == first
    writer.go("/mesa/comunicados/")
    expect(writer.page.locator("main a", has_text="Aviso de cierre de la calle Encino")).to_have_count(1)


def test_without_redis_pages_answer_and_what_is_filed_leaves_later(office: RunningOffice, window: Window) -> None:
    citizen = window()
    citizens.write_request(citizen, "sin.redis@correo.example")
    with office.without("redis"):
        citizen.press("main form button[type=submit]")
        expect(citizen.page.locator("#folio")).to_be_visible()
        citizen.go("/")
        expect(citizen.page.locator("h1, h2").first).to_be_visible()
    # The supervisor starts it again, and the sweep of each minute finds what nobody was woken for.
    wait_until(lambda: office.sandbox.inbox("sin.redis@correo.example"), "the e-mail with the folio", 240)
    assert len(office.sandbox.inbox("sin.redis@correo.example")) == 1


def test_one_refused_recipient_of_five_is_said_and_the_others_get_theirs(office: RunningOffice, window: Window) -> None:
    head = press.sign_in(window, office, "Head of press")
    addresses = _list_of_five(office, head)
    head.go(f"/mesa/buscar/?q={LATER_EVENT}")
    head.press("main tbody a", LATER_EVENT)
    event = head.path
    office.sandbox.fault("smtp", "refuse_recipient", match={"recipient": addresses[2]}, times=None)
    head.press(f"main a[href='{event}invitar/']:visible >> nth=0")
    press.choose_list(head, FIVE)
    head.press("aside form[method=post] button[type=submit]")
    head.press("a[href*='/mesa/envios/de/']")
    ledger = head.page.locator("main tbody")
    wait_until(lambda: head.page.reload() and ledger.locator(".is-todo").count() == 0, "five outcomes")
    refused = ledger.locator("tr", has=head.page.locator(".co-state.is-late"))
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("550")
    head.look("envios-con-un-rechazo")
    invited = [mail["recipients"][0] for mail in office.sandbox.inbox() if LATER_EVENT in mail["subject"]]
    assert sorted(invited) == addresses[:2] + addresses[3:]
    office.sandbox.clear_faults()


def _list_of_five(office: RunningOffice, head: Visitor) -> list[str]:
    """Make a list of five media with e-mail; return their addresses."""
    head.go("/mesa/medios/listas/nueva/")
    page = head.page
    page.fill("#id_name", FIVE)
    for box in page.locator("input[name=contacts]").all()[:5]:
        box.check()
    head.press("main form[method=post] button[type=submit]")
    return sorted(re.findall(r"[\w.-]+@[\w-]+\.example", head.page.inner_text("main")))


def test_an_approved_text_that_is_edited_goes_back_to_review(office: RunningOffice, window: Window) -> None:
    writer = press.sign_in(window, office, "Writer")
    release = releases.draft_short(writer, "Amplían el horario de las bibliotecas", dt.timedelta(days=2))
    writer.press("button[name=submit][form=texto]")
    director = press.sign_in(window, office, "Director", start="/admin/")
    review = release.replace("/mesa/comunicados/", "/admin/pressreleases/release/")
    director.go(f"{review}change/")
    director.press(f"form[action='{review}autorizar/'] button[type=submit]")
    expect(
        director.page.locator("section[id^=deliveries-] li.is-blocked, section[id^=deliveries-] li.is-todo")
    ).not_to_have_count(0)

    writer.go(f"{release}editar/")
    writer.page.fill("#id_lead", "Las bibliotecas abrirán hasta las nueve de la noche.")
    writer.find(".co-actions button[form=texto]").click()
    writer.press("#confirm button[value=yes]")
    writer.look("comunicado-de-vuelta-en-revision")

    director.go(f"{review}change/")
    expect(director.page.locator(f"form[action='{review}autorizar/']")).to_have_count(1)
    director.go(release.replace("/mesa/comunicados/", "/mesa/envios/de/pressreleases.release/"))
    left = director.page.locator("main tbody tr")
    expect(left).not_to_have_count(0)
    expect(left.filter(has=director.page.locator(".co-state.is-waived"))).to_have_count(left.count())
