"""What people type on the customers' pages. Sentences name the field and the next step."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.http import urlencode

from customers import search
from customers.changes import author_of
from customers.fields import MailField, YenField
from customers.listing import DEFAULT_SORT, SORTS
from customers.models import Adviser, Customer, SalesNote
from wealthai.forms import StoredChoices
from wealthai.history import in_words

NOTE_LENGTH = 10_000
UNREADABLE = "読み取れない文字が含まれています。文字化けした部分を入力し直してください。"


class PoliteMessages:
    """Gives each field sentences of our own, and lets nobody lose what goes over a length."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            verb = "選択" if isinstance(field, forms.ChoiceField) else "入力"
            field.error_messages |= {
                "required": f"{field.label}を{verb}してください。",
                "invalid_choice": f"{field.label}は一覧から選んでください。",
                "null_characters_not_allowed": UNREADABLE,
            }
            if isinstance(field, forms.TypedChoiceField) and not field.required:
                field.choices = [("", "未設定"), *field.choices[1:]]
            length = getattr(field, "max_length", None)
            if length:
                field.error_messages["max_length"] = (
                    f"{field.label}は{length}文字以内で入力してください（いまは%(show_value)d文字です）。"
                )
                # Browsers cut pasted text off at maxlength without a word.
                field.widget.attrs.pop("maxlength", None)


class ListQuery(PoliteMessages, forms.Form):
    """The query string of the list. What is not understood is left at its default."""

    # A first click sorts by what is looked for most: the largest, the eldest, the latest.
    FIRST = {"age": "-age", "market": "-market", "contact": "-contact"}

    q = forms.CharField(
        label="検索する言葉",
        required=False,
        max_length=search.MAX_LENGTH,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "class": "form-control",
                "placeholder": "氏名・カナ・コード・電話・メール・住所",
                "autocomplete": "off",
                "data-search": True,
            }
        ),
    )
    sort = forms.ChoiceField(
        choices=[(sign + name, name) for name in SORTS for sign in ("", "-")], required=False
    )
    page = forms.IntegerField(min_value=1, max_value=10**6, required=False)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.text = self.cleaned_data.get("q", "")
        self.sort = self.cleaned_data.get("sort") or DEFAULT_SORT
        self.number = self.cleaned_data.get("page") or 1

    def found_in(self, customers):
        return customers.none() if "q" in self.errors else customers.search(self.text)

    def link(self, **changes):
        """The query string of this list with `changes`."""
        state = {"q": self.text, "sort": self.cleaned_data.get("sort")} | changes
        return "?" + urlencode({name: value for name, value in state.items() if value})

    def heads(self):
        """Per sortable column the link in its head and how it is sorted now."""
        heads = {}
        for name in SORTS:
            state = {name: "ascending", f"-{name}": "descending"}.get(self.sort)
            other = name if self.sort == f"-{name}" else f"-{name}"
            link = self.link(sort=other if state else self.FIRST.get(name, name))
            heads[name] = {"link": link, "state": state}
        return heads


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


class NoteForm(PoliteMessages, forms.ModelForm):
    class Meta:
        model = SalesNote
        fields = ["note_type", "content"]
        widgets = {
            "note_type": forms.RadioSelect(attrs={"class": "btn-check"}),
            "content": forms.Textarea(
                attrs={
                    "rows": 4,
                    "class": "form-control",
                    "placeholder": "話したこと、約束したことを書いてください",
                }
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note_type"].initial = SalesNote.Kind.PHONE
        content = self.fields["content"]
        content.validators.append(validate_note_length)

    def clean_content(self):
        return unix_lines(self.cleaned_data["content"])

    def save_about(self, customer, *, author):
        self.instance.customer = customer
        self.instance.sales_rep = author
        return self.save()


def unix_lines(text):
    """Browsers send CRLF; stored so, every text would differ from what other systems wrote."""
    return text.replace("\r\n", "\n") if text else text


def validate_note_length(text):
    if len(text) > NOTE_LENGTH:
        message = (
            f"メモは{NOTE_LENGTH:,}文字以内で入力してください。長いときは2回に分けてください。"
        )
        raise ValidationError(message, code="max_length")


def shown(column, value):
    return value.name if isinstance(value, Adviser) else in_words(column, value, {})
