"""The ways out, behind one interface: `open_channels()` gives each channel's sender by its name."""

from notifications.channels import in_app, letter, mail, sdk, sms
from notifications.models import Channel

SENDERS = {
    Channel.EMAIL: mail.Sender,
    Channel.SMS: sms.Sender,
    Channel.LETTER: letter.Sender,
    Channel.IN_APP: in_app.Sender,
    Channel.SDK: sdk.Sender,
}


class OpenChannels:
    """The senders of one sweep, each opened when it is first needed and closed at the end."""

    def __init__(self):
        self.found = {}

    def __getitem__(self, channel: str):
        if channel not in self.found:
            self.found[channel] = SENDERS[channel]()
        return self.found[channel]

    def close(self) -> None:
        for sender in self.found.values():
            sender.close()
