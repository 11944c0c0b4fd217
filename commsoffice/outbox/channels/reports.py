"""What a message of the return mailbox is: a report (RFC 3464), a reader's complaint that his provider passes on
(RFC 5965), an automatic answer (RFC 3834), or a person's mail.

Nothing in it is believed but two proofs that it is about a mail of ours: the signed return address that it came to
or that the report names, and the Message-ID that the report carries. An address of a recipient proves nothing:
anybody may write it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from commsoffice.outbox.channels.verp import delivery_of_return_address
from commsoffice.outbox.enums import ReturnKind
from commsoffice.outbox.masking import mask, without_addresses
from commsoffice.outbox.statuses import status_in

# Letters of a diagnosis that are kept, and of a header that are looked at.
_LONGEST = 300
_LONGEST_HEADER = 5_000
# Letters of a text without structure that are looked at.
_LOOKED_AT = 200_000
_PARTS = 200
_DEEPEST = 5
_FEEDBACK = "message/feedback-report"
_ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "Original-Recipient")
_NAMES_OURS = ("In-Reply-To", "References")
# As channels.letter writes them: the delivery's number and a signature of 16 digits.
_MESSAGE_ID = re.compile(r"<(\d{1,18})\.([0-9a-f]{16})@[^<>@\s]{1,255}>")
_ROBOTS = re.compile(r"(?i)^(mailer-daemon|postmaster|mail-daemon|maildaemon|mmdf)$")
# A refusal as servers write it: 550 5.1.1 …, 550-5.1.1 …, 554 …
_REFUSAL = re.compile(r"(?<!\d)(5\d\d)[ -](?:#?(5\.\d{1,3}\.\d{1,3})[ :]?)?[^\r\n]{0,200}")
# What a reader means who presses «spam»; the last two are of the time before the standard. The other types (fraud,
# virus, not-spam, auth-failure) are no wish to be left alone: people look at them.
_COMPLAINTS = frozenset({"abuse", "opt-out", "opt-out-list"})
_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "bulk", "junk", "list"})


@dataclass(frozen=True, slots=True)
class Returned:
    """What one message says. The proofs are checked by whoever knows the deliveries."""

    kind: ReturnKind
    # Enhanced status; "5.0.0" for a failure that gives none.
    status: str = ""
    # The server's words, short, without addresses and secrets.
    answer: str = ""
    # By the signed return address: already proven.
    delivery_id: int | None = None
    # By Message-ID: (delivery, the 16 digits), each still to be compared with the delivery's own.
    named: tuple[tuple[int, str], ...] = ()


def read(content: bytes) -> Returned:
    """Say what a message is. Never raises: what can't be read is left to people."""
    try:
        return _read(message_from_bytes(content))
    except Exception:  # noqa: BLE001  whoever writes to us decides what is in it; the parser has many ways to give up
        return Returned(ReturnKind.OTHER)


def _read(mail: Message) -> Returned:
    delivery_id = _proven(mail)
    if mail.get_content_type() == "multipart/report" and (parts := _parts_of_kind(mail, {_FEEDBACK})):
        return _feedback(mail, parts[0], delivery_id)
    if mail.get_content_type() == "multipart/report" or _status_parts(mail):
        return _report(mail, delivery_id)
    if _is_robot(mail):
        return _without_structure(mail, delivery_id)
    named = _ids("\n".join(_header(mail, name) for name in _NAMES_OURS))
    kind = ReturnKind.AUTO_REPLY if _is_automatic(mail) else ReturnKind.OTHER
    return Returned(kind, delivery_id=delivery_id, named=named)


# --- Reports ------------------------------------------------------------------------------------------


def _report(mail: Message, delivery_id: int | None) -> Returned:
    named = _of_original(mail)
    blocks = [block for part in _status_parts(mail) for block in _blocks(part)]
    by_action = {action: block for block in reversed(blocks) if (action := _action(block))}
    for action, kind in (("failed", ReturnKind.BOUNCE), ("delayed", ReturnKind.DELAYED)):
        if action in by_action:
            status, answer = _diagnosis(by_action[action], is_failure=kind == ReturnKind.BOUNCE)
            return Returned(kind, status, answer, delivery_id, named)
    # Delivered, relayed, read: a machine's good news.
    kind = ReturnKind.AUTO_REPLY if blocks or _is_reading_receipt(mail) else ReturnKind.OTHER
    return Returned(kind, delivery_id=delivery_id, named=named)


def _action(block: Message) -> str:
    """The action; some servers put a comment behind it, or write «error»."""
    word = _header(block, "Action").strip().lower()
    if word.startswith(("fail", "error")):
        return "failed"
    return "delayed" if word.startswith("delay") else ""


def _diagnosis(block: Message, *, is_failure: bool) -> tuple[str, str]:
    said = _header(block, "Diagnostic-Code").partition(";")[2] or _header(block, "Diagnostic-Code")
    status = status_in(_header(block, "Status")) or status_in(said) or ("5.0.0" if is_failure else "")
    # A few write a status without a subject and the true one in the words.
    if status.endswith(".0.0") and (better := status_in(said)):
        status = better
    return status, _short(said)


def _is_reading_receipt(mail: Message) -> bool:
    return any(part.get_content_type() == "message/disposition-notification" for part in _parts(mail))


def _of_original(mail: Message) -> tuple[tuple[int, str], ...]:
    """The Message-ID of the mail that the report carries."""
    original = _original(mail)
    return _ids(_header(original, "Message-ID")) if original is not None else ()


def _original(mail: Message) -> Message | None:
    """The mail that the report carries, whole or only its head."""
    for part in _parts(mail):
        match part.get_content_type():
            case "message/rfc822" | "message/global":
                inner = part.get_payload()
                if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                    return inner[0]
            case "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers":
                return message_from_bytes(_bytes_of(part))
    return None


def _status_parts(mail: Message) -> list[Message]:
    return _parts_of_kind(mail, {"message/delivery-status", "message/global-delivery-status"})


def _parts_of_kind(mail: Message, kinds: Collection[str]) -> list[Message]:
    return [part for part in _parts(mail) if part.get_content_type() in kinds]


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return [block for block in payload if isinstance(block, Message)]
    # Encoded, or of the kind that the parser takes for a text.
    return [message_from_bytes(block) for block in re.split(rb"\r?\n\r?\n", _bytes_of(part))[:_PARTS]]


def _feedback(mail: Message, part: Message, delivery_id: int | None) -> Returned:
    """A provider's report of what a reader pressed. He is nobody's recipient by his address: that may be left out."""
    block = next(iter(_blocks(part)), part)
    original = _original(mail)
    named = _ids(_header(original, "Message-ID")) if original is not None else ()
    for value in (_header(block, "Original-Mail-From"), _header(original, "Return-Path") if original else ""):
        delivery_id = delivery_id or delivery_of_return_address(value)
    is_complaint = _header(block, "Feedback-Type").strip().lower() in _COMPLAINTS
    kind = ReturnKind.COMPLAINT if is_complaint else ReturnKind.OTHER
    return Returned(kind, delivery_id=delivery_id, named=named)


def _without_structure(mail: Message, delivery_id: int | None) -> Returned:
    """A robot's text without a report, as old servers write it: believed only where it quotes a refusal."""
    text = _text_of(mail)
    named = _ids(text)
    found = _REFUSAL.search(text)
    if found is None:
        return Returned(ReturnKind.OTHER, delivery_id=delivery_id, named=named[:1])
    return Returned(ReturnKind.BOUNCE, found[2] or "5.0.0", _short(found[0]), delivery_id, named[:1])


# --- Automatic answers --------------------------------------------------------------------------------


def _is_robot(mail: Message) -> bool:
    senders = getaddresses([_header(mail, "From")])
    return any(_ROBOTS.match(address.partition("@")[0]) for _name, address in senders)


def _is_automatic(mail: Message) -> bool:
    marked = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        marked not in {"", "no"}
        or "all" in _header(mail, "X-Auto-Response-Suppress").lower().split(", ")
        or _header(mail, "Precedence").strip().lower() in _AUTOMATIC_PRECEDENCE
        or any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse"))
        # No person's mail has an empty return address: RFC 3834 asks it of those who answer by themselves.
        or _header(mail, "Return-Path").strip() == "<>"
    )


# --- Reading ------------------------------------------------------------------------------------------


def _proven(mail: Message) -> int | None:
    for name in _ADDRESSED:
        for value in (str(value)[:_LONGEST_HEADER] for value in mail.get_all(name, [])[:_DEEPEST]):
            for _name, address in getaddresses([value.removeprefix("rfc822;").strip()]):
                if (found := delivery_of_return_address(address)) is not None:
                    return found
    return None


def _parts(mail: Message, depth: int = 0) -> Iterator[Message]:
    """The parts, without going into a mail inside: what a person forwards is not a report to us."""
    payload = mail.get_payload()
    if depth > _DEEPEST or mail.get_content_maintype() != "multipart" or not isinstance(payload, list):
        return
    for part in payload[:_PARTS]:
        if isinstance(part, Message):
            yield part
            yield from _parts(part, depth + 1)


def _text_of(mail: Message) -> str:
    texts = [mail] if not mail.is_multipart() else [part for part in _parts(mail) if not part.is_multipart()]
    return "\n".join(_decoded(part)[:_LOOKED_AT] for part in texts if part.get_content_maintype() == "text")[
        :_LOOKED_AT
    ]


def _decoded(part: Message) -> str:
    try:
        return _bytes_of(part).decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return _bytes_of(part).decode("latin-1")


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _header(mail: Message, name: str) -> str:
    """One header as one line; an empty text where there is none."""
    return " ".join(str(mail.get(name, ""))[:_LONGEST_HEADER].split())


def _ids(text: str) -> tuple[tuple[int, str], ...]:
    return tuple(dict.fromkeys((int(number), digits) for number, digits in _MESSAGE_ID.findall(text)[:_PARTS]))


def _short(words: str) -> str:
    return mask(without_addresses(" ".join(words[:_LONGEST_HEADER].split())[: 2 * _LONGEST]))[:_LONGEST]
