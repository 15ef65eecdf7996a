"""One customer's own fields."""

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import Q

from customers.forms.kind import KindChoice
from customers.forms.polite import PoliteMessages, unix_lines
from customers.forms.versioned import RecordForm
from customers.models import Adviser, Customer
from customers.taken import TellsWhoHasIt
from wealthai.forms import StoredChoices, StoredValues

TASKS_FOLLOW = "担当者を変えると、いまの担当者の未完了のタスクも新しい担当者に移ります。"


class AdviserField(forms.ModelChoiceField):
    def label_from_instance(self, adviser):
        return f"{adviser.name}（{adviser.branch}）" if adviser.branch else adviser.name


class CustomerForm(
    TellsWhoHasIt, PoliteMessages, KindChoice, StoredValues, StoredChoices, RecordForm
):
    """One customer's own fields. `user` decides whether the adviser may be chosen, and among whom."""

    # Title, fields, and the kind of customer that has them; without one, both do.
    SECTIONS = [
        ("基本", ["name", "name_kana", "customer_code", "occupation"], ""),
        ("個人のお客様", ["birth_date", "gender"], Customer.Kind.INDIVIDUAL),
        (
            "法人のお客様",
            [
                "corporate_number",
                "representative",
                "contact_person",
                "beneficial_owner",
                "closing_month",
            ],
            Customer.Kind.CORPORATION,
        ),
        ("連絡先", ["phone", "email", "address"], ""),
        (
            "資産・適合性",
            ["annual_income", "net_worth", "risk_tolerance", "investment_experience"],
            "",
        ),
        ("担当", ["sales_rep"], ""),
        ("AIの利用", ["ai_excluded"], ""),
        ("変更の理由", ["change_reason"], ""),
    ]

    class Meta:
        model = Customer
        fields = [
            "kind",
            "name",
            "name_kana",
            "customer_code",
            "occupation",
            "birth_date",
            "gender",
            "corporate_number",
            "representative",
            "contact_person",
            "beneficial_owner",
            "closing_month",
            "phone",
            "email",
            "address",
            "annual_income",
            "net_worth",
            "risk_tolerance",
            "investment_experience",
            "sales_rep",
            "ai_excluded",
        ]
        field_classes = {"sales_rep": AdviserField}
        widgets = {
            "kind": forms.RadioSelect(attrs={"class": "btn-check"}),
            "address": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.shown_name = self.instance.name  # as stored: validation puts typed values on the row
        self.fields["address"].empty_value = None
        self.fields["birth_date"].widget.attrs["placeholder"] = "1955/11/08"
        if self.instance.customer_code:
            self.fields["customer_code"].disabled = True
            self.fields["customer_code"].help_text = "登録のあとは変更できません。"
        self.offer_advisers()

    def offer_advisers(self):
        """Who sees only own customers cannot give one away: nobody would notice."""
        if not (self.user.sees_firm or self.user.sees_branch):
            del self.fields["sales_rep"]
            return
        field = self.fields["sales_rep"]
        serving = Q(is_active=True) | Q(pk=self.instance.sales_rep_id)
        field.queryset = Adviser.objects.visible_to(self.user).filter(serving)
        field.required = not self.user.sees_firm
        field.empty_label = "選んでください" if field.required else "担当なし"
        field.help_text = TASKS_FOLLOW if self.is_change else ""

    def sections(self):
        """(title, bound fields, kind) in the order of the page, without those that have no field."""
        for title, names, kind in self.SECTIONS:
            bound = [self[name] for name in names if name in self.fields]
            if bound:
                yield title, bound, kind

    def clean_address(self):
        return unix_lines(self.cleaned_data["address"])

    def saved(self):
        """The stored customer, or None when a value was taken in between: saved again, it says which."""
        if not self.is_change and "sales_rep" not in self.fields:
            self.instance.sales_rep = self.user
        try:
            with transaction.atomic():
                return self.save()
        except IntegrityError:
            self.add_error(
                None,
                "メールアドレスか顧客コードが、いま登録できない値になりました。"
                "もう一度保存して、項目の説明を確かめてください。",
            )
            return None
