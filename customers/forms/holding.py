"""What a customer holds: of which product, how much, at what price."""

from django import forms

from customers.forms.polite import PoliteMessages
from customers.forms.products import ProductField
from customers.forms.valuation import FollowingValue
from customers.forms.versioned import RecordForm
from customers.models import Holding
from wealthai.forms import StoredChoices, StoredValues
from wealthai.sent_once import SentOnceForm

FOLLOWS = "現在値か数量を変えると、数量 × 現在値 だった評価額も変わります。"


class HoldingForm(
    PoliteMessages, StoredValues, StoredChoices, FollowingValue, SentOnceForm, RecordForm
):
    """The product of a stored holding stands fixed: with another one it is another holding."""

    product = ProductField(
        label="商品",
        max_length=300,
        widget=forms.TextInput(attrs={"list": "product-choices", "autocomplete": "off"}),
    )

    class Meta:
        model = Holding
        fields = [
            "quantity",
            "unit_price",
            "current_price",
            "current_value",
            "purchase_date",
            "maturity_date",
            "status",
        ]
        help_texts = {
            "current_value": "空欄のときは 数量 × 現在値 です。",
            "maturity_date": "空欄のときは商品の償還日です。",
        }

    field_order = ["product"]

    def __init__(self, *args, customer=None, **kwargs):
        super().__init__(*args, **kwargs)
        if customer:
            self.instance.customer = customer
        if self.is_change:
            del self.fields["product"]
            self.fields["current_value"].help_text += FOLLOWS
        else:
            del self.fields["status"]

    def save(self, commit=True):
        if not self.is_change:
            self.instance.product = self.cleaned_data["product"]
            self.instance.maturity_date = (
                self.cleaned_data["maturity_date"] or self.instance.product.maturity_date
            )
        return super().save(commit)
