"""Our corrections of other people's Japanese: compiled, in force, and complete where promised."""

import ast
import gettext
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from rest_framework import serializers

FOLDER = Path(settings.LOCALE_PATHS[0]) / "ja" / "LC_MESSAGES"


def written(path):
    """{English: Japanese} of a catalogue as people edit it, one line a text."""
    texts, english = {}, None
    for line in path.read_text().splitlines():
        keyword, _, text = line.partition(" ")
        if keyword == "msgid":
            english = ast.literal_eval(text)
        elif keyword in {"msgstr", "msgstr[0]"} and english:
            texts[english] = ast.literal_eval(text)
    return texts


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_compiled_catalogue_is_the_written_one(domain):
    with (FOLDER / f"{domain}.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)._catalog
    used = {key if isinstance(key, str) else key[0]: text for key, text in catalogue.items()}

    assert {key: text for key, text in used.items() if key} == written(FOLDER / f"{domain}.po")


def test_nul_is_named_as_what_cannot_be_saved():
    with pytest.raises(ValidationError) as refused:
        ProhibitNullCharactersValidator()("\x00")

    assert refused.value.messages[0].startswith("保存できない文字")


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        (serializers.CharField(), {}, "文字列で指定してください。"),
        (serializers.CharField(), "\ud83d", "保存できない文字が含まれています（U+D83D）。"),
        (serializers.BooleanField(), "x", "true か false で指定してください。"),
    ],
    ids=["no-text", "half-a-character", "no-truth"],
)
def test_rest_framework_speaks_japanese(field, value, error):
    with pytest.raises(serializers.ValidationError) as refused:
        field.run_validation(value)

    assert str(refused.value.detail[0]).startswith(error)
