"""Steps of the journey: the text, its approval, what leaves, and what the media make of it."""

import datetime as dt
import hashlib
import io
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image
from playwright.sync_api import expect

from tests.journey.office import PATIENCE, ZONE, RunningOffice, found, today
from tests.journey.press import EVENT, LIST, Taken
from tests.journey.visitor import Visitor

TITLE = "Encienden 86 luminarias en El Mirador"
HIGHLIGHTS = ("La colonia estrena alumbrado en 14 calles", "El consumo de energía baja a la mitad")
LEAD = "El Gobierno de Valle de Amatista entregó 86 luminarias a las familias de la colonia El Mirador."
BODY, STRONG = "Las cuadrillas trabajaron nueve noches y cambiaron ", "once kilómetros de cable"
FACEBOOK, YOUTUBE = "Gobierno de Valle de Amatista", "Amatista TV"
PAGE, CHANNEL = "100000000000001", "UCsandboxAmatistaTV00001"


def draft(writer: Visitor, event: str) -> str:
    """Begin the release from the event and write it; return the address of its page at the desk."""
    writer.go(event)
    writer.press("main a[href^='/mesa/comunicados/nuevo/']:visible >> nth=0")
    writer.look("comunicado-nuevo")
    assert writer.page.input_value("#id_title") == EVENT
    writer.press("main form[method=post] button[type=submit]")
    release = writer.path.removesuffix("editar/")
    choose_photographs(writer, release)
    write(writer)
    writer.look("comunicado-editor")
    return release


def draft_short(writer: Visitor, title: str, embargo: dt.timedelta) -> str:
    """Write a few words that nobody may publish for a while; return the address of their page at the desk."""
    page = writer.page
    writer.go("/mesa/comunicados/nuevo/")
    page.fill("#id_title", title)
    writer.press("main form[method=post] button[type=submit]")
    page.fill("#id_lead", "Las bibliotecas abrirán hasta las ocho de la noche.")
    page.locator(".prose-editor [contenteditable=true]").click()
    page.keyboard.type("El horario empieza el lunes.")
    page.fill("#id_embargo_until", f"{dt.datetime.now(ZONE) + embargo:%Y-%m-%dT%H:%M}")
    return writer.path.removesuffix("editar/")


def choose_photographs(writer: Visitor, release: str) -> None:
    """Choose everything that came back from the event and put each photograph into words."""
    page = writer.page
    writer.press(f"main a[href='{release}fotos/']")
    offered = page.locator("section[aria-labelledby=h-event] input[name=add]")
    expect(offered).to_have_count(4)
    for number in range(4):
        offered.nth(number).check()
    writer.press("button[form=fotos]")
    for number in range(4):
        page.fill(f"#id_f-{number}-caption", f"Entrega de luminarias en la calle Fresno, toma {number + 1}")
        assert page.input_value(f"#id_f-{number}-credit") == "Efrén Tzompa Villar"
        alternative = page.locator(f"#id_f-{number}-alt_text")
        if alternative.count():
            alternative.fill(_alternative(number))
    writer.look("comunicado-fotos")
    writer.press("button[form=fotos]")
    assert writer.path == f"{release}editar/"


def _alternative(number: int) -> str:
    return f"Vecinas y vecinos miran encenderse una luminaria, toma {number + 1}"


def write(writer: Visitor) -> None:
    """Write the words and say where they go."""
    page = writer.page
    page.fill("#id_title", TITLE)
    page.fill("#id_highlights", "\n".join(HIGHLIGHTS))
    page.fill("#id_lead", LEAD)
    page.locator(".prose-editor [contenteditable=true]").click()
    page.keyboard.type(BODY)
    page.keyboard.press("Control+b")
    page.keyboard.type(STRONG)
    page.keyboard.press("Control+b")
    page.keyboard.type(".")
    for name, wanted in (("lists", {LIST}), ("accounts", {FACEBOOK, YOUTUBE})):
        boxes = page.locator(f".form-check:has(input[name={name}])")
        assert boxes.count() >= len(wanted)
        for number in range(boxes.count()):
            label = boxes.nth(number).inner_text()
            boxes.nth(number).locator("input").set_checked(any(label.startswith(start) for start in wanted))


def submit(writer: Visitor, release: str) -> None:
    """Ask for the signature. Whoever wrote it has no button to give it."""
    writer.press("button[name=submit][form=texto]")
    assert writer.path == f"{release}editar/"
    writer.look("comunicado-en-revision")
    expect(writer.page.locator("form[action$='/autorizar/'], a[href*='/admin/']")).to_have_count(0)
    with writer.expecting_refusal():
        writer.go("/admin/")
        expect(writer.page.locator("a[href*='/admin/pressreleases/']")).to_have_count(0)


def approve(director: Visitor) -> str:
    """Read the release in the admin as it will look and approve it; return its folio."""
    page = director.page
    director.look("admin-portada")
    director.press("a[href='/admin/pressreleases/release/'] >> nth=0")
    director.look("admin-comunicados")
    director.press("#result_list a", TITLE)
    article = page.locator("article")
    expect(article.locator("h1")).to_have_text(TITLE)
    for words in (*HIGHLIGHTS, LEAD, f"{BODY}{STRONG}."):
        expect(article).to_contain_text(words)
    expect(article.locator("strong", has_text=STRONG)).to_have_count(1)
    expect(article.locator("figure img")).to_have_count(3)
    expect(article.locator("video")).to_have_count(1)
    director.look("admin-comunicado")
    director.press("form[action$='/autorizar/'] button[type=submit]")
    folio = f"BOL-{today().year}-0001"
    expect(page.locator("main, #content").first).to_contain_text(folio)
    return folio


def watch_deliveries(director: Visitor) -> None:
    """The panel shows each outcome without a reload; what a person must do waits for a person."""
    page = director.page
    page.evaluate("window.notReloaded = true")
    panel = page.locator("section[id^=deliveries-]")
    expect(panel.locator("progress")).to_have_attribute("value", "10", timeout=PATIENCE * 1000)
    for words in ("Facebook", "YouTube"):
        expect(panel.locator("li.is-done, li.is-running", has_text=words)).to_have_count(1)
    expect(panel.locator("li.is-late, li.is-unknown, li.is-blocked")).to_have_count(0)
    expect(panel.locator("li.is-due")).to_have_count(1)
    assert page.evaluate("window.notReloaded") is True
    director.look("admin-comunicado-enviado")


@dataclass(frozen=True)
class Copies:
    """What the newsroom serves, fetched over HTTP."""

    # Token and alternative text of each, in their order.
    photos: dict[str, str]
    video: str


def read_newsroom(reader: Visitor, folio: str) -> Copies:
    """Anybody reads the release and its photographs; the copies say nothing of the place."""
    reader.go("/")
    reader.look("publico-portada")
    reader.find("main a", TITLE).first.click()
    expect(reader.find("h1")).to_have_text(TITLE)
    expect(reader.page.locator("main")).to_contain_text(folio)
    reader.look("publico-comunicado")
    pictures = reader.page.locator("main figure img[src*='/archivos/']")
    photos = {_token(picture.get_attribute("src")): picture.get_attribute("alt") or "" for picture in pictures.all()}
    assert len(set(photos.values())) == 3
    for token in photos:
        copy = reader.context.request.get(f"{reader.site}/archivos/{token}/full/")
        assert copy.status == 200
        exif = Image.open(io.BytesIO(copy.body())).getexif()
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        assert dict(exif.get_ifd(ExifTags.IFD.GPSInfo)) == {}
        assert ExifTags.Base.BodySerialNumber not in inner
        assert ExifTags.Base.MakerNote not in inner
    film = _token(reader.page.locator("main video source").first.get_attribute("src"))
    return Copies(photos, film)


def _token(address: str | None) -> str:
    return found(r"/archivos/([0-9a-f-]{36})/", address)


def look_outside(office: RunningOffice, reader: Visitor, copies: Copies) -> None:
    """What is live outside is what the office says that it sent, once each."""

    def served(token: str, name: str) -> str:
        answer = reader.context.request.get(f"{reader.site}/archivos/{token}/{name}/")
        return hashlib.sha256(answer.body()).hexdigest()

    mails = [mail for mail in office.sandbox.inbox() if mail["subject"].endswith(TITLE) or TITLE in mail["subject"]]
    assert len(mails) == 7
    assert len({mail["recipients"][0] for mail in mails}) == 7
    for mail in mails:
        for words in (LEAD, *HIGHLIGHTS, f"{BODY}{STRONG}"):
            assert words in " ".join(mail["text"].split())
    posts = office.sandbox.posts(PAGE)
    assert len(posts) == 1
    assert posts[0]["message"].startswith(TITLE)
    assert [photo["sha256"] for photo in posts[0]["photos"]] == [served(token, "press") for token in copies.photos]
    assert [photo["alt_text"] for photo in posts[0]["photos"]] == list(copies.photos.values())
    videos = office.sandbox.videos(CHANNEL)
    assert [(video["title"], video["privacyStatus"], video["sha256"]) for video in videos] == [
        (TITLE, "public", served(copies.video, "video"))
    ]


def compare_originals(photographer: Visitor, copies: Copies, taken: list[Taken]) -> None:
    """The staff's originals are byte for byte what the camera made."""
    kept = set()
    for token in (*copies.photos, copies.video):
        answer = photographer.context.request.get(f"{photographer.site}/mesa/fotos/{token}/original/")
        assert answer.status == 200
        kept.add(hashlib.sha256(answer.body()).hexdigest())
    assert kept == {one.sha256 for one in taken}


def record_call(head: Visitor, release: str) -> None:
    """Somebody called the one medium without e-mail and writes down that it was told."""
    head.go(release)
    head.press("section[id^=deliveries-] a[href*='/mesa/envios/de/']")
    head.look("envios-del-comunicado")
    head.press("main tr:has(.is-due) a.btn")
    head.look("envio-por-telefono")
    head.press("button[name=outcome][value=confirmed]")
    head.go("/mesa/envios/")
    head.look("envios")


def record_clipping(monitor: Visitor, event: str) -> None:
    """The monitor found the story in a newspaper."""
    monitor.go(event)
    monitor.press("main a[href^='/mesa/sintesis/nueva/']:visible >> nth=0")
    page = monitor.page
    page.select_option("#id_outlet", index=1)
    page.fill("#id_title", "El Mirador ya tiene luz")
    page.fill("#id_url", "https://cuarzodiario.example/el-mirador-ya-tiene-luz")
    page.fill("#id_published_on", today().isoformat())
    monitor.look("sintesis-registrar")
    monitor.press("main form[method=post] button[type=submit]")
    monitor.go("/mesa/sintesis/")
    monitor.look("sintesis")


def look_at_today(head: Visitor) -> list[tuple[str, str]]:
    """Open Hoy and return the steps of the event: (name, kind), each with its evidence a tap away."""
    head.go("/mesa/")
    row = head.page.locator(".co-row", has_text=EVENT)
    steps = row.locator(".co-step")
    expect(steps).to_have_count(6)
    head.look("hoy-al-terminar")
    return [_step(steps.nth(number)) for number in range(6)]


def _step(step: Any) -> tuple[str, str]:
    kind = found(r"\bis-(\w+)", step.get_attribute("class"))
    return step.locator(".co-step__name").inner_text(), kind


def follow_evidence(head: Visitor) -> None:
    """The first step names who confirmed the event; each of the others leads to the page that proves it."""
    row = head.page.locator(".co-row", has_text=EVENT)
    expect(row.locator(".co-step").first.locator(".co-step__who")).not_to_be_empty()
    addresses = [link.get_attribute("href") for link in row.locator(".co-step a").all()]
    assert len(addresses) == 5
    for address in addresses:
        answer = head.page.goto(f"{head.site}{address}")
        assert answer is not None
        assert answer.status == 200
