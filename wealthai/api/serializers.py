"""Serializers and fields for every endpoint: Japanese messages, strict about types and names.

REST framework's own Japanese catalogue leaves a third of these sentences in English.
"""

import re
import unicodedata

from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from rest_framework import relations, serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from wealthai.text import validate_plain_text, without_bom

REQUIRED = "この項目は必須です。値を指定してください。"
NULL = "この項目は空にできません。値を指定してください。"
FULL_WIDTH = str.maketrans("０１２３４５６７８９－−", "0123456789--")


def messages(**texts):
    return {"required": REQUIRED, "null": NULL, **texts}


class Stored:
    """A value that comes back as it is stored is taken as it is, whatever may be sent today."""

    def run_validation(self, data=serializers.empty):
        row = getattr(self.parent, "instance", None)
        if isinstance(row, models.Model) and isinstance(data, str) and data:
            stored = self.get_attribute(row)
            if data == stored:
                return stored
        return super().run_validation(data)


class CharField(Stored, serializers.CharField):
    """Text only: a phone number sent as a JSON number has already lost its leading zero.

    `read` is the rule of a column that keeps its text in one form (see customers/model_fields.py).
    """

    default_error_messages = messages(
        invalid='文字列で指定してください（"…" で囲みます）。',
        blank=NULL,
        max_length="{max_length}文字以内で入力してください。",
        min_length="{min_length}文字以上で入力してください。",
    )

    def __init__(self, *, read=None, **kwargs):
        super().__init__(**kwargs)
        self.read = read
        covered = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)
        self.validators = [v for v in self.validators if not isinstance(v, covered)]
        if validate_plain_text not in self.validators:
            self.validators.append(validate_plain_text)

    def run_validation(self, data=serializers.empty):
        value = super().run_validation(data)
        return None if value == "" and self.allow_null else value

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(without_bom(data))
        if not text or self.read is None:
            return text
        validate_plain_text(text)  # of two sentences, the one that says where
        return self.read(text)


class SignedField(CharField):
    """What was signed here: the signature is checked, and what the letters may look like is not."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.validators.remove(validate_plain_text)


class EmailField(CharField, serializers.EmailField):
    default_error_messages = messages(
        invalid="メールアドレスの形で入力してください（例: taro@example.com）。"
    )


class IntegerField(serializers.IntegerField):
    """Full-width digits are read as digits; those of other scripts are not numbers here."""

    default_error_messages = messages(
        invalid="整数で入力してください。",
        max_value="{max_value} 以下の値を入力してください。",
        min_value="{min_value} 以上の値を入力してください。",
        max_string_length="桁数が多すぎます。値を確かめてください。",
    )

    def to_internal_value(self, data):
        if isinstance(data, str):
            data = ascii_digits(data, self)
        elif isinstance(data, bool) or not isinstance(data, (int, float)):
            self.fail("invalid")
        return super().to_internal_value(data)


class DateField(serializers.DateField):
    default_error_messages = messages(
        invalid="日付は 2026-03-05 の形で入力してください。",
        datetime="日付だけを 2026-03-05 の形で入力してください。",
    )
    EXTENDED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")

    def to_internal_value(self, value):
        if isinstance(value, str):
            value = ascii_digits(value, self)
            # The parser also knows 2026-W10-4 and 20260305, which nobody means here.
            if not self.EXTENDED.fullmatch(value):
                self.fail("invalid")
        return super().to_internal_value(value)


class BooleanField(serializers.BooleanField):
    default_error_messages = messages(invalid="true か false を指定してください。")


class ChoiceField(Stored, serializers.ChoiceField):
    """The choices are listed in the message; `3` is taken for `"3"`."""

    default_error_messages = messages(invalid_choice="次のいずれかを指定してください: {choices}")

    def to_internal_value(self, data):
        if data == "" and self.allow_blank:
            return None if self.allow_null else ""
        text = unicodedata.normalize("NFKC", data) if isinstance(data, str) else str(data)
        known = self.choice_strings_to_values
        if text in known:
            return known[text]
        return self.fail("invalid_choice", choices="、".join(known))


class PrimaryKeyRelatedField(relations.PrimaryKeyRelatedField):
    default_error_messages = messages(
        does_not_exist="指定された記録が見つかりません。番号を確かめてください。",
        incorrect_type="番号（整数）で指定してください。",
    )


class JSONField(serializers.JSONField):
    default_error_messages = messages(invalid="JSON として正しい値を指定してください。")


# No docstring: the schema would show it as the description of every object.
class KnownNames:
    # Names that nobody reads are refused, so that a misspelt field is not lost in silence.
    default_error_messages = messages(invalid="JSON のオブジェクト（{{ … }}）を送信してください。")

    def to_internal_value(self, data):
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            text = "この項目はありません。名前を確かめるか、取り除いてください。"
            raise serializers.ValidationError({name[:50]: [text] for name in unknown[:20]})
        return super().to_internal_value(data)


class Serializer(KnownNames, serializers.Serializer):
    pass


class ModelSerializer(KnownNames, serializers.ModelSerializer):
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.BigIntegerField: IntegerField,
        models.BooleanField: BooleanField,
        models.CharField: CharField,
        models.DateField: DateField,
        models.EmailField: EmailField,
        models.IntegerField: IntegerField,
        models.JSONField: JSONField,
        models.TextField: CharField,
    }
    serializer_choice_field = ChoiceField
    serializer_related_field = PrimaryKeyRelatedField

    def build_standard_field(self, field_name, model_field):
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if hasattr(model_field, "read"):
            field_class, kwargs = CharField, kwargs | {"read": model_field.read}
        return field_class, kwargs


def ascii_digits(text, field):
    text = text.strip().translate(FULL_WIDTH)
    if not text.isascii():
        field.fail("invalid")
    return text
