"""The web application, for the supervisor's web server or any other WSGI server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.office.settings")
pages = get_wsgi_application()

from kentongan.office.newsroom.cache import Newsstand  # noqa: E402  after Django is set up
from kentongan.office.people.context import LOOK_COOKIE  # noqa: E402

application = Newsstand(pages, settings.SESSION_COOKIE_NAME, (settings.LANGUAGE_COOKIE_NAME, LOOK_COOKIE))
