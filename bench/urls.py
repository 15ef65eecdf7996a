from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db.backends.signals import connection_created
from django.urls import path

from bench.plain import PlainListView
from wealthai.urls import *  # noqa: F403
from wealthai.urls import urlpatterns as product

urlpatterns = [*product, path("bench/customers", PlainListView.as_view())]
if settings.UNMEASURED:
    connection_created.disconnect(dispatch_uid="wealthai.name_slow_queries")
    for moment in (request_started, request_finished):
        moment.disconnect(dispatch_uid="wealthai.observe_pool")
