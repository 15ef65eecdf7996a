from django.contrib.admin import AdminSite as StockAdminSite


class AdminSite(StockAdminSite):
    site_header = "WealthAI 管理"
