from django.urls import path

from chat import acts, api, views

app_name = "chat"

urlpatterns = [
    path("chat", views.home, name="home"),
    path("chat/conversations/<int:pk>/rename", acts.rename, name="conversation-rename"),
    path("chat/conversations/<int:pk>/pin", acts.pin, name="conversation-pin"),
    path("chat/conversations/<int:pk>/hide", acts.hide, name="conversation-hide"),
    path("chat/<int:pk>/rate", acts.rate, name="answer-rate"),
    path("chat/<int:pk>/sent", acts.sent, name="answer-sent"),
    path("chat/<int:pk>/note", acts.note, name="answer-note"),
    path("api/chat", api.ChatView.as_view(), name="api-list"),
    path("api/chat/<int:pk>", api.ExchangeView.as_view(), name="api-detail"),
    path("api/chat/<int:pk>/events", api.EventsView.as_view(), name="api-events"),
    path("api/chat/<int:pk>/stop", api.StopView.as_view(), name="api-stop"),
]
