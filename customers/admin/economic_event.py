import re

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models

from customers.models import EconomicEvent
from wealthai.admin import VersionedAdmin
from wealthai.text import validate_plain_text


class WordsField(forms.CharField):
    """A list in the database, words parted by commas on the form."""

    widget = AdminTextInputWidget
    default_validators = [validate_plain_text]

    def run_validators(self, value):
        super().run_validators("、".join(value or []))

    def prepare_value(self, value):
        return "、".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        words = re.split(r"[、,，]", super().to_python(value) or "")
        return [word.strip() for word in words if word.strip()] or None


@admin.register(EconomicEvent)
class EconomicEventAdmin(VersionedAdmin):
    list_display = ["event_date", "title", "event_type", "impact_level", "currencies", "sectors"]
    list_display_links = ["title"]
    list_filter = ["event_type", "impact_level"]
    search_fields = ["title", "description"]
    search_help_text = "件名・内容で探せます"
    date_hierarchy = "event_date"
    readonly_fields = ["created_at", "updated_at"]
    fieldsets = [
        (
            "基本",
            {
                "fields": [
                    ("event_date", "event_type"),
                    "title",
                    "description",
                    "impact_level",
                ]
            },
        ),
        ("影響", {"fields": ["affected_currencies", "affected_sectors"]}),
        ("記録", {"fields": [("created_at", "updated_at")]}),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.JSONField):
            hint = "「、」で区切って入力します。"
            return WordsField(label=db_field.verbose_name, required=False, help_text=hint)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="影響する通貨")
    def currencies(self, event):
        return "、".join(map(str, event.affected_currencies or []))

    @admin.display(description="影響する業種")
    def sectors(self, event):
        return "、".join(map(str, event.affected_sectors or []))
