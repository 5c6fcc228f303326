"""The web application, for the supervisor's web server or any other WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.office.settings")
application = get_wsgi_application()
