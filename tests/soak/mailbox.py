"""Mail that comes back: what lies in the mailbox, and what the ledger made of it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from commsoffice.audit.models import Entry
from commsoffice.outbox.enums import AttemptKind, DeliveryState, ReturnKind
from commsoffice.outbox.models import Delivery, ReturnedMail
from tests.soak.house import address, mark
from tests.soak.judge import Finding
from tests.soak.point import Hitch
from tests.soak.scenario import Scenario

# How often the mailbox is read when nothing more can come.
ROUNDS = 3
RETURN_ADDRESS = "rebotes@amatista.example"
DONE_FOLDER = "Procesados"
_SUBJECT = "Pregunta de una lectora"
# A person's letter, among the machines': nobody but people may put it aside.
LETTER = f"From: Ana <ana@medio.example>\r\nTo: {RETURN_ADDRESS}\r\nSubject: {_SUBJECT}\r\n\r\nBuen día\r\n".encode()


def settings(scenario: Scenario) -> dict[str, str]:
    """What the office has set for this run."""
    twist = scenario.twist
    return {
        "EMAIL_RETURN_ADDRESS": RETURN_ADDRESS if twist.is_signed else "",
        "IMAP_DONE_FOLDER": DONE_FOLDER if twist.is_moved else "",
    }


def returned(scenario: Scenario) -> list[str]:
    """The addresses from which mail comes back for good."""
    comes_back = scenario.twist.comes_back.items()
    return [address(scenario.seed, number) for number, hitch in comes_back if _kind(hitch) == ReturnKind.BOUNCE]


def judge_mailbox(finding: Finding, scenario: Scenario, outside: Mapping[str, Any]) -> None:
    """Compare the messages of the mailbox with what was counted: each once, none lost, none put aside unread."""
    subject = mark(scenario.seed)
    # Every copy that arrived came back once.
    expected: Counter[str] = Counter({ReturnKind.OTHER: 1})
    for number, hitch in scenario.twist.comes_back.items():
        recipient = address(scenario.seed, number)
        copies = sum(recipient in mail["recipients"] and mail["subject"] == subject for mail in outside["inbox"])
        expected[_kind(hitch)] += copies
        if copies:
            _judge_recipient(finding, recipient, _kind(hitch), copies)
    counted = Counter(ReturnedMail.objects.values_list("kind", flat=True))
    for kind, number in (expected - counted).items():
        finding.lost.append(f"{number} of kind {kind} in the mailbox and not counted")
    for kind, number in (counted - expected).items():
        finding.doubled.append(f"{number} of kind {kind} counted that never came")
    _judge_messages(finding, outside["mailbox"], expected.total())


def _judge_recipient(finding: Finding, recipient: str, kind: ReturnKind, copies: int) -> None:
    row = Delivery.objects.filter(recipient=recipient).first()
    if row is None:
        return
    told = row.attempts.filter(kind=AttemptKind.RETURN).count()
    written = Entry.objects.filter(verb="outbox.mark_bounced", target_id=str(row.pk)).count()
    says = f"{row} is {row.state}; {told} in its timeline, {written} in the audit, {copies} came back ({kind})"
    is_bounce = kind == ReturnKind.BOUNCE
    state = DeliveryState.REJECTED if is_bounce else DeliveryState.ACCEPTED
    if told < copies or (is_bounce and not written) or row.state != state:
        finding.lost.append(says)
    if told > copies or written > is_bounce or (row.bounced_at is not None) != is_bounce:
        finding.doubled.append(says)


def _judge_messages(finding: Finding, messages: list[Mapping[str, Any]], expected: int) -> None:
    if len(messages) < expected:
        finding.lost.append(f"{expected - len(messages)} messages of the mailbox are gone")
    if len(messages) > expected:
        finding.doubled.append(f"{len(messages) - expected} messages too many in the mailbox")
    for message in messages:
        is_aside = "\\Seen" in message["flags"] or message["folder"] == DONE_FOLDER
        says = f"message {message['uid']} «{message['subject']}» in {message['folder']}, {message['flags']}"
        if is_aside and message["subject"] == _SUBJECT:
            finding.lost.append(f"{says}: a person's letter was put aside")
        if not is_aside and message["subject"] != _SUBJECT:
            finding.unresolved.append(f"{says}: left to people, who need not read it")


def _kind(hitch: Hitch) -> ReturnKind:
    if hitch.fault == "auto_reply":
        return ReturnKind.AUTO_REPLY
    return ReturnKind.DELAYED if hitch.params.get("soft") else ReturnKind.BOUNCE
