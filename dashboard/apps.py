from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "ダッシュボード"

    def ready(self):
        from dashboard.statistics.summary import refresh
        from wealthai import measuring

        measuring.beside(refresh)
