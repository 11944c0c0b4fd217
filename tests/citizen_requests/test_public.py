"""What a citizen opens."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import Settings

from citizen_requests import actions
from citizen_requests.enums import RequestState, StepKind
from citizen_requests.models import CitizenRequest
from commsoffice.accounts.models import User
from commsoffice.files.actions import process
from commsoffice.outbox.models import Delivery
from tests.citizen_requests.factories import NOW, AreaFactory, CategoryFactory, LocalityFactory, filed

pytestmark = pytest.mark.django_db

FORM = "/atencion/"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def jpeg(name: str = "IMG_juana.jpg") -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (640, 480), "navy").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def post(client: Client, **changes: Any):
    data = {
        "submission_key": uuid4(),
        "kind": CategoryFactory.create().key,
        "description": "La lámpara lleva tres noches apagada.",
        "locality": LocalityFactory.create().pk,
        "address": "Privada Jacaranda 8",
        "email": "juana.xalpan@correo.example",
        **changes,
    }
    return client.post(FORM, {name: value for name, value in data.items() if value is not None})


def status_of(client: Client, url: str) -> int:
    """Ask, and read to the end what the answer may hold open."""
    response = client.get(url)
    b"".join(response)
    return response.status_code


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_filing_leads_to_the_folio(client: Client):
    response = post(client)
    request = CitizenRequest.objects.get()
    assert response.url == f"/atencion/gracias/{request.token}/"
    page = client.get(response.url).content.decode()
    assert request.folio in page
    assert f"/atencion/seguimiento/{request.token}/" in page


def test_back_and_again_is_the_same_folio(client: Client):
    key = uuid4()
    assert post(client, submission_key=key).url == post(client, submission_key=key).url


def test_a_photograph_is_kept_without_its_telling_name(client: Client):
    post(client, photos=jpeg())
    assert list(CitizenRequest.objects.get().photos.values_list("asset__filename", "is_solution")) == [
        ("foto-1.jpg", False)
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [("vacia.jpg", b""), ("informe.jpg", b"%PDF-1.7\n" + b"x" * 900), ("rota.jpg", b"\xff\xd8\xff\xe0" + b"x" * 300)],
)
def test_a_bad_file_is_refused_beside_the_field_and_the_words_stay(client: Client, name: str, content: bytes):
    response = post(client, photos=SimpleUploadedFile(name, content, "image/jpeg"))
    assert (response.status_code, list(errors(response))) == (422, ["photos"])
    page = response.content.decode()
    assert "La lámpara lleva tres noches apagada." in page
    assert "Privada Jacaranda 8" in page
    assert CitizenRequest.objects.count() == 0


def test_too_heavy_a_photograph_loses_nothing(client: Client, settings: Settings):
    settings.PHOTO_MAX_BYTES = 1000
    response = post(client, photos=SimpleUploadedFile("g.jpg", b"\xff\xd8\xff\xe0" + b"x" * 5000, "image/jpeg"))
    assert (response.status_code, list(errors(response))) == (422, ["photos"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "juana@correo.example\nBcc: todos@correo.example"}, "email"),
        ({"email": "juana"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": "llámame mañana"}, "phone"),
        ({"name": "J" * 10_000}, "name"),
        ({"description": ""}, "description"),
        ({"description": "x" * 10_000}, "description"),
        ({"address": ""}, "address"),
        ({"locality": ""}, "locality"),
        ({"kind": ""}, "category"),
        ({"kind": "no-existe"}, "category"),
        ({"submission_key": "1"}, "submission_key"),
        ({"website": "https://spam.example"}, "website"),
        ({"description": "a\x00b"}, "description"),
    ],
)
def test_a_wrong_field_says_so_and_nothing_is_kept(client: Client, changes: dict[str, Any], field: str):
    response = post(client, **changes)
    assert (response.status_code, list(errors(response)), CitizenRequest.objects.count()) == (422, [field], 0)


def test_a_point_is_as_good_as_a_street(client: Client):
    post(client, address="", latitude="20.123456", longitude="-99.5")
    request = CitizenRequest.objects.get()
    assert (str(request.latitude), str(request.longitude)) == ("20.12346", "-99.50000")


@pytest.mark.parametrize("point", [("91", "0"), ("NaN", "0"), ("20", ""), ("x", "y"), ("1e400", "2")])
def test_an_impossible_point_is_no_point(client: Client, point: tuple[str, str]):
    post(client, latitude=point[0], longitude=point[1])
    assert CitizenRequest.objects.get().latitude is None


def test_a_category_may_need_no_place(client: Client):
    CategoryFactory.create(key="C20", name="Información de trámite", needs_place=False)
    assert post(client, kind="C20", address="", locality="").status_code == 302


def test_another_thing_comes_from_the_list(client: Client):
    other = CategoryFactory.create(key="C17", name="Ruido", icon="")
    post(client, kind="other", category=other.pk)
    assert CitizenRequest.objects.get().category == other


def test_script_is_shown_as_text(client: Client):
    token = post(client, description="<script>alert(1)</script>").url.split("/")[-2]
    page = client.get(f"/atencion/seguimiento/{token}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_eleven_in_an_hour_are_too_many(client: Client, settings: Settings):
    settings.REQUESTS_PER_HOUR = 2
    assert [post(client).status_code for _ in range(3)] == [302, 302, 429]


def test_a_stopped_redis_stops_nobody(client: Client, settings: Settings):
    settings.CACHES = {
        "default": {
            **settings.CACHES["default"],
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    settings.REQUESTS_PER_HOUR = 1
    assert [post(client).status_code for _ in range(3)] == [302, 302, 302]


def test_what_another_proxy_claims_is_not_believed(client: Client, settings: Settings):
    settings.REQUESTS_PER_HOUR = 1
    settings.PROXY_COUNT = 1
    seen = [
        client.post(
            "/atencion/seguimiento/", {"folio": "x", "email": "a@b.example"}, headers={"X-Forwarded-For": f"{n}, 9"}
        )
        for n in range(2)
    ]
    assert [response.context["sent"] for response in seen] == [True, False]


def test_the_page_of_a_link_stays_out_of_search_and_caches(client: Client):
    response = client.get(reverse("requests:tracking", args=[filed().token]))
    assert [response[name] for name in ("X-Robots-Tag", "Referrer-Policy", "Cache-Control")] == [
        "noindex, nofollow",
        "same-origin",
        "private, no-store",
    ]


def test_an_unknown_link_is_nothing(client: Client):
    assert client.get("/atencion/seguimiento/abc/").status_code == 404


def test_the_tracking_page_names_nobody(client: Client, citizen_desk: User):
    request = filed()
    actions.route(request, AreaFactory.create(), by=citizen_desk, now=NOW, note="Nota interna")
    actions.add_note(request, text="Otra nota interna", by=citizen_desk, now=NOW)
    actions.answer(request, text="Cambiaron el foco.", by=citizen_desk, now=NOW)
    page = client.get(reverse("requests:tracking", args=[request.token])).content.decode()
    hidden = ["Juana", "juana.xalpan", "0141", citizen_desk.name, "ota interna"]
    assert [word for word in hidden if word in page] == []
    assert "Servicios Públicos" in page
    assert "Cambiaron el foco." in page


def answered(citizen_desk: User) -> CitizenRequest:
    return actions.answer(filed(), text="Ya quedó.", by=citizen_desk, now=NOW)


@pytest.mark.parametrize(("word", "state"), [("si", RequestState.CLOSED), ("no", RequestState.REOPENED)])
def test_only_the_person_says_whether_it_is_solved(client: Client, citizen_desk: User, word: str, state: RequestState):
    request = answered(citizen_desk)
    for _ in range(2):
        client.post(reverse("requests:verdict", args=[request.token]), {"r": word})
    request.refresh_from_db()
    assert (request.state, request.steps.count()) == (state, 3)


def test_opening_the_link_decides_nothing(client: Client, citizen_desk: User):
    request = answered(citizen_desk)
    assert client.get(reverse("requests:verdict", args=[request.token])).status_code == 405


def test_a_verdict_too_early_changes_nothing(client: Client):
    request = filed()
    client.post(reverse("requests:verdict", args=[request.token]), {"r": "si"})
    request.refresh_from_db()
    assert request.state == RequestState.RECEIVED


def test_a_message_becomes_a_step(client: Client):
    request = filed()
    client.post(reverse("requests:message", args=[request.token]), {"text": "Ahora son dos."})
    assert request.steps.get(kind=StepKind.MESSAGE).public_text == "Ahora son dos."


def test_an_empty_message_is_refused(client: Client):
    response = client.post(reverse("requests:message", args=[filed().token]), {"text": " "})
    assert response.status_code == 422


def test_a_lost_link_goes_to_the_address_of_the_folio_alone(client: Client):
    request = filed()
    client.post("/atencion/seguimiento/", {"folio": request.folio.lower(), "email": "JUANA.xalpan@correo.example"})
    links = [delivery.personal["link"] for delivery in Delivery.objects.filter(subject_version__startswith="link")]
    assert links == [f"http://localhost:8000/atencion/seguimiento/{request.token}/"]


@pytest.mark.parametrize("email", ["juana.xalpan@correo.example", "otro@correo.example"])
def test_the_page_never_says_whether_a_folio_exists(client: Client, email: str):
    request = filed()
    texts = set()
    for folio in (request.folio, "AC-2026-999999"):
        response = client.post("/atencion/seguimiento/", {"folio": folio, "email": email})
        texts.add((response.status_code, response.context["sent"], request.token in response.content.decode()))
    assert texts == {(200, True, False)}


def test_a_photograph_is_seen_by_its_link_only(client: Client):
    post(client, photos=jpeg())
    request = CitizenRequest.objects.get()
    asset = request.photos.get().asset
    process(asset.pk)
    other = filed()
    address = reverse("requests:photo", args=[request.token, asset.token, "small"])
    stolen = reverse("requests:photo", args=[other.token, asset.token, "small"])
    public = f"/archivos/{asset.token}/small/"
    assert [status_of(client, url) for url in (address, stolen, public)] == [200, 404, 404]


def test_without_an_address_the_page_says_that_it_is_the_only_place(client: Client):
    page = client.get(post(client, email="").url)
    assert page.context["wrote"] is False


def test_the_privacy_notice_opens(client: Client):
    assert client.get("/atencion/privacidad/").status_code == 200


def test_no_host_of_a_stranger_in_the_letters():
    filed()
    assert Path(Delivery.objects.get().personal["link"]).parts[1] == "localhost:8000"


@pytest.mark.parametrize("path", ["seguimiento/%00/", "gracias/%00/", "seguimiento/no%20existe/"])
def test_a_link_that_could_not_be_ours_is_not_found(client: Client, path: str):
    assert client.get(f"/atencion/{path}").status_code == 404


def test_words_with_a_nul_are_kept_without_it(client: Client, citizen_desk: User):
    request = actions.answer(filed(), text="Ya quedó.", by=citizen_desk, now=NOW)
    client.post(reverse("requests:verdict", args=[request.token]), {"r": "no", "text": "Sigue\x00 igual"})
    assert request.steps.get(kind=StepKind.REOPENED).public_text == "Sigue igual"
