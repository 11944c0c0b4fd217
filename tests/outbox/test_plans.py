"""The ledger at 100,000 rows: what each page asks is answered by an index, whatever is filtered."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commsoffice.accounts.models import User
from commsoffice.outbox import actions
from commsoffice.outbox.actions.claim import claim
from commsoffice.outbox.enums import CAME_BACK, DeliveryState
from commsoffice.outbox.models import Delivery
from tests.outbox.factories import AreaFactory, MessageFactory

pytestmark = pytest.mark.django_db

ROWS = 100_000
YEARS = 4
# Pages of 8 kB that a question may touch: fifty rows, wherever they lie, and what stands between them.
PAGES = 2_000

# What a small town's office sends in some years: mostly mail, mostly accepted, a handful of it open.
_FILL = """
    INSERT INTO outbox_delivery (
        key, purpose, channel, account, recipient, recipient_name, recipient_ref, message_id, personal,
        subject_type, subject_id, subject_label, subject_version, area, state, reason, cancel_reason, planned_for,
        asks_word, is_slow, not_before, created_at, settled_at, bounced_at, seen_at, publish_at, lease_until,
        fence, attempts_made, asks_made, remote_id, remote_url, progress
    )
    SELECT 'plan:' || n,
        CASE WHEN n %% 10 = 3 THEN 'invitation' WHEN n %% 50 = 7 THEN 'request' ELSE 'release' END,
        channel, CASE WHEN channel = 'scripted' THEN 'R0' || n / 20 %% 4 ELSE '' END,
        'redaccion' || n %% 397 || '@medio.example', 'Redacción ' || n %% 397,
        'media_contacts.contact:' || n %% 397, %(message)s + n / 80, '{}',
        'office.area', n / 80, 'Comunicado ' || n / 80, '', CASE WHEN n %% 30 = 0 THEN %(area)s ELSE '' END,
        state, '', '', moment, false, channel = 'scripted' AND n %% 700 = 0, moment, moment,
        CASE WHEN state IN ('accepted', 'confirmed', 'rejected', 'cancelled', 'expired') THEN moment END,
        CASE WHEN state = 'rejected' AND n %% 3 = 0 THEN moment END,
        CASE WHEN state = 'rejected' AND n < %(rows)s - 500 THEN moment END,
        CASE WHEN state = 'scheduled' THEN moment END, CASE WHEN state = 'sending' THEN moment END,
        1, 1, 0, '', '', '{}'
    FROM (
        SELECT n,
            CASE WHEN n %% 20 = 0 THEN 'scripted' WHEN n %% 33 = 0 THEN 'telephone' WHEN n %% 41 = 0 THEN 'other'
                ELSE 'email' END AS channel,
            CASE
                WHEN n > %(rows)s - 80
                    THEN (ARRAY['queued', 'held', 'to_do', 'unknown', 'scheduled', 'sending'])[1 + n %% 6]
                WHEN n %% 37 = 0 THEN 'rejected' WHEN n %% 211 = 0 THEN 'cancelled' WHEN n %% 401 = 0 THEN 'expired'
                WHEN n %% 9 = 0 THEN 'confirmed' ELSE 'accepted' END AS state,
            %(now)s - (%(rows)s - n) * %(step)s AS moment
        FROM generate_series(1, %(rows)s) AS n
    ) AS rows
"""

# By what this transaction has read; a uniqueness reads itself.
_UNREAD = """
    SELECT indexrelid::regclass::text FROM pg_index
    WHERE indrelid = 'outbox_delivery'::regclass AND NOT indisunique AND pg_stat_get_xact_numscans(indexrelid) = 0
"""


@pytest.fixture
def press(client: Client, head_of_press: User) -> Client:
    """The head of press, before a ledger of some years."""
    with connection.cursor() as cursor:
        # What earlier tests left behind lies between the rows, and a plan depends on where they lie.
        cursor.execute("TRUNCATE outbox_message, outbox_delivery CASCADE")
    values = {
        "rows": ROWS,
        # One for all that is sent about a thing, as it is.
        "message": MessageFactory.create_batch(ROWS // 80 + 1)[0].pk,
        "area": AreaFactory.create(key="T0").key,
        "now": timezone.now(),
        "step": timedelta(days=365 * YEARS) / ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, values)
        # Every row is looked at: by a sample at random, what is rare would be estimated differently each time.
        cursor.execute("SET LOCAL default_statistics_target = 1000")
        cursor.execute("ANALYZE outbox_delivery, outbox_message")
    client.force_login(head_of_press)
    return client


def asked(press: Client, url: str) -> list[str]:
    """What the page asks the ledger."""
    with CaptureQueriesContext(connection) as counted:
        assert press.get(url).status_code == 200
    said = [each["sql"] for each in counted]
    return [sql for sql in said if sql.startswith("SELECT") and 'FROM "outbox_delivery"' in sql]


def explained(sql: str) -> tuple[list[str], int]:
    """How a plan reads the ledger, and the pages that it touched."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        row = cursor.fetchone()
    assert row is not None
    top: dict[str, Any] = row[0][0]["Plan"]
    scans, nodes = [], [top]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node.get("Relation Name") == "outbox_delivery":
            scans.append(node["Node Type"])
    return scans, top["Shared Hit Blocks"] + top["Shared Read Blocks"]


LIST = reverse("outbox:list")
DAY = timezone.localdate() - timedelta(days=90)
FILTERS = {
    "nothing chosen": "",
    **{f"state {state}": f"?state={state}" for state in (*DeliveryState, CAME_BACK.value)},
    **{f"channel {channel}": f"?channel={channel}" for channel in ("email", "scripted", "telephone", "other")},
    **{f"purpose {purpose}": f"?purpose={purpose}" for purpose in ("release", "invitation", "request", "withdrawal")},
    "area": "?area=T0",
    "account": "?account=R01",
    "recipient": "?recipient=redaccion7",
    "nobody": "?recipient=nadie",
    "a day": f"?since={DAY}&until={DAY}",
    "a day and state": f"?since={DAY}&until={DAY}&state=came_back",
    "since": f"?since={DAY}",
    "until": f"?until={DAY}",
    "until and state": f"?until={DAY}&state=came_back",
    "needs a person": "?needs=on",
    "contact": "?ref=media_contacts.contact:7",
    "contact and state": "?ref=media_contacts.contact:7&state=came_back",
    "subject": "?subject=office.area:77",
    "subject and state": "?subject=office.area:77&state=came_back",
    "channel and state": "?channel=telephone&state=came_back",
}
PLACES = {name: LIST + query for name, query in FILTERS.items()} | {
    "accounts": reverse("outbox:accounts"),
    "an account": reverse("outbox:account_of", args=["scripted", "R01"]),
    "an account's returns": reverse("outbox:account_of", args=["scripted", "R01"]) + "?state=came_back",
    "the mail": reverse("outbox:account", args=["email"]),
    "the mail's returns": reverse("outbox:account", args=["email"]) + "?state=came_back",
    "a contact": reverse("outbox:contact", args=["media_contacts.contact:7"]),
    "a contact's returns": reverse("outbox:contact", args=["media_contacts.contact:7"]) + "?state=came_back",
    "a day's page": reverse("outbox:day", args=[DAY.isoformat()]),
    "a thing": reverse("outbox:subject", args=["office.area", 77]),
    "calls": reverse("outbox:calls"),
}


def test_no_page_reads_the_whole_ledger(press: Client) -> None:
    """Of what is rare, and looked for without days, a year is read; see ``DeliveryFilter.looks_back``."""
    too_much = []
    for place, url in PLACES.items():
        for sql in asked(press, url):
            scans, pages = explained(sql)
            if "Seq Scan" in scans or pages > PAGES:
                too_much.append((place, scans, pages, sql))
    assert too_much == []


def test_every_index_has_a_reader(press: Client) -> None:
    """Each of them makes every sending dearer."""
    for url in PLACES.values():
        press.get(url)
    refused = Delivery.objects.filter(channel="email", state="rejected")[0]
    press.get(reverse("outbox:detail", args=[refused.pk]))
    actions.sweep(timezone.now())
    for slow in (False, True):
        claim(timezone.now(), limit=20, slow=slow)
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD)
        assert [name for (name,) in cursor.fetchall()] == []
