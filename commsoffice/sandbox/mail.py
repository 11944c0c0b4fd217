"""Messages that the mail server took: what is in them."""

import hashlib
import re
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path

from commsoffice.sandbox.store import Record, Store


def parse(path: Path) -> EmailMessage:
    """Read a stored message."""
    with path.open("rb") as source:
        return BytesParser(policy=policy.default).parse(source)


def _text_of(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    charset = part.get_content_charset("utf-8")
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(charset, "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def payload_of(part: MIMEPart) -> bytes:
    """Return the decoded bytes of a part; a message within the message is written out whole."""
    if part.get_content_maintype() == "message":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, MIMEPart) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def parts_of(message: EmailMessage) -> list[MIMEPart]:
    """Return all parts that are no bare container, numbered by their place in the list."""
    return [part for part in message.walk() if not part.is_multipart()]


def keep(store: Store, content: bytes, *, sender: str, recipients: list[str], peer: str, user: str | None) -> Record:
    """Store a message as it came and write down what is in it."""
    number = store.count("mail") + 1
    path = store.path("mail", f"{number}.eml")
    path.write_bytes(content)
    message = parse(path)
    body_text, body_html = message.get_body(("plain",)), message.get_body(("html",))
    attachments = []
    for index, part in enumerate(parts_of(message)):
        # A part in the body's place is the body; with a file's name or a content id it is a file as well.
        if part is body_text or part is body_html:
            continue
        data = payload_of(part)
        attachments.append(
            {
                "part": index,
                "name": part.get_filename() or f"parte-{index}",
                "type": part.get_content_type(),
                "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "content_id": str(part.get("Content-ID", "")).strip("<>"),
            }
        )
    record = {
        "number": number,
        "sender": sender,
        "recipients": recipients,
        "peer": peer,
        "user": user,
        "at": store.now(),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "message_id": str(message.get("Message-ID", "")),
        "from": str(message.get("From", "")),
        "to": str(message.get("To", "")),
        "cc": str(message.get("Cc", "")),
        "subject": str(message.get("Subject", "")),
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": _text_of(body_text),
        "html": _text_of(body_html),
        "attachments": attachments,
    }
    store.put("mail", str(number), record)
    return record


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def links_of(record: Record) -> list[str]:
    """Return each web address in a message once, in order."""
    parser = _Links()
    parser.feed(record["html"])
    parser.close()
    found = [*parser.found, *re.findall(r"https?://[^\s<>\"')\]]+", record["text"])]
    return list(dict.fromkeys(link for link in found if link.startswith(("http://", "https://"))))


def html_for_frame(record: Record) -> str:
    """Return the HTML part with its links opening outside the frame and its inline pictures served from here."""
    html = str(record["html"])
    for attachment in record["attachments"]:
        if attachment["content_id"]:
            address = f"/inbox/{record['number']}/parts/{attachment['part']}"
            html = html.replace(f"cid:{attachment['content_id']}", address)
    return f'<base target="_blank">{html}'
