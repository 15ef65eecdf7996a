"""One customer's own fields."""

from django import forms
from django.core.validators import MinValueValidator
from django.db import IntegrityError, transaction
from django.db.models import Q

from customers.changes import author_of
from customers.fields import MailField, YenField
from customers.forms.polite import PoliteMessages, unix_lines
from customers.models import Adviser, Customer
from wealthai.forms import StoredChoices
from wealthai.history import in_words


class AdviserField(forms.ModelChoiceField):
    def label_from_instance(self, adviser):
        return f"{adviser.name}（{adviser.branch}）" if adviser.branch else adviser.name


class CustomerForm(PoliteMessages, StoredChoices, forms.ModelForm):
    """One customer's own fields. `user` decides whether the adviser may be chosen, and among whom."""

    SECTIONS = {
        "基本": ["name", "name_kana", "customer_code", "birth_date", "gender", "occupation"],
        "連絡先": ["phone", "email", "address"],
        "資産・適合性": ["annual_income", "net_worth", "risk_tolerance", "investment_experience"],
        "担当": ["sales_rep"],
    }

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Customer
        fields = [
            "name",
            "name_kana",
            "customer_code",
            "birth_date",
            "gender",
            "occupation",
            "phone",
            "email",
            "address",
            "annual_income",
            "net_worth",
            "risk_tolerance",
            "investment_experience",
            "sales_rep",
        ]
        field_classes = {
            "email": MailField,
            "annual_income": YenField,
            "net_worth": YenField,
            "sales_rep": AdviserField,
        }
        widgets = {
            "birth_date": forms.DateInput(format="%Y/%m/%d", attrs={"placeholder": "1955/11/08"}),
            "address": forms.Textarea(attrs={"rows": 2}),
            "phone": forms.TextInput(attrs={"type": "tel"}),
        }
        error_messages = {
            "email": {
                "unique": "このメールアドレスは別の顧客に登録されています。アドレスを確かめるか、登録済みの顧客を検索してください。",
                "invalid": "メールアドレスは name@example.com の形で入力してください。",
            },
            "customer_code": {
                "unique": "この顧客コードは使われています。別のコードを入力してください。"
            },
            "birth_date": {
                "invalid": "生年月日は 1955/11/08 のように、実在する日付を入力してください。"
            },
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.is_change = bool(self.instance.pk)
        self.shown_name = self.instance.name  # as stored: validation puts typed values on the row
        self.is_stale = False
        self.conflicts = []
        self.fields["address"].empty_value = None
        self.fields["annual_income"].validators.append(MinValueValidator(0))
        if self.instance.customer_code:
            self.fields["customer_code"].disabled = True
            self.fields["customer_code"].help_text = "登録のあとは変更できません。"
        if self.is_change:
            self.initial["version"] = self.instance.version()
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

    def sections(self):
        """(title, bound fields) in the order of the page; sections without fields are left out."""
        for title, names in self.SECTIONS.items():
            bound = [self[name] for name in names if name in self.fields]
            if bound:
                yield title, bound

    def clean_address(self):
        return unix_lines(self.cleaned_data["address"])

    def clean(self):
        cleaned = super().clean()
        if self.is_change and cleaned.get("version") != self.instance.version():
            self.report_conflict()
        return cleaned

    def report_conflict(self):
        """Says who was faster and where the two differ; saving again then is a decision."""
        current = self.instance
        self.is_stale = True
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = current.version()
        for name, typed in self.cleaned_data.items():
            if name == "version" or typed == getattr(current, name):
                continue
            column = Customer._meta.get_field(name)
            self.conflicts.append(
                {
                    "label": self.fields[name].label,
                    "stored": shown(column, getattr(current, name)),
                    "typed": shown(column, typed),
                }
            )
        who = author_of(current)
        self.add_error(
            None,
            f"{f'{who.name}さん' if who else 'ほかの人'}が先に更新しました。"
            "いまの内容との違いを確かめ、この画面の内容でよければもう一度保存してください。",
        )

    def saved(self):
        """The stored customer, or None when somebody took the code or address in between."""
        if not self.is_change and "sales_rep" not in self.fields:
            self.instance.sales_rep = self.user
        try:
            with transaction.atomic():
                return self.save()
        except IntegrityError:
            self.add_error(
                None,
                "同じメールアドレスか顧客コードの顧客が、いま別の画面で登録されました。"
                "顧客一覧で確かめてから、もう一度保存してください。",
            )
            return None


def shown(column, value):
    return value.name if isinstance(value, Adviser) else in_words(column, value, {})
