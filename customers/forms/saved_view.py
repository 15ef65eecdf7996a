"""A view of the customer list under a name."""

from django import forms

from customers.forms.list_query import query_of
from customers.forms.polite import PoliteMessages
from customers.models import SavedView
from wealthai.my_number import my_number_in

MY_NUMBER = (
    "検索する言葉に、マイナンバーとみられる12桁の数字があるため保存できません。"
    "一覧に戻り、別の言葉で検索してから保存してください。"
)


class SavedViewForm(PoliteMessages, forms.ModelForm):
    """`address` is the query string of the list as it is on screen, where there is one."""

    replace = forms.BooleanField(
        label="条件をいまの一覧のものに置き換える", required=False, initial=True
    )

    class Meta:
        model = SavedView
        fields = ["name", "audience"]
        widgets = {"audience": forms.RadioSelect(attrs={"class": "form-check-input"})}
        help_texts = {"audience": "公開しても、見る人に見える顧客だけが並びます。"}

    def __init__(self, *args, user, address="", **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.query = query_of(address, user=user)
        choices = SavedView.Audience.choices
        if not user.branch:
            choices = [choice for choice in choices if choice[0] != SavedView.Audience.BRANCH]
        self.fields["audience"].choices = choices
        if self.instance.pk is None or not address:
            del self.fields["replace"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        twins = SavedView.objects.filter(owner=self.user, name=name).exclude(pk=self.instance.pk)
        if twins.exists():
            raise forms.ValidationError(self.twin_sentence())
        return name

    def clean(self):
        """A view without the condition that was meant would show everybody."""
        cleaned = super().clean()
        if self.takes_query() and self.query.problem:
            raise forms.ValidationError(self.query.problem)
        if self.takes_query() and my_number_in(self.query.text) is not None:
            raise forms.ValidationError(MY_NUMBER, code="my_number")
        return cleaned

    def takes_query(self):
        """The list on screen is what is saved; a view may be renamed without."""
        return self.instance.pk is None or self.cleaned_data.get("replace")

    def twin_sentence(self):
        name = self.cleaned_data["name"]
        return f"「{name}」という条件はもうあります。別の名前にするか、その条件を編集してください。"

    def save(self):
        view = self.instance
        if self.takes_query():
            view.query = self.query.address
        if view.pk is None:
            view.owner = self.user
        of_branch = view.audience == SavedView.Audience.BRANCH
        view.branch = self.user.branch if of_branch else ""
        return super().save()


class StarForm(forms.Form):
    star = forms.BooleanField(required=False)
