"""What must be seen nowhere while an account is connected."""

import json
import logging

import pytest
from django.db import connection
from django.test import Client

from commsoffice.audit.models import Entry
from commsoffice.sandbox import seed
from social.models import Journey, Profile
from tests.sandbox.process import SandboxProcess
from tests.social.travel import asked, choose, leave, returned

pytestmark = pytest.mark.usefixtures("signed_in")


def everything_stored() -> str:
    """All that the database holds of a journey: sessions decoded, the audit, the rows as they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM social_journey UNION ALL SELECT credentials FROM social_profile")
        rows = [str(row[0]) for row in cursor.fetchall()]
    entries = [json.dumps(entry.changes) + entry.note + entry.target_label for entry in Entry.objects.all()]
    return "".join([*rows, *entries])


@pytest.mark.parametrize("network", ["page", "channel"])
def test_no_token_is_seen_anywhere(
    client: Client,
    sandbox: SandboxProcess,
    network: str,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
):
    profile = request.getfixturevalue(network)
    caplog.set_level(logging.DEBUG)
    away = client.get(f"/mesa/redes/{profile.pk}/conectar/")
    verifier = str(Journey.objects.get().secrets["verifier"])
    back = client.get(returned(sandbox.consent(away["Location"])))
    offers = Journey.objects.get().secrets["offers"]
    secrets = [verifier, *(value for offer in offers for value in offer["credentials"].values())]
    choice = client.get(back["Location"])
    stored = everything_stored()
    done = choose(client, profile, offers[0]["external_id"])
    page = client.get(done["Location"])
    seen = "".join(
        [
            *(str(answer.headers) for answer in (away, back, choice, done, page)),
            *(answer.content.decode() for answer in (away, back, choice, done, page)),
            json.dumps(dict(client.session.items())),
            stored,
            everything_stored(),
            caplog.text,
        ]
    )
    assert ([secret for secret in secrets if secret in seen], len(secrets) > 1) == ([], True)
    assert seed.APP_SECRET not in seen
    assert seed.GOOGLE_CLIENT_SECRET not in seen


def test_the_code_goes_no_further_than_the_callback(client: Client, sandbox: SandboxProcess, page: Profile):
    consented = returned(sandbox.consent(leave(client, page)))
    back = client.get(consented)
    assert (back.status_code, back["Referrer-Policy"], "no-store" in back["Cache-Control"]) == (
        302,
        "no-referrer",
        True,
    )
    assert asked(consented)["code"] not in back["Location"] + back.content.decode()
