"""The messages of the return mailbox: where they lie, their numbers and their flags."""

import hashlib
import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from commsoffice.sandbox import seed
from commsoffice.sandbox.store import Record, Store

INBOX = "INBOX"
UIDVALIDITY = 1
PERMANENT_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")


def folders(store: Store) -> list[str]:
    """Names of all folders, the inbox first."""
    return [INBOX, *(row["name"] for row in store.all("imap_folder"))]


def folder_named(store: Store, name: str) -> str | None:
    """Return the folder as it is written, or None; only INBOX is written in any case."""
    if name.upper() == INBOX:
        return INBOX
    return name if store.get("imap_folder", name) is not None else None


def add_folder(store: Store, name: str) -> None:
    """Make a folder."""
    store.put("imap_folder", name, {"name": name})


def deliver(store: Store, content: bytes, *, folder: str = INBOX, flags: list[str] | None = None) -> Record:
    """Put a message into a folder, its lines ended as the protocol wants them."""
    content = re.sub(rb"\r?\n", b"\r\n", content)
    with store.lock:
        uid = store.next_number("imap")
        store.path("imap", f"{uid}.eml").write_bytes(content)
        record = {
            "uid": uid,
            "folder": folder,
            "flags": flags or [],
            "at": store.now(),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        store.put("imap", str(uid), record)
    return record


def deliver_later(store: Store, content: bytes, *, due: float) -> None:
    """Put a message into the inbox when the network's clock has reached `due`."""
    number = str(store.next_number("imap_coming"))
    store.path("imap-coming", f"{number}.eml").write_bytes(content)
    store.put("imap_coming", number, {"number": number, "due": due})


def settle(store: Store) -> None:
    """Bring in what has come due; every reader does so before it looks."""
    with store.lock:
        now = store.now()
        for coming in sorted(store.all("imap_coming"), key=lambda row: float(row["due"])):
            if coming["due"] <= now:
                path = store.path("imap-coming", f"{coming['number']}.eml")
                deliver(store, path.read_bytes())
                store.delete("imap_coming", coming["number"])
                path.unlink()


def messages(store: Store, folder: str) -> list[Record]:
    """The messages of a folder in the order of their numbers."""
    settle(store)
    return sorted((row for row in store.all("imap") if row["folder"] == folder), key=lambda row: int(row["uid"]))


def message(store: Store, uid: int) -> Record | None:
    """Return what is known of a message."""
    return store.get("imap", str(uid))


def content(store: Store, uid: int) -> bytes:
    """The message as it came."""
    return store.path("imap", f"{uid}.eml").read_bytes()


def parsed(store: Store, uid: int) -> EmailMessage:
    """The message, read."""
    return BytesParser(policy=policy.default).parsebytes(content(store, uid))


def validity(store: Store) -> int:
    """The period in which the numbers of the messages hold."""
    record = store.get("imap_validity", INBOX)
    return int(record["number"]) if record is not None else UIDVALIDITY


def renumber(store: Store) -> int:
    """Give every message another number, as a server does after it was restored or moved; return the new period."""
    with store.lock:
        store.put("imap_validity", INBOX, {"number": validity(store) + 1})
        for row in sorted(store.all("imap"), key=lambda row: int(row["uid"])):
            uid = store.next_number("imap")
            store.path("imap", f"{row['uid']}.eml").replace(store.path("imap", f"{uid}.eml"))
            store.delete("imap", str(row["uid"]))
            store.put("imap", str(uid), {**row, "uid": uid})
        return validity(store)


def set_flags(store: Store, uid: int, flags: list[str]) -> None:
    """Write the flags of a message."""
    with store.lock:
        record = message(store, uid)
        if record is not None:
            store.put("imap", str(uid), {**record, "flags": flags})


def copy(store: Store, uid: int, folder: str) -> int | None:
    """Copy a message into another folder and return its number there."""
    record = message(store, uid)
    if record is None:
        return None
    return int(deliver(store, content(store, uid), folder=folder, flags=record["flags"])["uid"])


def remove(store: Store, uid: int) -> None:
    """Take a message away for good."""
    store.delete("imap", str(uid))
    store.path("imap", f"{uid}.eml").unlink(missing_ok=True)


def may_enter(user: str, password: str) -> bool:
    """Whether these are the mailbox's own name and password."""
    return (user, password) == (seed.IMAP_USER, seed.IMAP_PASSWORD)


def summary(store: Store, record: Record) -> Record:
    """What tests and the page show of a message."""
    mail = parsed(store, record["uid"])
    return {
        **record,
        "from": str(mail.get("From", "")),
        "to": str(mail.get("To", "")),
        "subject": str(mail.get("Subject", "")),
        "message_id": str(mail.get("Message-ID", "")),
        "type": mail.get_content_type(),
    }
