from django.urls import path

from dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("", views.home, name="home"),
    path("chat-use", views.chat_use, name="chat-use"),
    path("status", views.system, name="system"),
]
