from django.urls import path

from chat import api, views

app_name = "chat"

urlpatterns = [
    path("chat", views.home, name="home"),
    path("api/chat", api.ChatView.as_view(), name="api-list"),
    path("api/chat/<int:pk>", api.ExchangeView.as_view(), name="api-detail"),
    path("api/chat/<int:pk>/events", api.EventsView.as_view(), name="api-events"),
    path("api/chat/<int:pk>/stop", api.StopView.as_view(), name="api-stop"),
]
