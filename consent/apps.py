from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = "Samtycken"

    def ready(self):
        # Each app above adds its own section to what a unit receives; consent itself knows none of them.
        autodiscover_modules("snapshot")
