"""«Para salir falta…»: what a text needs before anybody may approve it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commsoffice.files.enums import AssetState
from commsoffice.ui.states import StateKind
from pressreleases.models import Release, ReleaseFile
from pressreleases.prose import count_words, to_text

# From the trade: longer ones are cut by the reader.
TITLE_LENGTH = 100
LEAD_WORDS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list. Only ``LATE`` stands in the way."""

    key: str
    label: str
    detail: str
    kind: StateKind

    @property
    def is_missing(self) -> bool:
        """Whether the text can't go out because of this."""
        return self.kind == StateKind.LATE


def checks(release: Release) -> list[Check]:
    """Return the whole list, what is missing first. Reads ``files`` as loaded, with their assets."""
    found = [
        _alternative_text(release.photos),
        _files_ready(list(release.files.all())),
        _title(release),
        _lead(release),
        _body(release),
        _highlights(release),
        _credits(release.photos),
        _destinations(release),
    ]
    return sorted(found, key=lambda check: not check.is_missing)


def missing(release: Release) -> list[Check]:
    """Return only what stands in the way."""
    return [check for check in checks(release) if check.is_missing]


def _alternative_text(photos: list[ReleaseFile]) -> Check:
    label = _("Alternative text")
    if not photos:
        return Check("alt", label, _("no photographs chosen"), StateKind.WAIVED)
    without = [str(number) for number, photo in enumerate(photos, start=1) if not photo.alt_text]
    if without:
        detail = ngettext(
            "Photo %(which)s. It is not published without it.",
            "Photos %(which)s. They are not published without it.",
            len(without),
        ) % {"which": ", ".join(without)}
        return Check("alt", label, detail, StateKind.LATE)
    detail = ngettext("%(n)s photo described", "%(n)s photos described", len(photos)) % {"n": len(photos)}
    return Check("alt", label, detail, StateKind.DONE)


def _files_ready(files: list[ReleaseFile]) -> Check:
    label = _("Files")
    failed = [file.asset.filename for file in files if file.asset.state == AssetState.FAILED]
    waiting = [file.asset.filename for file in files if file.asset.state == AssetState.RECEIVED]
    if failed:
        return Check("files", label, _("Cannot be used: %(names)s") % {"names": ", ".join(failed)}, StateKind.LATE)
    if waiting:
        detail = _("Still being prepared: %(names)s") % {"names": ", ".join(waiting)}
        return Check("files", label, detail, StateKind.LATE)
    if not files:
        return Check("files", label, _("it goes out without photographs"), StateKind.WAIVED)
    return Check("files", label, ngettext("%(n)s ready", "%(n)s ready", len(files)) % {"n": len(files)}, StateKind.DONE)


def _title(release: Release) -> Check:
    detail = _("%(n)s of %(most)s characters") % {"n": len(release.title), "most": TITLE_LENGTH}
    return Check("title", _("Title"), detail, StateKind.DONE if release.title.strip() else StateKind.LATE)


def _lead(release: Release) -> Check:
    words = count_words(release.lead)
    if not words:
        return Check("lead", _("Lead"), _("what, who, when, where, how and why are missing"), StateKind.LATE)
    detail = _("%(n)s of %(most)s words") % {"n": words, "most": LEAD_WORDS}
    return Check("lead", _("Lead"), detail, StateKind.DONE if words <= LEAD_WORDS else StateKind.DUE)


def _body(release: Release) -> Check:
    words = count_words(to_text(release.body))
    if not words:
        return Check("body", _("Body"), _("It is empty."), StateKind.LATE)
    return Check("body", _("Body"), ngettext("%(n)s word", "%(n)s words", words) % {"n": words}, StateKind.DONE)


def _highlights(release: Release) -> Check:
    number = len(release.highlights)
    if not number:
        return Check("highlights", _("Highlights"), _("without highlights"), StateKind.WAIVED)
    return Check("highlights", _("Highlights"), _("%(n)s of 3") % {"n": number}, StateKind.DONE)


def _credits(photos: list[ReleaseFile]) -> Check:
    label = _("Captions and credits")
    if not photos:
        return Check("credits", label, _("no photographs chosen"), StateKind.WAIVED)
    without = [str(number) for number, photo in enumerate(photos, start=1) if not (photo.caption and photo.credit)]
    if without:
        detail = _("Incomplete: photo %(which)s") % {"which": ", ".join(without)}
        return Check("credits", label, detail, StateKind.DUE)
    return Check("credits", label, _("complete"), StateKind.DONE)


def _destinations(release: Release) -> Check:
    label = _("Destinations")
    lists = len(release.lists.all())
    accounts = len(release.accounts)
    if not lists and not accounts:
        return Check("destinations", label, _("only the newsroom"), StateKind.DUE)
    detail = ", ".join(
        (
            ngettext("%(n)s list", "%(n)s lists", lists) % {"n": lists},
            ngettext("%(n)s account", "%(n)s accounts", accounts) % {"n": accounts},
            _("newsroom"),
        )
    )
    return Check("destinations", label, detail, StateKind.DONE)
