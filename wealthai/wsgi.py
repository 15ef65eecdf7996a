import contextlib
import os

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wealthai.settings")


class Request(WSGIRequest):
    """`charset=bz2_codec` is a codec, but none of texts: Django fails before any middleware."""

    def _set_content_type_params(self, meta):
        with contextlib.suppress(LookupError):  # ReadableMiddleware refuses what was asked for
            super()._set_content_type_params(meta)


class Handler(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
application = Handler()
