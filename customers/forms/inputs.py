"""How the dialogs ask for a day and for a number."""

from django import forms

DAY = {"placeholder": "2026/12/01", "autocomplete": "off"}
NUMBER = {"inputmode": "decimal", "class": "text-end", "autocomplete": "off"}


def day_input():
    return forms.DateInput(format="%Y/%m/%d", attrs=dict(DAY))


def number_input():
    return forms.TextInput(attrs=dict(NUMBER))


def refuses_day(label):
    return {"invalid": f"{label}は 2026/12/01 のように、実在する日付を入力してください。"}


def refuses_number(label):
    return {
        "invalid": f"{label}は 1000 または 102.5 のように、数字で入力してください。",
        "max_decimal_places": f"{label}は小数第2位までで入力してください。",
        "max_digits": f"{label}が大きすぎます。桁を確かめてください。",
        "max_whole_digits": f"{label}が大きすぎます。桁を確かめてください。",
    }
