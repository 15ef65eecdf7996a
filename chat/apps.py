from django.apps import AppConfig

from wealthai import probes


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = "AIチャット"

    def ready(self):
        from chat import timeline
        from chat.gauges import gauges
        from chat.probe import ai_state
        from wealthai.gauges import register

        register(gauges)
        probes.register("ai", ai_state)
        timeline.connect()
