"""A channel with two accounts, one of which publishes by itself at an hour."""

from typing import Any

from commsoffice.outbox.channels.base import AccountChoice, Channel, Story


class SchedulingChannel(Channel):
    label = "Agendada"
    can_schedule = True

    def accounts(self) -> list[AccountChoice]:
        return [AccountChoice(key, key, "x", schedules=key == "S01") for key in ("S01", "S02")]

    def compose(self, story: Story) -> dict[str, Any]:
        return {"message": story.title}
