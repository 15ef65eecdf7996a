from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class WealthAIConfig(AppConfig):
    name = "wealthai"
    verbose_name = "基盤"


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "wealthai.admin.AdminSite"
