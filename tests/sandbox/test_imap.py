"""The return mailbox as Python's imaplib sees it."""

import imaplib
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from commsoffice.sandbox import seed
from tests.sandbox.process import SandboxProcess


def mail(subject: str = "Devuelto", sender: str = "a@medio.example") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "prensa@amatista.example", subject
    message["Message-ID"] = f"<{subject.replace(' ', '-')}@medio.example>"
    message.set_content(f"Aviso sobre {subject}: ñandú\nSegunda línea")
    return message.as_bytes()


def connect(sandbox: SandboxProcess) -> imaplib.IMAP4:
    client = imaplib.IMAP4("127.0.0.1", sandbox.imap_port, timeout=60)
    try:
        client.login(seed.IMAP_USER, seed.IMAP_PASSWORD)
    except imaplib.IMAP4.error:
        client.shutdown()
        raise
    return client


@pytest.fixture
def client(sandbox: SandboxProcess) -> Iterator[imaplib.IMAP4]:
    client = connect(sandbox)
    yield client
    with suppress(OSError, imaplib.IMAP4.error):
        client.logout()


def found(client: imaplib.IMAP4, *keys: str) -> list[int]:
    _, data = client.uid("SEARCH", *keys)
    return [int(number) for number in data[0].split()]


def subjects(sandbox: SandboxProcess) -> list[tuple[str, str]]:
    return [(row["folder"], row["subject"]) for row in sandbox.mailbox()]


def test_a_wrong_password_is_refused(sandbox: SandboxProcess):
    client = imaplib.IMAP4("127.0.0.1", sandbox.imap_port, timeout=60)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        client.login(seed.IMAP_USER, "otra")
    client.logout()


def test_nothing_is_told_before_the_login(sandbox: SandboxProcess):
    client = imaplib.IMAP4("127.0.0.1", sandbox.imap_port, timeout=60)
    client.state = "AUTH"
    with pytest.raises(imaplib.IMAP4.error, match="Log in first"):
        client.select()
    client.logout()


def test_select_tells_how_many_there_are(sandbox: SandboxProcess, client: imaplib.IMAP4):
    sandbox.deliver(mail())
    sandbox.deliver(mail())
    assert client.select("INBOX") == ("OK", [b"2"])


def test_a_folder_that_is_none_is_refused(client: imaplib.IMAP4):
    assert client.select("Nada")[0] == "NO"


def test_a_message_comes_as_it_was_put_in(sandbox: SandboxProcess, client: imaplib.IMAP4):
    uid = sandbox.deliver(mail("Entero"))
    client.select()
    _, data = client.uid("FETCH", str(uid), "(BODY.PEEK[] UID FLAGS RFC822.SIZE)")
    head, content = data[0]
    told = f"UID {uid} FLAGS () RFC822.SIZE {len(content)})".encode()
    assert (content, told in head + data[1]) == (mail("Entero").replace(b"\n", b"\r\n"), True)


@pytest.mark.parametrize(("item", "seen"), [("RFC822", True), ("BODY[]", True), ("BODY.PEEK[]", False)])
def test_reading_marks_as_seen_unless_one_only_peeks(
    sandbox: SandboxProcess, client: imaplib.IMAP4, item: str, *, seen: bool
):
    sandbox.deliver(mail())
    client.select()
    client.fetch("1", f"({item})")
    assert sandbox.mailbox()[0]["flags"] == (["\\Seen"] if seen else [])


def test_a_folder_opened_for_reading_stays_as_it_is(sandbox: SandboxProcess, client: imaplib.IMAP4):
    sandbox.deliver(mail())
    client.select(readonly=True)
    client.fetch("1", "(RFC822)")
    assert sandbox.mailbox()[0]["flags"] == []


def test_the_header_alone_may_be_fetched(sandbox: SandboxProcess, client: imaplib.IMAP4):
    sandbox.deliver(mail("Solo el encabezado"))
    client.select()
    _, data = client.fetch("1", "(BODY.PEEK[HEADER.FIELDS (SUBJECT MESSAGE-ID)])")
    assert isinstance(data[0], tuple)
    parsed = message_from_bytes(data[0][1])
    assert parsed.items() == [
        ("Subject", "Solo el encabezado"),
        ("Message-ID", "<Solo-el-encabezado@medio.example>"),
    ]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["ALL"], [0, 1, 2]),
        (["UNSEEN"], [1, 2]),
        (["SEEN"], [0]),
        (["UNSEEN", "FROM", "b@medio"], [1]),
        (["OR", "SUBJECT", "uno", "SUBJECT", '"tres"'], [0, 2]),
        (["NOT", "SUBJECT", "uno"], [1, 2]),
        (["(SEEN)"], [0]),
        (["HEADER", "Message-ID", "<tres@medio.example>"], [2]),
        (["BODY", '"Aviso sobre dos"'], [1]),
        (["SINCE", "01-Jan-2020"], [0, 1, 2]),
        (["BEFORE", "01-Jan-2020"], []),
        (["1:2"], [0, 1]),
        (["3:*"], [2]),
        (["LARGER", "1000000"], []),
    ],
)
def test_a_search_finds_what_it_asks_for(
    sandbox: SandboxProcess, client: imaplib.IMAP4, keys: list[str], expected: list[int]
):
    names = [("uno", "a@medio.example"), ("dos", "b@medio.example"), ("tres", "c@medio.example")]
    uids = [sandbox.deliver(mail(subject, sender)) for subject, sender in names]
    client.select()
    client.store("1", "+FLAGS", "(\\Seen)")
    assert found(client, *keys) == [uids[number] for number in expected]


def test_a_search_takes_a_literal(sandbox: SandboxProcess, client: imaplib.IMAP4):
    uid = sandbox.deliver(mail())
    client.select()
    # Annotated as text; it is sent as it is, and must be bytes.
    client.literal = "Ñandú".encode()  # type: ignore[assignment]  # wrong in the stubs
    assert found(client, "CHARSET", "UTF-8", "TEXT") == [uid]


def test_a_search_takes_a_range_of_uids(sandbox: SandboxProcess, client: imaplib.IMAP4):
    uids = [sandbox.deliver(mail()) for _ in range(3)]
    client.select()
    assert (found(client, "UID", f"{uids[1]}:*"), found(client, "UID", f"{uids[2] + 5}:*")) == (uids[1:], uids[2:])


def test_since_looks_at_the_networks_clock(sandbox: SandboxProcess, client: imaplib.IMAP4):
    sandbox.clock(-3 * 86400)
    sandbox.deliver(mail("vieja"))
    sandbox.clock(0)
    new = sandbox.deliver(mail("nueva"))
    client.select()
    today = imaplib.Time2Internaldate(sandbox.mailbox()[1]["at"])[1:12].strip()
    assert found(client, "SINCE", today) == [new]


def test_a_message_that_comes_later_is_seen_without_a_new_select(sandbox: SandboxProcess, client: imaplib.IMAP4):
    client.select()
    uid = sandbox.deliver(mail())
    assert found(client, "ALL") == [uid]


def test_flags_are_set_and_taken_away(sandbox: SandboxProcess, client: imaplib.IMAP4):
    uid = sandbox.deliver(mail())
    client.select()
    client.uid("STORE", str(uid), "+FLAGS", "(\\Seen $Leido)")
    client.uid("STORE", str(uid), "-FLAGS.SILENT", "(\\Seen)")
    assert sandbox.mailbox()[0]["flags"] == ["$Leido"]


def test_a_deleted_message_goes_with_expunge(sandbox: SandboxProcess, client: imaplib.IMAP4):
    sandbox.deliver(mail("Primero"))
    sandbox.deliver(mail("Segundo"))
    client.select()
    client.store("1", "+FLAGS", "\\Deleted")
    assert (client.expunge(), subjects(sandbox)) == (("OK", [b"1"]), [("INBOX", "Segundo")])


def test_a_message_is_copied_or_moved_to_a_folder(sandbox: SandboxProcess, client: imaplib.IMAP4):
    first, second = sandbox.deliver(mail("Copiado")), sandbox.deliver(mail("Movido"))
    client.create("Leidos")
    client.select()
    client.uid("COPY", str(first), "Leidos")
    client.uid("MOVE", str(second), "Leidos")
    assert (found(client, "ALL"), subjects(sandbox)) == (
        [first],
        [("INBOX", "Copiado"), ("Leidos", "Copiado"), ("Leidos", "Movido")],
    )


def test_a_message_may_be_appended(sandbox: SandboxProcess, client: imaplib.IMAP4):
    client.append("INBOX", "(\\Flagged)", "", mail("Puesto a mano"))
    row = sandbox.mailbox()[0]
    assert (row["subject"], row["flags"], row["size"]) == (
        "Puesto a mano",
        ["\\Flagged"],
        len(mail("Puesto a mano").replace(b"\n", b"\r\n")),
    )


def test_folders_are_listed_and_counted(sandbox: SandboxProcess, client: imaplib.IMAP4):
    sandbox.deliver(mail())
    client.create("Leidos")
    names = [line.split(b'"')[-2] for line in client.list()[1] if isinstance(line, bytes)]
    assert (names, client.status("INBOX", "(MESSAGES UNSEEN)")[1]) == (
        [b"INBOX", b"Leidos"],
        [b'"INBOX" (MESSAGES 1 UNSEEN 1)'],
    )


@pytest.mark.parametrize("keys", [["COLOUR", "red"], ["SINCE", "ayer"], ["OR", "SEEN"], ["(SEEN"]])
def test_a_search_that_can_not_be_read_is_refused(client: imaplib.IMAP4, keys: list[str]):
    client.select()
    with pytest.raises(imaplib.IMAP4.error, match="BAD"):
        client.uid("SEARCH", *keys)


def test_the_mailbox_survives_a_kill(tmp_path: Path):
    own = SandboxProcess(tmp_path / "network")
    own.start()
    own.deliver(mail("Antes de caer"))
    with connect(own) as client:
        client.select()
        client.store("1", "+FLAGS", "\\Seen")
    own.kill()
    own.start()
    rows = [(row["subject"], row["flags"]) for row in own.mailbox()]
    own.kill()
    assert rows == [("Antes de caer", ["\\Seen"])]


@pytest.mark.parametrize(("fault", "words"), [("refuse_login", "AUTHENTICATIONFAILED"), ("unavailable", "UNAVAILABLE")])
def test_the_login_may_be_refused(sandbox: SandboxProcess, fault: str, words: str):
    sandbox.fault("imap", fault)
    with pytest.raises(imaplib.IMAP4.error, match=words):
        connect(sandbox)


@pytest.mark.parametrize("fault", ["drop_before", "drop_during"])
def test_the_line_may_break_in_a_fetch(sandbox: SandboxProcess, client: imaplib.IMAP4, fault: str):
    sandbox.deliver(mail())
    client.select()
    sandbox.fault("imap", fault)
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        client.fetch("1", "(BODY.PEEK[])")
    client.shutdown()
    with connect(sandbox) as again:
        again.select()
        assert again.fetch("1", "(BODY.PEEK[])")[0] == "OK"


def test_the_line_may_break_after_a_store(sandbox: SandboxProcess, client: imaplib.IMAP4):
    sandbox.deliver(mail())
    client.select()
    sandbox.fault("imap", "accept_then_drop")
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        client.store("1", "+FLAGS", "\\Seen")
    client.shutdown()
    assert sandbox.mailbox()[0]["flags"] == ["\\Seen"]


def test_calls_are_counted_and_show_no_password(sandbox: SandboxProcess, client: imaplib.IMAP4):
    client.select()
    found(client, "ALL")
    state = sandbox.state()
    assert (state["counts"]["imap UID SEARCH INBOX"], seed.IMAP_PASSWORD in str(state)) == (1, False)


def test_a_mailbox_may_number_its_messages_anew(sandbox: SandboxProcess, client: imaplib.IMAP4):
    sandbox.deliver(mail())
    client.select()
    before = (client.response("UIDVALIDITY")[1], [row["uid"] for row in sandbox.mailbox()])
    sandbox.renumber_mailbox()
    client.select()
    after = (client.response("UIDVALIDITY")[1], [row["uid"] for row in sandbox.mailbox()])
    assert (before[0] != after[0], before[1] != after[1], len(after[1])) == (True, True, 1)
