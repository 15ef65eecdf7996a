"""What only one customer may have and another has: what whoever typed it is told.

That it is taken cannot be hidden; by whom can (docs/decisions/0014-taken-values-name-nobody.md).
"""

from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.html import format_html

from customers.models import Customer
from customers.models.customer import TAKEN

FIELDS = ("customer_code", "email")
HELD = "この{label}は{holder}に登録されています。値を確かめてください。"


def holder_of(name, value, user, *, besides=None):
    """The other customer who has `value` in field `name`, among those whom `user` may see."""
    others = Customer.objects.visible_to(user).exclude(pk=besides)
    return _having(others, name, value).first()


def is_taken(name, value, *, besides=None):
    return _having(Customer.objects.exclude(pk=besides), name, value).exists()


def _having(customers, name, value):
    if name == "email":  # mail systems do not tell Ito@ from ito@
        return customers.alias(lower=Lower("email")).filter(lower=value.lower())
    return customers.having_code(value)


def sentence_for(name, value, user, *, besides=None):
    """For a page: with a link where the holder may be seen, else the model's own sentence."""
    holder = holder_of(name, value, user, besides=besides)
    if holder is None:
        return TAKEN
    link = format_html(
        '<a href="{}" target="_blank" rel="noopener">{}</a>',
        holder.get_absolute_url(),
        words_for(holder),
    )
    return format_html(HELD, label=label_of(name), holder=link)


def text_for(name, value, user, *, besides=None):
    """The same for the API, which has addresses instead of links."""
    holder = holder_of(name, value, user, besides=besides)
    if holder is None:
        return TAKEN
    place = reverse("customers:api-detail", args=[holder.pk])
    return HELD.format(label=label_of(name), holder=f"{words_for(holder)} {place} ")


def words_for(customer):
    archived = "・保管済み" if customer.archived_at else ""
    return f"{customer.name}（{customer.code}{archived}）"


def label_of(name):
    return Customer._meta.get_field(name).verbose_name


class TellsWhoHasIt:
    """A form of one customer: the model's sentence becomes that for `user`."""

    user = None

    def _post_clean(self):
        super()._post_clean()
        for name in FIELDS:
            errors = self._errors[name].as_data() if name in self._errors else []
            for error in errors:
                if error.code == "unique":
                    value = getattr(self.instance, name)
                    error.message = sentence_for(name, value, self.user, besides=self.instance.pk)
