"""The pages on which a person sees the network."""

import io
import json
import re
import smtplib
from email.message import EmailMessage

import facebook
import pytest

from commsoffice.sandbox import seed
from tests.sandbox.conftest import PAGE, Call, png
from tests.sandbox.process import SandboxProcess

SCRIPT = "<script>alert(1)</script>"
DIALOG = f"/facebook/dialog/oauth?client_id={seed.APP_ID}&redirect_uri=http://localhost/"
CONSENT = (
    f"/google/o/oauth2/v2/auth?client_id={seed.GOOGLE_CLIENT_ID}&redirect_uri=http://localhost/&response_type=code"
    "&scope=https://www.googleapis.com/auth/youtube"
)
ADDRESSES = ["/", f"/facebook/{PAGE}/", f"/youtube/{seed.CHANNEL_ID}/", "/inbox/", "/mailbox/", DIALOG, CONSENT]


def send(sandbox: SandboxProcess, html: str = "<p>Hola</p>") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@medio.example", "b@medio.example", f"Asunto {SCRIPT}"
    mail.set_content("Responda en http://localhost:8000/i/abc/ por favor")
    mail.add_alternative(html, subtype="html")
    mail.add_attachment(SCRIPT.encode(), maintype="text", subtype="html", filename="página.html")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=60) as client:
        client.send_message(mail)


def text(http: Call, path: str) -> str:
    answer, body = http("GET", path)
    assert answer.status == 200
    return str(body.decode())


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_page_says_that_it_is_simulated(http: Call, path: str):
    words = re.sub(r"<[^>]+>", "", text(http, path))
    assert "Red simulada: nada sale de esta máquina" in words


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_page_has_a_strict_policy_and_nothing_inline(http: Call, path: str):
    answer, body = http("GET", path)
    policy = answer.headers["Content-Security-Policy"]
    inline = re.search(r"<script|<style|style=|\son\w+=", body.decode())
    assert ("default-src 'none'" in policy, "unsafe" in policy, inline) == (True, False, None)


def test_a_post_is_shown_with_its_photos(graph: facebook.GraphAPI, http: Call):
    key = graph.put_photo(io.BytesIO(png()), album_path=f"{PAGE}/photos", published="false")["id"]
    graph.put_object(PAGE, "feed", message=f"Con foto {SCRIPT}", attached_media=json.dumps([{"media_fbid": key}]))
    page = text(http, f"/facebook/{PAGE}/")
    photo = http("GET", f"/facebook/photos/{key}")[1]
    assert (f"/facebook/photos/{key}" in page, SCRIPT in page, photo) == (True, False, png())


def test_a_message_is_shown_with_its_links(sandbox: SandboxProcess, http: Call):
    send(sandbox)
    page = text(http, "/inbox/1/")
    assert ('href="http://localhost:8000/i/abc/"' in page, SCRIPT in page) == (True, False)


def test_a_returned_message_is_listed_and_may_be_had(sandbox: SandboxProcess, http: Call):
    uid = sandbox.deliver(b"Subject: Devuelto\r\n\r\nNo existe")
    listed = f'<a href="/mailbox/{uid}/original">Devuelto</a>' in text(http, "/mailbox/")
    assert (listed, http("GET", f"/mailbox/{uid}/original")[1]) == (True, b"Subject: Devuelto\r\n\r\nNo existe")


def test_the_html_of_a_message_is_caged(sandbox: SandboxProcess, http: Call):
    send(sandbox, SCRIPT)
    answer, _ = http("GET", "/inbox/1/html")
    policy = answer.headers["Content-Security-Policy"]
    assert ("default-src 'none'" in policy, "sandbox allow-popups" in policy, "script" in policy) == (True, True, False)


def test_an_attached_page_is_downloaded_and_not_shown(sandbox: SandboxProcess, http: Call):
    send(sandbox)
    part = sandbox.inbox()[0]["attachments"][0]["part"]
    answer, body = http("GET", f"/inbox/1/parts/{part}")
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"].split(";")[0], body) == (
        "application/octet-stream",
        "attachment",
        SCRIPT.encode(),
    )


def test_a_fault_is_switched_on_by_form(sandbox: SandboxProcess, http: Call):
    answer, _ = http("POST", "/fallas/", {"fault": "graph.throttle", "times": "3", "recipient": ""})
    faults = [(fault["service"], fault["fault"], fault["times"]) for fault in sandbox.state()["faults"]]
    assert (answer.status, faults) == (303, [("graph", "throttle", 3)])


def test_the_forms_fault_may_be_for_one_recipient(sandbox: SandboxProcess, http: Call):
    form = {"fault": "smtp.refuse_recipient", "times": "always", "recipient": "b@medio.example"}
    http("POST", "/fallas/", form)
    assert sandbox.state()["faults"][0]["match"] == {"recipient": r"b@medio\.example"}
    assert "destinatario: b@medio.example<" in text(http, "/")


def test_a_fault_that_is_none_is_told(http: Call):
    answer, _ = http("POST", "/fallas/", {"fault": "graph.volcano", "times": "1"})
    assert "Esa falla no existe" in text(http, answer.headers["Location"])


def test_faults_are_taken_away_by_form(sandbox: SandboxProcess, http: Call):
    sandbox.fault("graph", "throttle")
    http("POST", "/fallas/quitar/", {})
    assert sandbox.state()["faults"] == []


def test_the_network_is_emptied_by_form(sandbox: SandboxProcess, graph: facebook.GraphAPI, http: Call):
    graph.put_object(PAGE, "feed", message="Se borra")
    http("POST", "/vaciar/", {})
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    "path", ["/facebook/1/", "/youtube/UCnobody/", "/inbox/99/", "/mailbox/99/original", "/facebook/photos/1"]
)
def test_what_is_not_there_is_404(http: Call, path: str):
    assert http("GET", path)[0].status == 404


@pytest.mark.parametrize("path", ["/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml"])
def test_only_static_files_are_served(http: Call, path: str):
    assert http("GET", path)[0].status == 404
