"""The simulated network for every test that needs it."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.sandbox.process import SandboxProcess


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One running sandbox for the whole run."""
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox") / "network")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess, settings: Settings) -> SandboxProcess:
    """An empty network without faults, to which the settings point."""
    sandbox_process.reset()
    settings.EMAIL_URL = sandbox_process.email_url
    settings.IMAP_URL = sandbox_process.imap_url
    settings.FACEBOOK_GRAPH_URL = sandbox_process.graph_url
    settings.FACEBOOK_VIDEO_URL = sandbox_process.video_url
    settings.FACEBOOK_DIALOG_URL = sandbox_process.facebook_dialog_url
    settings.GOOGLE_AUTH_URL = sandbox_process.google_auth_url
    settings.YOUTUBE_ROOT_URL = sandbox_process.youtube_root_url
    settings.GOOGLE_TOKEN_URL = sandbox_process.google_token_url
    return sandbox_process
