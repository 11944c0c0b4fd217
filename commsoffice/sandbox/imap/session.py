"""One client's conversation with the mailbox: what each command does."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import cast

from commsoffice.sandbox import calls
from commsoffice.sandbox.faults import Fault, Faults
from commsoffice.sandbox.imap import fetch, mailbox
from commsoffice.sandbox.imap.search import Candidate, compile_search
from commsoffice.sandbox.imap.words import BadCommand, Word, numbers_in, quoted, read_words, text_of
from commsoffice.sandbox.store import Record, Store

CAPABILITIES = "IMAP4rev1 LITERAL+ UIDPLUS MOVE UNSELECT"
BEFORE_LOGIN = frozenset({"CAPABILITY", "NOOP", "LOGIN", "LOGOUT"})
AFTER_SELECT = frozenset({"CHECK", "CLOSE", "UNSELECT", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY", "MOVE"})
BY_UID = frozenset({"SEARCH", "FETCH", "STORE", "COPY", "MOVE", "EXPUNGE"})
# While these run, the numbers of the messages must stay as they are.
KEEPS_NUMBERS = frozenset({"SEARCH", "FETCH", "STORE"})
# A command that nobody lets go goes on by itself.
STALL_SECONDS = 30.0


class Refused(Exception):
    """The command is understood and not done; the message is the reason, with its code."""


class Cut(Exception):
    """The connection ends here, after these last bytes."""

    def __init__(self, last: bytes = b"") -> None:
        super().__init__()
        self.last = last


class Session:
    """Takes a command and gives the lines of its answer."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults
        self._user = ""
        self._folder = ""
        self._read_only = False
        # The numbers that this client knows: its message 3 is the third of these, until it is told otherwise.
        self._uids: list[int] = []
        self.ended = False

    async def answer(self, line: bytes) -> list[bytes]:
        """Return the answer to a whole command, its literals inside. Raises Cut."""
        tag, _, rest = line.partition(b" ")
        name, _, arguments = rest.partition(b" ")
        by_uid = name.upper() == b"UID"
        if by_uid:
            name, _, arguments = arguments.partition(b" ")
        command = name.strip().decode("ascii", "replace").upper()
        label = f"UID {command}" if by_uid else command
        fault = self._faults.take("imap", {"method": label, "path": self._folder, "user": self._user})
        try:
            if fault is not None:
                await self._strike_before(fault)
            lines, final = self._do(command, arguments, by_uid=by_uid)
            status = "OK"
            if fault is not None and fault.fault == "stall" and fault.params.get("at") == "after":
                await self._stand(fault)
        except BadCommand as error:
            lines, final, status = [], str(error), "BAD"
        except Refused as error:
            lines, final, status = [], str(error), "NO"
        except Cut:
            self._note(label, "", fault)
            raise
        struck = fault is not None and fault.fault in {"drop_during", "accept_then_drop"}
        self._note(label, "" if struck else status, fault)
        answer = [*lines, tag + f" {status} {final}".encode()]
        if struck:
            whole = b"\r\n".join(answer)
            raise Cut(whole[: len(whole) // 2] if fault is not None and fault.fault == "drop_during" else b"")
        return answer

    async def _strike_before(self, fault: Fault) -> None:
        if fault.fault == "slow":
            await asyncio.sleep(fault.seconds())
        elif fault.fault == "stall" and fault.params.get("at") != "after":
            await self._stand(fault)
        elif fault.fault == "drop_before":
            raise Cut
        elif fault.fault == "refuse_login":
            raise Refused("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        elif fault.fault == "unavailable":
            raise Refused("[UNAVAILABLE] Temporary authentication failure, try again later")
        elif fault.fault == "in_use":
            raise Refused("[INUSE] Mailbox is locked by another process")

    async def _stand(self, fault: Fault) -> None:
        """Stand still ``at`` "before" the command is done or "after" it. Raises Cut when let go as dropped."""
        with self._faults.stalls.standing(fault.seconds(STALL_SECONDS)) as stall:
            await stall.wait_calmly()
        if stall.drop:
            raise Cut

    def _note(self, command: str, status: str, fault: Fault | None) -> None:
        name = fault.fault if fault is not None else None
        # IMAP has words for it; the record of calls has numbers.
        number = {"OK": 200, "NO": 403, "BAD": 400}.get(status, 0)
        calls.note(self._store, "imap", command, self._folder, status=number, fault=name)

    def _do(self, command: str, arguments: bytes, *, by_uid: bool) -> tuple[list[bytes], str]:
        if (by_uid and command not in BY_UID) or not hasattr(self, f"do_{command.lower()}"):
            raise BadCommand("Unknown command")
        if not self._user and command not in BEFORE_LOGIN:
            raise BadCommand("Log in first")
        if not self._folder and command in AFTER_SELECT:
            raise BadCommand("No mailbox selected")
        words = [arguments] if command == "APPEND" else read_words(arguments)
        # The names of the methods are those of the commands: the table is the class itself.
        method = cast("Callable[..., tuple[list[bytes], str]]", getattr(self, f"do_{command.lower()}"))
        before = self._changes() if by_uid else []
        lines, final = method(words, by_uid=by_uid) if command in BY_UID else method(words)
        after = self._changes() if by_uid or command not in KEEPS_NUMBERS else []
        return [*before, *lines, *after], final

    # Without a folder

    def do_capability(self, words: list[Word]) -> tuple[list[bytes], str]:
        return [f"* CAPABILITY {CAPABILITIES}".encode()], "CAPABILITY completed"

    def do_noop(self, words: list[Word]) -> tuple[list[bytes], str]:
        return [], "NOOP completed"

    def do_check(self, words: list[Word]) -> tuple[list[bytes], str]:
        return [], "CHECK completed"

    def do_logout(self, words: list[Word]) -> tuple[list[bytes], str]:
        self.ended = True
        return [b"* BYE Logging out"], "LOGOUT completed"

    def do_login(self, words: list[Word]) -> tuple[list[bytes], str]:
        user, password = _texts(words, 2)
        if not mailbox.may_enter(user, password):
            raise Refused("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        self._user = user
        return [], f"[CAPABILITY {CAPABILITIES}] Logged in"

    def do_list(self, words: list[Word]) -> tuple[list[bytes], str]:
        _, pattern = _texts(words, 2)
        names = [name for name in mailbox.folders(self._store) if pattern in {"*", "%"} or name == pattern]
        return [f'* LIST (\\HasNoChildren) "/" {quoted(name)}'.encode() for name in names], "LIST completed"

    def do_create(self, words: list[Word]) -> tuple[list[bytes], str]:
        (name,) = _texts(words, 1)
        if mailbox.folder_named(self._store, name) is not None:
            raise Refused("[ALREADYEXISTS] Mailbox already exists")
        mailbox.add_folder(self._store, name)
        return [], "CREATE completed"

    def do_status(self, words: list[Word]) -> tuple[list[bytes], str]:
        if len(words) != 2 or not isinstance(words[1], list):  # noqa: PLR2004 - a folder and what to tell of it
            raise BadCommand("STATUS takes a mailbox and a list of items")
        name = self._existing(text_of(words[0]))
        rows = mailbox.messages(self._store, name)
        known = {
            "MESSAGES": len(rows),
            "RECENT": 0,
            "UIDNEXT": self._next_uid(),
            "UIDVALIDITY": mailbox.validity(self._store),
            "UNSEEN": sum("\\Seen" not in row["flags"] for row in rows),
        }
        asked = [text_of(word).upper() for word in words[1]]
        if not set(asked) <= set(known):
            raise BadCommand("Unknown STATUS item")
        values = " ".join(f"{item} {known[item]}" for item in asked)
        return [f"* STATUS {quoted(name)} ({values})".encode()], "STATUS completed"

    def do_append(self, words: list[bytes]) -> tuple[list[bytes], str]:
        # Its last argument is a message: bytes, not words.
        literal = re.search(rb"\{(\d+)\+?\}\r?\n", words[0])
        arguments = read_words(words[0][: literal.start()]) if literal is not None else []
        if literal is None or not arguments:
            raise BadCommand("APPEND takes a mailbox and a literal")
        content = words[0][literal.end() : literal.end() + int(literal[1])]
        name = self._existing(text_of(arguments[0]))
        flags = next(([text_of(flag) for flag in word] for word in arguments if isinstance(word, list)), [])
        uid = mailbox.deliver(self._store, content, folder=name, flags=flags)["uid"]
        return [], f"[APPENDUID {mailbox.validity(self._store)} {uid}] APPEND completed"

    # Folders

    def do_select(self, words: list[Word]) -> tuple[list[bytes], str]:
        return self._open(words, read_only=False)

    def do_examine(self, words: list[Word]) -> tuple[list[bytes], str]:
        return self._open(words, read_only=True)

    def _open(self, words: list[Word], *, read_only: bool) -> tuple[list[bytes], str]:
        self._folder, self._uids = "", []
        (wanted,) = _texts(words, 1)
        self._folder = self._existing(wanted)
        self._read_only = read_only
        rows = mailbox.messages(self._store, self._folder)
        self._uids = [int(row["uid"]) for row in rows]
        flags = " ".join(mailbox.PERMANENT_FLAGS)
        permanent = "" if read_only else f"{flags} \\*"
        lines = [
            f"* FLAGS ({flags})",
            f"* OK [PERMANENTFLAGS ({permanent})] Flags permitted",
            f"* {len(rows)} EXISTS",
            "* 0 RECENT",
            f"* OK [UIDVALIDITY {mailbox.validity(self._store)}] UIDs valid",
            f"* OK [UIDNEXT {self._next_uid()}] Predicted next UID",
        ]
        unseen = next((number for number, row in enumerate(rows, 1) if "\\Seen" not in row["flags"]), None)
        if unseen is not None:
            lines.append(f"* OK [UNSEEN {unseen}] First unseen")
        return [line.encode() for line in lines], f"[{'READ-ONLY' if read_only else 'READ-WRITE'}] SELECT completed"

    def do_close(self, words: list[Word]) -> tuple[list[bytes], str]:
        if not self._read_only:
            for row in self._deleted():
                mailbox.remove(self._store, int(row["uid"]))
        return self.do_unselect(words)

    def do_unselect(self, words: list[Word]) -> tuple[list[bytes], str]:
        self._folder, self._uids = "", []
        return [], "Mailbox closed"

    def _existing(self, name: str) -> str:
        found = mailbox.folder_named(self._store, name)
        if found is None:
            raise Refused("[TRYCREATE] Mailbox doesn't exist")
        return found

    def _next_uid(self) -> int:
        counter = self._store.get("counter", "imap")
        return int(counter["last"]) + 1 if counter else 1

    # Messages

    def do_search(self, words: list[Word], *, by_uid: bool) -> tuple[list[bytes], str]:
        test = compile_search(words)
        numbers = list(range(1, len(self._uids) + 1))
        candidates = (Candidate(self._store, row, n, numbers, self._uids) for n, row in self._rows(numbers))
        found = [str(c.uid if by_uid else c.number) for c in candidates if test(c)]
        return [" ".join(["* SEARCH", *found]).encode()], "SEARCH completed"

    def do_fetch(self, words: list[Word], *, by_uid: bool) -> tuple[list[bytes], str]:
        if not words:
            raise BadCommand("FETCH takes messages and items")
        items = fetch.read_items(words[1:])
        if by_uid and "UID" not in (item.upper() for item in items):
            items = ["UID", *items]
        lines = []
        for number, row in self._chosen(words[0], by_uid=by_uid):
            shown = items
            if fetch.marks_as_seen(items) and not self._read_only and "\\Seen" not in row["flags"]:
                row["flags"] = [*row["flags"], "\\Seen"]
                mailbox.set_flags(self._store, int(row["uid"]), row["flags"])
                shown = items if "FLAGS" in (item.upper() for item in items) else [*items, "FLAGS"]
            lines.append(f"* {number} FETCH (".encode() + fetch.answer(self._store, row, shown) + b")")
        return lines, "FETCH completed"

    def do_store(self, words: list[Word], *, by_uid: bool) -> tuple[list[bytes], str]:
        self._writable()
        if len(words) < 3:  # noqa: PLR2004 - messages, how, flags
            raise BadCommand("STORE takes messages, an item and flags")
        item, _, silent = text_of(words[1]).upper().partition(".")
        given = words[2] if isinstance(words[2], list) else words[2:]
        flags = [text_of(flag) for flag in given]
        if item not in {"FLAGS", "+FLAGS", "-FLAGS"}:
            raise BadCommand(f"Unknown STORE item {item}")
        lines = []
        for number, row in self._chosen(words[0], by_uid=by_uid):
            kept = [] if item == "FLAGS" else [flag for flag in row["flags"] if flag not in flags]
            row["flags"] = kept if item == "-FLAGS" else [*kept, *flags]
            mailbox.set_flags(self._store, int(row["uid"]), row["flags"])
            if not silent:
                shown = fetch.answer(self._store, row, ["UID", "FLAGS"] if by_uid else ["FLAGS"])
                lines.append(f"* {number} FETCH (".encode() + shown + b")")
        return lines, "STORE completed"

    def do_copy(self, words: list[Word], *, by_uid: bool) -> tuple[list[bytes], str]:
        pairs = self._copy(words, by_uid=by_uid)
        return [], f"{_copied(pairs, mailbox.validity(self._store))}COPY completed"

    def do_move(self, words: list[Word], *, by_uid: bool) -> tuple[list[bytes], str]:
        self._writable()
        pairs = self._copy(words, by_uid=by_uid)
        for uid, _ in pairs:
            mailbox.remove(self._store, uid)
        return [f"* OK {_copied(pairs, mailbox.validity(self._store))}Moved".encode()], "MOVE completed"

    def _copy(self, words: list[Word], *, by_uid: bool) -> list[tuple[int, int]]:
        if len(words) != 2:  # noqa: PLR2004 - messages and a folder
            raise BadCommand("COPY takes messages and a mailbox")
        folder = self._existing(text_of(words[1]))
        pairs = []
        for _, row in self._chosen(words[0], by_uid=by_uid):
            there = mailbox.copy(self._store, int(row["uid"]), folder)
            if there is not None:
                pairs.append((int(row["uid"]), there))
        return pairs

    def do_expunge(self, words: list[Word], *, by_uid: bool) -> tuple[list[bytes], str]:
        self._writable()
        only = numbers_in(text_of(words[0]), self._uids) if by_uid and words else self._uids
        for row in self._deleted():
            if int(row["uid"]) in only:
                mailbox.remove(self._store, int(row["uid"]))
        return [], "EXPUNGE completed"

    def _deleted(self) -> list[Record]:
        return [row for row in mailbox.messages(self._store, self._folder) if "\\Deleted" in row["flags"]]

    def _writable(self) -> None:
        if self._read_only:
            raise Refused("[READ-ONLY] Mailbox is read-only")

    # Numbers

    def _changes(self) -> list[bytes]:
        """What has gone and come, told to the client, whose numbers follow."""
        if not self._folder:
            return []
        present = [int(row["uid"]) for row in mailbox.messages(self._store, self._folder)]
        lines = []
        for number in range(len(self._uids), 0, -1):
            if self._uids[number - 1] not in present:
                del self._uids[number - 1]
                lines.append(f"* {number} EXPUNGE".encode())
        new = [uid for uid in present if uid not in self._uids]
        if new:
            self._uids.extend(new)
            lines.append(f"* {len(self._uids)} EXISTS".encode())
        return lines

    def _chosen(self, word: Word, *, by_uid: bool) -> Iterator[tuple[int, Record]]:
        text = text_of(word)
        if by_uid:
            numbers = [self._uids.index(uid) + 1 for uid in numbers_in(text, self._uids)]
        else:
            numbers = numbers_in(text, list(range(1, len(self._uids) + 1)))
        return self._rows(numbers)

    def _rows(self, numbers: list[int]) -> Iterator[tuple[int, Record]]:
        for number in numbers:
            row = mailbox.message(self._store, self._uids[number - 1])
            if row is not None:
                yield number, row


def _texts(words: list[Word], number: int) -> list[str]:
    if len(words) != number:
        raise BadCommand("Wrong number of arguments")
    return [text_of(word) for word in words]


def _copied(pairs: list[tuple[int, int]], validity: int) -> str:
    if not pairs:
        return ""
    here, there = (",".join(str(uid) for uid in column) for column in zip(*pairs, strict=True))
    return f"[COPYUID {validity} {here} {there}] "
