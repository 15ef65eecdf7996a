"""A product as people name it: by its code, its name, or a part of them that leaves one."""

import re
from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError

from customers.folding import fold
from customers.models import Product
from wealthai.text import is_storable

CODE_IN_BRACKETS = re.compile(r"（([^（）]+)）$")
SUGGESTED = 20


# A catalogue is small enough to be looked through, and is asked for again with every letter.
folded = lru_cache(maxsize=50_000)(fold)


def products_like(text):
    """The first products on sale whose name and code hold every word of `text`, however typed: one
    that is named exactly so, then by name. One more than SUGGESTED says that there are more."""
    words = [word for word in map(fold, text.split()) if word]
    on_sale = Product.objects.filter(is_active=True)
    rows = on_sale.values_list("product_name", "pk", "product_code") if words else []
    hits = [
        (not is_called(text, name, code), name, pk)
        for name, pk, code in rows
        if all(word in folded(in_words(name, code)) for word in words)
    ]
    keys = [pk for *_, pk in sorted(hits)[: SUGGESTED + 1]]
    products = Product.objects.in_bulk(keys)
    return [products[pk] for pk in keys if pk in products]


def is_called(text, name, code):
    return fold(text) in (folded(name), folded(code))


def in_words(name, code):
    return f"{name}（{code}）"


def product_words(product):
    return in_words(product.product_name, product.product_code)


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
            found = products_like(typed)
            named = [one for one in found if is_called(typed, one.product_name, one.product_code)]
            found = named or found
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
        return products_like(text)[:SUGGESTED]
