from django.apps import AppConfig


class MeetingRoomConfig(AppConfig):
    name = "meetingroom"
    verbose_name = "mötesläge"
