"""The web process' entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sip.settings")
application = get_wsgi_application()
