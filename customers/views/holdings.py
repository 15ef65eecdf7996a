"""Adding, changing and deleting what a customer holds."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.forms import HoldingForm, ProductQuery
from customers.forms.products import product_words
from customers.models import Holding
from customers.views.dialog import AddToCustomer, ChangeRow, DeleteRow


class HoldingCreate(AddToCustomer):
    model = Holding
    form_class = HoldingForm
    permission_required = "customers.add_holding"
    title = "保有商品を追加"
    wide_fields = ("product",)
    done = "保有商品を追加しました"


class HoldingUpdate(ChangeRow):
    model = Holding
    form_class = HoldingForm
    related = ["customer", "product"]
    permission_required = "customers.change_holding"
    title = "保有商品を編集"
    delete_name = "customers:holding-delete"

    def about(self):
        return f"{super().about()}　{product_words(self.object.product)}"


class HoldingDelete(DeleteRow):
    model = Holding
    related = ["customer", "product"]
    permission_required = "customers.delete_holding"
    title = "保有商品を削除"
    consequence = (
        "評価額と含み損益から除かれます。売却や償還のときは、削除せずに状態を変えてください。"
    )

    def thing(self):
        return product_words(self.object.product)


@login_required
@require_safe
def product_choices(request):
    """What the field of a product suggests for the letters typed so far."""
    products = ProductQuery(request.GET).suggestions()
    options = [product_words(product) for product in products]
    return render(request, "customers/_choices.html", {"options": options})
