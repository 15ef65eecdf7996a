"""評価額 beside a price or a quantity that somebody changes: a stale value makes the gain wrong."""

import decimal

from django import forms
from django.core.exceptions import ValidationError

CENT = decimal.Decimal("0.01")
ASK = (
    "現在値か数量が変わりました。新しい評価額を入力してください（空欄のときは 数量 × 現在値 です）。"
    "前の評価額のままでよければ、もう一度保存してください。"
)


def product_of(quantity, price):
    """数量 × 現在値 as it is stored, None where one of them is not known."""
    if quantity is None or price is None:
        return None
    with decimal.localcontext(prec=50):
        return (quantity * price).quantize(CENT, decimal.ROUND_HALF_UP)


class FollowingValue(forms.ModelForm):
    """Where 評価額 was the product of both, it becomes the new product unless it is typed too.

    Otherwise (bonds are quoted in percent, funds per 10,000 units) only people know the new one:
    they are asked, and saving again with `stands` is their answer that it is the old one.
    """

    stands = forms.BooleanField(label="評価額はこのまま", widget=forms.HiddenInput, required=False)

    def clean(self):
        cleaned = super().clean()
        if self.is_change and not self.is_stale and self.is_left_behind():
            self.follow(cleaned)
        return cleaned

    def is_left_behind(self):
        moved = {"quantity", "current_price"} & set(self.changed_data)
        typed = "current_value" in self.changed_data
        return bool(moved) and not typed and not moved & set(self.errors)

    def follow(self, cleaned):
        row = self.instance
        after = product_of(
            cleaned.get("quantity", row.quantity), cleaned.get("current_price", row.current_price)
        )
        if row.current_value in (None, after):
            return
        if after is not None and row.current_value == product_of(row.quantity, row.current_price):
            try:
                cleaned["current_value"] = self.fields["current_value"].clean(after)
            except ValidationError as error:
                self.add_error("current_value", error)
        elif not cleaned["stands"]:
            self.data = self.data.copy()
            self.data[self.add_prefix("stands")] = "true"
            self.add_error("current_value", ValidationError(ASK, code="left_behind"))
