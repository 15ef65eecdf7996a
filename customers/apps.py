from django.apps import AppConfig
from django.db.models.signals import post_migrate

from customers import sqlite_index
from customers.roles import set_up_roles


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = "顧客と商品"

    def ready(self):
        from customers import figures, follow_ups, people, succession, timeline_sources

        figures.connect()
        follow_ups.connect()
        succession.connect()
        people.connect()
        timeline_sources.connect()
        post_migrate.connect(sqlite_index.set_up, sender=self, dispatch_uid="customers.index")
        post_migrate.connect(set_up_roles, dispatch_uid="customers.set_up_roles")
