"""The web process' entry point; it opens only with a login that row-level security holds for."""

import os

from django.core.wsgi import get_wsgi_application

from sip import guards

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sip.settings")
application = get_wsgi_application()
guards.refuse_no_way_in()
guards.refuse_unsafe_login()
