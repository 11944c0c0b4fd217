"""The ledger: one frozen row for each thing that leaves, one row for each attempt."""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commsoffice.outbox.enums import (
    OPEN,
    SETTLED,
    TRANSITIONS,
    AttemptKind,
    CameBack,
    DeliveryState,
    Purpose,
    ReturnKind,
    StopKind,
    ending,
)

_SETTLED = sorted(SETTLED)


class Message(models.Model):
    """What is sent, once for all its recipients. Frozen: a trigger refuses any change.

    ``payload`` by channel:

    - email: ``{"subject", "text", "html", "reply_to", "automatic": bool, "headers": {}, "attachments": [attachment]}``;
      ``subject``, ``text`` and ``html`` hold ``{{name}}`` marks that each delivery's ``personal`` fills
    - facebook: ``{"message", "link", "photos": [attachment], "video": attachment or None}``
    - youtube: ``{"title", "description", "tags": [], "privacy", "video": attachment, "thumbnail": attachment or None}``
    - web: ``{}``; telephone, whatsapp, print: ``{"text"}``

    attachment: ``{"name": storage name, "filename", "content_type", "size": bytes, "sha256", "alt"}``;
    a small text (a calendar file) may stand in it as ``"text"`` instead of ``"name"``.
    """

    channel = models.CharField(_("channel"), max_length=20)
    payload = models.JSONField(_("payload"))
    sha256 = models.CharField(_("digest"), max_length=64)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        triggers = (pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.channel} {self.sha256[:12]}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Named for the question."""

    def of(self, subject_type: str, subject_id: int) -> "DeliveryQuerySet":
        """Keep those that speak of one thing."""
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def open(self) -> "DeliveryQuerySet":
        """Keep those that are not settled."""
        return self.exclude(state__in=_SETTLED)

    def paused_by(self, pause: "Pause") -> "DeliveryQuerySet":
        """Keep those that ``Pause.holds``."""
        return self.exclude(purpose=Purpose.NOTICE).exclude(area__in=pause.allowed_areas)

    def needs_person(self) -> "DeliveryQuerySet":
        """Keep those that only a person can move: no answer, or refused."""
        return self.filter(Q(state=DeliveryState.UNKNOWN) | Q(state=DeliveryState.REJECTED, seen_at=None))


class Delivery(models.Model):
    """One thing, by one channel, to one recipient, once."""

    # The same key is never sent twice: "release:12:v3:email:contact:45".
    key = models.CharField(_("idempotency key"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=20)
    # Which of our accounts sends it: "R01" (social.Profile.key); empty where there is only one.
    account = models.CharField(_("account"), max_length=40, blank=True)
    # Address, page name or telephone, and who that is: text as it was on that day.
    recipient = models.CharField(_("recipient"), max_length=320)
    recipient_name = models.CharField(_("name of the recipient"), max_length=200, blank=True)
    # "media_contacts.contact:45": who got it, for the ledger by contact.
    recipient_ref = models.CharField(_("recipient's reference"), max_length=80, blank=True)
    message = models.ForeignKey(Message, verbose_name=_("message"), on_delete=models.PROTECT)
    # Fills the marks of the message: {"name": "...", "link": "..."}.
    personal = models.JSONField(_("personal marks"), default=dict, blank=True)
    # What it speaks of: "pressreleases.release" and its number. Text, because rooms above are unknown here.
    subject_type = models.CharField(_("kind of thing"), max_length=80)
    subject_id = models.BigIntegerField(_("thing"))
    subject_label = models.CharField(_("name of the thing"), max_length=300)
    # What a gate compares: the approved hash of the text, the sequence of the event.
    subject_version = models.CharField(_("version of the thing"), max_length=64, blank=True)
    # office.Area.key of whose matter it is: a pause may let an area through. Text, as it was on that day.
    area = models.CharField(_("area"), max_length=20, blank=True)

    state = models.CharField(_("state"), max_length=12, choices=DeliveryState, default=DeliveryState.QUEUED)
    # Why it is held, refused, unknown or to be done, in words for the person.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Somebody cancelled it while it was leaving: should it turn out not to have left, it doesn't leave again.
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=300, blank=True)
    # The hour that was meant when it was queued; ``not_before`` moves on, this stays.
    planned_for = models.DateTimeField(_("planned for"))
    # The network itself publishes it at this hour: it is handed over before, and can be pulled back until then.
    publish_at = models.DateTimeField(_("the network publishes it"), null=True, blank=True)
    # Everything was paused at its hour: it leaves only after a person's word.
    asks_word = models.BooleanField(_("waits for a person's word"), default=False)
    # Takes minutes to upload, and has workers of its own.
    is_slow = models.BooleanField(_("takes long to upload"), default=False)
    # The next move: a queued one is sent, a held one judged, an unknown one asked about. Moves with each retry.
    not_before = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    # The recipient: mail that came back, a picture that was fetched (only where the office turned it on),
    # a link or a call that confirmed it.
    bounced_at = models.DateTimeField(_("came back"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("receipt confirmed"), null=True, blank=True)
    # A person has looked at a refusal.
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    # The claim: who holds it is known by the fence alone; it grows with each claim.
    fence = models.PositiveIntegerField(_("fence"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    # In which life of the database server it was claimed; after a crash of the server nobody knows what was begun.
    claimed_in = models.UUIDField(_("claimed in"), null=True, blank=True, editable=False)
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)
    asks_made = models.PositiveSmallIntegerField(_("questions to the other side"), default=0)

    # What the other side calls it, and where it can be seen.
    remote_id = models.CharField(_("remote id"), max_length=200, blank=True)
    remote_url = models.CharField(_("remote address"), max_length=500, blank=True)
    # A channel's own notes for going on after a crash: upload session, uploaded photo ids.
    progress = models.JSONField(_("progress"), default=dict, blank=True)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-id",)
        constraints = (
            # Not ``unique=True``, which makes a second index for LIKE: each claim would write into that one too.
            models.UniqueConstraint(fields=("key",), name="outbox_delivery_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="outbox_delivery_state"),
            models.CheckConstraint(
                condition=(Q(state__in=_SETTLED) & Q(settled_at__isnull=False))
                | (Q(state__in=sorted(OPEN)) & Q(settled_at__isnull=True)),
                name="outbox_settled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False),
                name="outbox_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(publish_at__isnull=False),
                name="outbox_scheduled_has_hour",
            ),
        )
        indexes = (
            # The claim reads the head of this one, whatever the size of the ledger.
            models.Index(fields=("not_before", "id"), condition=Q(state="queued"), name="outbox_due"),
            models.Index(fields=("not_before", "id"), condition=Q(state="queued", is_slow=True), name="outbox_slow"),
            models.Index(fields=("lease_until",), condition=Q(state="sending"), name="outbox_leases"),
            models.Index(
                fields=("not_before", "id"), condition=Q(state="accepted", is_slow=True), name="outbox_unproven"
            ),
            models.Index(
                fields=("id",),
                condition=Q(state__in=["held", "unknown", "to_do", "scheduled"]),
                name="outbox_waiting",
            ),
            models.Index(
                fields=("id",),
                condition=Q(state="rejected", seen_at=None),
                name="outbox_refused",
            ),
            models.Index(
                fields=("expires_at",),
                condition=Q(state__in=["queued", "held", "to_do"], expires_at__isnull=False),
                name="outbox_stale",
            ),
            models.Index(fields=("-created_at", "-id"), name="outbox_newest"),
            models.Index(
                fields=("-created_at", "-id"),
                condition=Q(state="rejected", bounced_at__isnull=False),
                name="outbox_returned",
            ),
            # The ledger by day.
            models.Index(fields=("planned_for",), name="outbox_planned"),
            models.Index(fields=("subject_type", "subject_id"), name="outbox_subject"),
            models.Index(fields=("recipient_ref", "-id"), name="outbox_recipient"),
            models.Index(fields=("channel", "account", "-created_at"), name="outbox_account"),
        )
        triggers = (
            pgtrigger.FSM(name="moves", field="state", transitions=[(str(a), str(b)) for a, b in TRANSITIONS]),
            # What a worker sent, or nobody ever recorded by hand, is never to be done again.
            pgtrigger.Trigger(
                name="undone",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["accepted", "confirmed", "cancelled"], new__state="to_do"),
                func="""
                    IF NOT EXISTS (SELECT FROM outbox_attempt WHERE delivery_id = OLD.id AND kind = 'hand') THEN
                        RAISE EXCEPTION 'pgtrigger: Delivery % was not made by hand', OLD.id;
                    END IF;
                    RETURN NEW;
                    """,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="frozen",
                fields=[
                    "key",
                    "purpose",
                    "channel",
                    "account",
                    "recipient",
                    "recipient_ref",
                    "message",
                    "subject_type",
                    "subject_id",
                    "subject_version",
                    "area",
                    "planned_for",
                    "publish_at",
                    "created_at",
                ],
            ),
        )

    def __str__(self) -> str:
        # This goes into the audit, which never forgets: a citizen stands there by a number only.
        is_citizen = self.purpose == Purpose.REQUEST
        return f"{self.channel} → {self.recipient_ref if is_citizen else self.recipient_name or self.recipient}"

    @property
    def status(self) -> DeliveryState | CameBack:
        """The state with its word (``label``) and look (``kind``); a returned mail has a word of its own."""
        return ending(self.state, came_back=self.bounced_at is not None)


class Attempt(models.Model):
    """One try, and what the other side said. Append-only."""

    delivery = models.ForeignKey(
        Delivery, verbose_name=_("delivery"), on_delete=models.PROTECT, related_name="attempts"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=AttemptKind)
    fence = models.PositiveIntegerField(_("fence"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # The state it led to; empty while it runs.
    outcome = models.CharField(_("outcome"), max_length=12, blank=True)
    # The other side's words, secrets masked.
    answer = models.TextField(_("answer"), blank=True)
    by_name = models.CharField(_("who"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("started_at", "id")
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            # Once it has an end nobody rewrites it.
            pgtrigger.Protect(
                name="finished",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__finished_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"

    @property
    def outcome_state(self) -> DeliveryState | None:
        """The state it led to, with its word and kind."""
        return DeliveryState(self.outcome) if self.outcome else None


# A stop of this one stops every account of its channel.
ALL_ACCOUNTS = ""


class AccountStopQuerySet(models.QuerySet["AccountStop"]):
    """Named for the question."""

    def standing(self, now: datetime) -> "AccountStopQuerySet":
        """Keep those whose hour has not passed."""
        return self.filter(Q(until=None) | Q(until__gt=now))

    def of(self, channel: str, account: str) -> "AccountStop | None":
        """What stops this account: the one that a person has to end before the others, then the longest."""
        stops = self.filter(channel=channel, account__in={account, ALL_ACCOUNTS})
        return stops.order_by(F("until").desc(nulls_first=True)).first()


class AccountStop(models.Model):
    """An account that nothing leaves from for now: throttled until an hour, or to be connected again.

    ``account`` is empty for a channel with one sender (the mail server), and where the network asked all accounts of
    its channel to wait.
    """

    channel = models.CharField(_("channel"), max_length=20)
    account = models.CharField(_("account"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=StopKind)
    # The other side's words, secrets masked.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    since = models.DateTimeField(_("since"))
    # None: until somebody connects it again.
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects: ClassVar[AccountStopQuerySet] = AccountStopQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("stopped account")
        verbose_name_plural = _("stopped accounts")
        constraints = (
            models.UniqueConstraint(fields=("channel", "account"), name="outbox_one_stop"),
            models.CheckConstraint(
                condition=~Q(kind="throttled") | Q(until__isnull=False), name="outbox_throttle_has_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.account}: {self.get_kind_display()}"


class DomainPace(models.Model):
    """How fast mail goes to the addresses of one domain."""

    domain = models.CharField(_("domain"), max_length=253, unique=True)
    # Of the minute that began then, so many left.
    minute = models.DateTimeField(_("minute"), null=True, blank=True)
    sent = models.PositiveIntegerField(_("sent"), db_default=0)
    # Its server has said that we are too fast: nothing goes there before.
    open_at = models.DateTimeField(_("open again"), null=True, blank=True)

    class Meta:
        verbose_name = _("pace of a domain")
        verbose_name_plural = _("paces of domains")

    def __str__(self) -> str:
        return self.domain


class PauseQuerySet(models.QuerySet["Pause"]):
    """Named for the question."""

    def current(self) -> "Pause | None":
        """Return the pause that holds everything now."""
        return self.filter(ended_at=None).first()


class Pause(models.Model):
    """Everything held at once, in a crisis. At most one is open."""

    reason = models.CharField(_("reason"), max_length=300)
    # office.Area.key of those that go on speaking: Protección Civil.
    allowed_areas = ArrayField(models.CharField(max_length=20), verbose_name=_("areas let through"), default=list)
    started_at = models.DateTimeField(_("started"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("started by"), on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects: ClassVar[PauseQuerySet] = PauseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ("-started_at",)
        constraints = (
            models.UniqueConstraint(models.Value(1), condition=Q(ended_at=None), name="outbox_one_pause"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="outbox_pause_end_whole",
            ),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.reason

    def holds(self, delivery: Delivery) -> bool:
        """Whether this one has to wait: all but the matters of the allowed areas, and what the office tells itself."""
        return delivery.purpose != Purpose.NOTICE and delivery.area not in self.allowed_areas


class ReturnedMail(models.Model):
    """One message of the return mailbox, read once. Of its text only the server's diagnosis is kept."""

    # Of the mailbox: what was read isn't read again, though the mailbox forgets our marks.
    mailbox_uid = models.CharField(_("number in the mailbox"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ReturnKind)
    delivery = models.ForeignKey(
        Delivery,
        verbose_name=_("delivery"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="returned_mail",
    )
    # Enhanced status of the report: "5.1.1".
    status = models.CharField(_("status"), max_length=20, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("returned message")
        verbose_name_plural = _("returned messages")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.status}".strip()
