"""States and kinds of a release, with the table of allowed moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReleaseState(models.TextChoices):
    """Where a text stands between its writer and the public."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @property
    def kind(self) -> str:
        """How the state looks: the name of a `StateKind`."""
        return _KINDS[self]


_S = ReleaseState

_KINDS: dict[ReleaseState, str] = {
    _S.DRAFT: "todo",
    _S.IN_REVIEW: "due",
    _S.APPROVED: "running",
    _S.PUBLISHED: "done",
    _S.WITHDRAWN: "waived",
}

TRANSITIONS: tuple[tuple[ReleaseState, ReleaseState], ...] = (
    (_S.DRAFT, _S.IN_REVIEW),
    (_S.IN_REVIEW, _S.DRAFT),  # returned with a reason, or taken back
    (_S.IN_REVIEW, _S.APPROVED),
    (_S.APPROVED, _S.IN_REVIEW),  # somebody edited an approved text
    (_S.APPROVED, _S.PUBLISHED),
    (_S.PUBLISHED, _S.WITHDRAWN),
)


class CorrectionState(models.TextChoices):
    """Where a correction of a public text stands."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    ISSUED = "issued", _("Issued")
    DISCARDED = "discarded", _("Discarded")

    @property
    def kind(self) -> str:
        """How the state looks: the name of a `StateKind`."""
        return _CORRECTION_KINDS[self]


_C = CorrectionState

_CORRECTION_KINDS: dict[CorrectionState, str] = {
    _C.DRAFT: "todo",
    _C.IN_REVIEW: "due",
    _C.ISSUED: "done",
    _C.DISCARDED: "waived",
}

CORRECTION_OPEN: tuple[CorrectionState, ...] = (_C.DRAFT, _C.IN_REVIEW)

CORRECTION_TRANSITIONS: tuple[tuple[CorrectionState, CorrectionState], ...] = (
    (_C.DRAFT, _C.IN_REVIEW),
    (_C.DRAFT, _C.DISCARDED),
    (_C.IN_REVIEW, _C.DRAFT),  # returned with a reason, or taken back
    (_C.IN_REVIEW, _C.ISSUED),
    (_C.IN_REVIEW, _C.DISCARDED),  # its release was withdrawn, or nobody wants it any more
)


class ReleaseKind(models.TextChoices):
    """What kind of text; each has its own yearly series of folios (see ``SERIES``)."""

    BULLETIN = "bulletin", _("Bulletin")
    NOTE = "note", _("Information note")
    STATEMENT = "statement", _("Statement")
    NOTICE = "notice", _("Notice")


SERIES: dict[ReleaseKind, str] = {
    ReleaseKind.BULLETIN: "BOL",
    ReleaseKind.NOTE: "NOT",
    ReleaseKind.STATEMENT: "POS",
    ReleaseKind.NOTICE: "AVI",
}
