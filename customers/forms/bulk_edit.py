"""One new value for many customers."""

from django import forms
from django.core.exceptions import ValidationError

from customers.forms.customer import TASKS_FOLLOW, AdviserField
from customers.forms.polite import PoliteMessages
from customers.models import Adviser, Customer


def control(name, **options):
    return Customer._meta.get_field(name).formfield(required=False, **options)


class BulkEditForm(PoliteMessages, forms.Form):
    """Only ticked fields count: an empty value is then a wish to empty the field.

    Offers what the person may change on a single customer's form too.
    """

    NAMES = ["risk_tolerance", "investment_experience", "occupation", "sales_rep"]

    risk_tolerance = control("risk_tolerance")
    investment_experience = control("investment_experience")
    occupation = control("occupation")
    sales_rep = control("sales_rep", form_class=AdviserField, help_text=TASKS_FOLLOW)
    change = forms.MultipleChoiceField(label="変更する項目", widget=forms.CheckboxSelectMultiple)

    def __init__(self, data=None, *, user):
        super().__init__(data)
        self.offer_advisers(user)
        offered = [name for name in self.NAMES if name in self.fields]
        self.fields["change"].choices = [(name, self.fields[name].label) for name in offered]
        self.fields["change"].error_messages["required"] = "変更する項目に印を付けてください。"

    def offer_advisers(self, user):
        """As on a customer's own form (forms/customer.py)."""
        if not (user.sees_firm or user.sees_branch):
            del self.fields["sales_rep"]
            return
        field = self.fields["sales_rep"]
        field.queryset = Adviser.objects.visible_to(user).filter(is_active=True)
        self.needs_adviser = not user.sees_firm
        field.empty_label = "選んでください" if self.needs_adviser else "担当なし"

    def lines(self):
        """Per field its control, and whether it is ticked."""
        ticked = self["change"].value() or []
        for name, _ in self.fields["change"].choices:
            yield {"bound": self[name], "is_ticked": name in ticked}

    def clean(self):
        cleaned = super().clean()
        for name in cleaned.get("change", ()):
            if name in cleaned:
                try:
                    cleaned[name] = self.checked(name, cleaned[name])
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def checked(self, name, value):
        """As a customer's own form would take it; empty is NULL."""
        column = Customer._meta.get_field(name)
        if value in (None, ""):
            if name == "sales_rep" and self.needs_adviser:
                raise ValidationError(self.fields[name].error_messages["required"])
            return None
        return value if isinstance(value, Adviser) else column.clean(value, None)

    @property
    def values(self):
        """{attribute: new value} of the ticked fields."""
        chosen = [name for name in self.NAMES if name in self.cleaned_data["change"]]
        return {
            Customer._meta.get_field(name).attname: getattr(
                self.cleaned_data[name], "pk", self.cleaned_data[name]
            )
            for name in chosen
        }
