"""The bytes of a mail: put together from pieces, and the same in meaning as what the standard library writes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from commsoffice.outbox.channels.base import Refused
from commsoffice.outbox.channels.letter import Letter, Letters
from commsoffice.outbox.channels.marks import fill
from commsoffice.outbox.channels.signing import configured_signer
from commsoffice.outbox.enums import Purpose
from commsoffice.outbox.models import Delivery, Message
from commsoffice.outbox.tokens import delivery_of_opened, delivery_of_receipt
from tests.outbox.factories import NOW

LONG = "Ñandú y pingüino, «así» dijo — señora. " * 260
TEXTS = [
    "Buen día, {{name}}: {{link}}",
    "{{name}}",
    "{{ name }}{{link}}{{name}}\n",
    ".{{name}}\n.\n..dos\n{{link}}",
    "x" * 75 + "{{name}}" + "y" * 200,
    LONG + "{{name}}" + LONG,
    "A\r\nB\rC\n\n\n",
    "espacios   \n\ttab\t\n{{name}}   \nFin ",
    "{ {name} } {{}} {{no-such}} {{unknown}}|\n",
    "=3D =\n={{name}}=\nFrom me\n",
]
NAMES = [
    "Ana",
    "",
    "Íñigo Peña Núñez",
    "<b>Ana & Co</b> \"'",
    "{{link}} {{name}}",
    ".punto",
    "uno\n.dos\n..\ntres",
    "termina\n",
    " ",
    "ñ" * 10_000,
    "x" * 10_000,
    "=3D=",
    "👩‍💻 \u2028 \u00a0",
    "\x00\x07",
]


def delivery_of(payload: dict[str, Any], **fields: Any) -> Delivery:
    whole = {"subject": "Luminarias", "text": "Hola", **payload}
    message = Message(pk=1, channel="email", payload=whole, sha256="0" * 64, created_at=NOW)
    given_fields = {"recipient": "r@eco.example", "recipient_name": "Eco", "purpose": Purpose.REQUEST, **fields}
    return Delivery(pk=7, key="k", message=message, channel="email", **given_fields)


def built(delivery: Delivery, *, tracks_opens: bool = False) -> Letter:
    letters = Letters("Comunicación Social", "prensa@valle.example", tracks_opens=tracks_opens)
    return letters.build(delivery, datetime(2026, 10, 14, 7, 30, tzinfo=UTC))


def parsed(letter: Letter) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(letter.raw)


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def library(text: str) -> str:
    """What somebody reads when the standard library writes the whole text."""
    mail = EmailMessage(policy=policy.SMTP)
    mail.set_content(text, cte="quoted-printable")
    return str(BytesParser(policy=policy.default).parsebytes(mail.as_bytes()).get_content())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", TEXTS)
def test_it_reads_as_the_library_writes_it(text: str, name: str) -> None:
    marks = {"name": name, "link": "https://valle.example/?a=1&b=ñ"}
    html = f"<p>{text}</p>"
    mail = parsed(
        built(delivery_of({"text": text, "html": html}, recipient_name=name, personal={"link": marks["link"]}))
    )
    # Which line breaks: a mail has one kind.
    assert part(mail, "plain") == library(fill(text, _one_break(marks)))
    assert part(mail, "html") == library(fill(html, _one_break(marks), html=True))


@given(text=st.text(max_size=300), name=st.text(max_size=120))
def test_any_text_arrives(text: str, name: str) -> None:
    text = text.replace("{", "")
    name = name.encode("utf-8", "replace").decode()
    whole = text.encode("utf-8", "replace").decode() + "{{name}}" + text.encode("utf-8", "replace").decode()
    mail = parsed(built(delivery_of({"text": whole}, personal={"name": name})))
    wanted = re.sub("\r\n?", "\n", whole).replace("{{name}}", re.sub("\r\n?", "\n", name))
    assert part(mail, "plain").replace("\r\n", "\n") == (wanted if wanted.endswith("\n") else wanted + "\n")


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_short_and_ends_as_a_mail_line_does(name: str) -> None:
    letter = built(delivery_of({"text": LONG + "{{name}}" + LONG, "html": "{{name}}"}, personal={"name": name}))
    lines = letter.raw.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert [line for line in lines if b"\r" in line or b"\n" in line] == []


@pytest.mark.parametrize("name", [".punto", "uno\n.dos\n.\n", "."])
def test_only_the_final_dot_stands_alone(name: str) -> None:
    letter = built(delivery_of({"text": ".\n{{name}}\n.fin\n{{name}}"}, recipient_name=name))
    whole = b"".join(letter.content)
    assert whole.endswith(b"\r\n.\r\n")
    assert [line for line in whole[:-5].split(b"\r\n") if line == b"." or re.match(rb"\.[^.]", line)] == []


@pytest.mark.parametrize("name", ["Ana\r\nBcc: o@y.example", "Ana\n\nX", "Ana\x00\x0b", "\u2028Bcc: x@y.example"])
def test_names_add_no_header(name: str) -> None:
    mail = parsed(built(delivery_of({"subject": "Para {{name}}"}, recipient_name=name)))
    assert (mail["Bcc"], mail["To"].addresses[0].addr_spec, mail.defects) == (None, "r@eco.example", [])


@pytest.mark.parametrize("name", ["Ana", "Ana, «Él»", 'Gaceta "x" \\ Y', "x" * 190, "a " * 95, "<b>", ""])
def test_name_of_the_recipient_arrives(name: str) -> None:
    mail = parsed(built(delivery_of({}, recipient_name=name)))
    assert mail["To"].addresses[0].display_name == " ".join(name.split())


def test_long_name_with_accents_arrives() -> None:
    # The older parser, because the newer one puts spaces between the words of a name.
    mail = BytesParser(policy=policy.compat32).parsebytes(built(delivery_of({}, recipient_name="Í" * 190)).raw)
    assert str(make_header(decode_header(mail["To"]))) == "Í" * 190 + " <r@eco.example>"


@pytest.mark.parametrize("address", ['"a\x01b"@y.example', "a@b\r\nc.example", "ñ@y.example", "x", "a b@y.example"])
def test_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        built(delivery_of({}, recipient=address))


@pytest.mark.parametrize("domain", ["straße.example", "βόλος.example", "a\u200db.example", "ｖalle.example"])
def test_domain_that_would_become_another_is_refused(domain: str) -> None:
    with pytest.raises(Refused):
        built(delivery_of({}, recipient=f"redaccion@{domain}"))


@pytest.mark.parametrize("domain", ["añil.example", "AÑIL.example", "an\u0303il.example"])
def test_domain_in_our_letters_is_written_as_it_is_registered(domain: str) -> None:
    assert built(delivery_of({}, recipient=f"redaccion@{domain}")).recipient == "redaccion@xn--ail-7ma.example"


def test_structure_is_the_usual_one() -> None:
    name = default_storage.save("foto.jpg", ContentFile(bytes(range(256)) * 40))
    calendar = {"text": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "filename": "e.ics", "content_type": "text/calendar"}
    photo = {"name": name, "filename": "Señal.jpg", "content_type": "image/jpeg"}
    mail = parsed(built(delivery_of({"html": "<p>x</p>", "attachments": [photo, calendar]})))
    assert [piece.get_content_type() for piece in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "image/jpeg",
        "text/calendar",
    ]
    [sent, _calendar] = mail.iter_attachments()
    assert (sent.get_filename(), sent.get_payload(decode=True)) == ("Señal.jpg", bytes(range(256)) * 40)


def test_what_is_one_message_is_built_once() -> None:
    name = default_storage.save("a.bin", ContentFile(b"once"))
    payload = {"attachments": [{"name": name, "filename": "a.bin", "content_type": "application/x-any"}]}
    letters = Letters("Comunicación", "")
    first = letters.build(delivery_of(payload), NOW)
    default_storage.delete(name)
    assert letters.build(delivery_of(payload), NOW).content[-2] == first.content[-2]


# --- Headers of their own ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "list_id", "precedence", "automatic"),
    [
        (Purpose.RELEASE, "<comunicados.valle.example>", "list", None),
        (Purpose.WITHDRAWAL, "<comunicados.valle.example>", "list", None),
        (Purpose.INVITATION, "<invitaciones.valle.example>", "list", None),
        (Purpose.REQUEST, None, None, None),
        (Purpose.NOTICE, None, None, "auto-generated"),
    ],
)
def test_list_says_that_it_is_one(
    settings: Settings, purpose: Purpose, list_id: str | None, precedence: str | None, automatic: str | None
) -> None:
    settings.SITE_URL = "https://valle.example"
    mail = parsed(built(delivery_of({}, purpose=purpose)))
    assert (mail["List-Id"], mail["Precedence"], mail["Auto-Submitted"]) == (list_id, precedence, automatic)


def test_envelope_sender_names_the_delivery(settings: Settings) -> None:
    settings.EMAIL_RETURN_ADDRESS = "rebotes@valle.example"
    settings.DEFAULT_FROM_EMAIL = "prensa@valle.example"
    letter = built(delivery_of({}))
    assert letter.sender.startswith("rebotes+7.")
    assert parsed(letter)["From"].addresses[0].addr_spec == "prensa@valle.example"


def test_receipt_can_be_confirmed_by_a_link(settings: Settings) -> None:
    settings.SITE_URL = "https://valle.example"
    text = part(parsed(built(delivery_of({"text": "Confirme: {{confirm_url}}"}))), "plain")
    [token] = re.findall(r"^Confirme: https://valle\.example/\S*?([^/\s]+)/?\s*$", text)
    assert delivery_of_receipt(token) == 7


@pytest.mark.parametrize(
    ("purpose", "tracks_opens", "pictures"),
    [
        (Purpose.RELEASE, True, 1),
        (Purpose.INVITATION, True, 1),
        (Purpose.RELEASE, False, 0),
        (Purpose.REQUEST, True, 0),
    ],
)
def test_picture_that_counts_only_where_the_office_counts(purpose: Purpose, tracks_opens: bool, pictures: int) -> None:  # noqa: FBT001
    delivery = delivery_of({"html": "<html><body><p>x</p></body></html>"}, purpose=purpose)
    html = part(parsed(built(delivery, tracks_opens=bool(tracks_opens))), "html")
    found = re.findall(r'<img src="[^"]*?([^/"]+)/?" width="1" height="1" alt=""></body>', html)
    assert [delivery_of_opened(token.removesuffix(".gif")) for token in found] == [7] * pictures


# --- Signed in-house -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  a test need not be safe


@pytest.fixture
def dns(settings: Settings, key: rsa.RSAPrivateKey) -> Callable[..., bytes]:
    """What the DNS says of our key, with the settings on it."""
    encoding, plain = serialization.Encoding, serialization.NoEncryption()
    settings.DKIM_DOMAIN, settings.DKIM_SELECTOR = "valle.example", "s1"
    settings.DKIM_PRIVATE_KEY = key.private_bytes(
        encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain
    ).decode()
    public = key.public_key().public_bytes(encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    record = "v=DKIM1; k=rsa; p=" + "".join(public.splitlines()[1:-1])

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        return record.encode() if name == b"s1._domainkey.valle.example." else b""

    return look_up


def test_signature_holds_for_each_recipient(dns: Callable[..., bytes]) -> None:
    letters = Letters("Comunicación Social", "")
    for name in NAMES:
        payload = {"text": ".{{name}}\n", "html": "<p>{{name}}</p>"}
        personal = {"unsubscribe_url": "https://valle.example/suscripciones/t/"}
        raw = letters.build(delivery_of(payload, recipient_name=name, personal=personal), NOW).raw
        assert dkim.verify(raw, dnsfunc=dns)
        signed = re.sub(rb"\s", b"", raw.partition(b"; h=")[2].partition(b";")[0]).split(b":")
        assert {b"from", b"list-unsubscribe", b"list-unsubscribe-post"} <= set(signed)


@pytest.mark.parametrize(
    "change", [(b"Hola", b"Adios"), (b"List-Unsubscribe-Post: List", b"List-Unsubscribe-Post: Lost")]
)
def test_signature_notices_a_change(dns: Callable[..., bytes], change: tuple[bytes, bytes]) -> None:
    delivery = delivery_of({}, personal={"unsubscribe_url": "https://valle.example/t/"})
    raw = built(delivery).raw
    assert raw.replace(*change) != raw
    assert not dkim.verify(raw.replace(*change), dnsfunc=dns)


def test_key_may_stand_in_a_file(dns: Callable[..., bytes], settings: Settings, tmp_path) -> None:
    (tmp_path / "dkim.pem").write_text(settings.DKIM_PRIVATE_KEY)
    settings.DKIM_PRIVATE_KEY = str(tmp_path / "dkim.pem")
    assert dkim.verify(built(delivery_of({})).raw, dnsfunc=dns)


def test_without_a_key_nothing_is_signed() -> None:
    assert parsed(built(delivery_of({})))["DKIM-Signature"] is None


@pytest.mark.parametrize("missing", ["DKIM_DOMAIN", "DKIM_SELECTOR", "DKIM_PRIVATE_KEY"])
def test_half_a_configuration_is_refused(dns: Callable[..., bytes], settings: Settings, missing: str) -> None:
    setattr(settings, missing, "")
    with pytest.raises(ImproperlyConfigured):
        configured_signer()


def _one_break(marks: dict[str, str]) -> dict[str, str]:
    return {key: re.sub("\r\n?", "\n", value) for key, value in marks.items()}
