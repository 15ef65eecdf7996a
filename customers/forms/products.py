"""A product as people name it: by its code, its name, or a part of them that leaves one."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from customers.models import Product
from wealthai.text import is_storable

CODE_IN_BRACKETS = re.compile(r"（([^（）]+)）$")
SUGGESTED = 20


def products_like(text):
    """Products on sale whose name or code holds `text`; what cannot be stored finds nothing."""
    products = Product.objects.filter(is_active=True)
    if not text or not is_storable(text):
        return products.none()
    return products.filter(Q(product_name__icontains=text) | Q(product_code__icontains=text))


def product_words(product):
    return f"{product.product_name}（{product.product_code}）"


class ProductField(forms.CharField):
    """Its suggestions come as product_words(): the name first, the code in brackets."""

    default_error_messages = {
        "unknown": "商品が見つかりません。商品名か商品コードの一部を入力し、候補から選んでください。",
        "several": "当てはまる商品が{count}あります。候補から1つを選んでください。",
    }

    def clean(self, value):
        typed = super().clean(value)
        if not typed:
            return None
        if not is_storable(typed):
            self.refuse("unknown")
        code = CODE_IN_BRACKETS.search(typed)
        codes = [typed, code[1]] if code else [typed]
        return Product.objects.filter(product_code__in=codes).first() or self.only_one_like(typed)

    def only_one_like(self, typed):
        found = list(Product.objects.filter(product_name=typed)[:2])
        if len(found) != 1:
            found = list(products_like(typed)[: SUGGESTED + 1])
        if len(found) > 1:
            self.refuse("several", f"{SUGGESTED}件以上" if found[SUGGESTED:] else f"{len(found)}件")
        if not found:
            self.refuse("unknown")
        return found[0]

    def refuse(self, code, count=""):
        raise ValidationError(self.error_messages[code].format(count=count), code=code)


class ProductQuery(forms.Form):
    """What has been typed so far."""

    product = forms.CharField(max_length=200, required=False)

    def suggestions(self):
        text = self.cleaned_data["product"] if self.is_valid() else ""
        return products_like(text).order_by("product_name", "pk")[:SUGGESTED]
