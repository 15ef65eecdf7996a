"""The admin's lists: paged by position, so that every row is within reach at the cost of one page,
and counted no further than anybody pages; the count says when it stops there."""

from django.conf import settings
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from wealthai.counting import capped_count, count_words
from wealthai.keyset import Keyset, Order, Page, Position, StaleError
from wealthai.wording import unreadable


class CappedPaginator(Paginator):
    @cached_property
    def counted(self):
        return capped_count(self.object_list)

    @cached_property
    def count(self):
        return min(self.counted, settings.API_COUNT_CAP)

    @property
    def is_capped(self):
        return self.counted > settings.API_COUNT_CAP

    @property
    def count_words(self):
        return count_words(self.counted, unit="件")


class KeysetChangeList(ChangeList):
    """One column sorts, the one that `o` names first: nothing walks an order of several."""

    def get_ordering(self, request, queryset):
        """For the page `keyset`; an act on many meets them by their keys."""
        first = super().get_ordering(request, queryset)[0]
        sign, column = "-" if first.startswith("-") else "", first.removeprefix("-")
        named = self.lookup_opts.pk.name if column == "pk" else column
        self.keyset = self.model_admin.keyset_of(sign + named, queryset)
        return ["-pk"]

    def get_ordering_field_columns(self):
        """What the heads show as sorted."""
        return dict(list(super().get_ordering_field_columns().items())[:1])

    def get_results(self, request):
        self.page_num = 1  # the stock's pages have numbers
        super().get_results(request)
        if self.show_all and self.can_show_all:
            self.page = Page(self.keyset, list(self.keyset.sorted(self.sortable)))
        else:
            self.page = self.page_at(request.GET.get(PAGE_VAR))
        self.result_list = self.page.rows

    @property
    def sortable(self):
        """With the key of its order, where that is no column."""
        if hasattr(self.queryset, "with_sort_key"):
            return self.queryset.with_sort_key(self.keyset.order.column)
        return self.queryset

    def page_at(self, text):
        """A position that is none, or behind which nobody is left, leads to the first page."""
        try:
            start = Position.unpack(text, self.keyset.name) if text else None
        except StaleError:
            start = None
        page = self.keyset.page(self.sortable, self.list_per_page, start, self.paginator.counted)
        return page if page.rows or start is None else self.page_at(None)

    @property
    def previous_link(self):
        return self.page.previous and self.get_query_string({PAGE_VAR: self.page.previous})

    @property
    def next_link(self):
        return self.page.next and self.get_query_string({PAGE_VAR: self.page.next})

    @property
    def problems(self):
        """Why the list is empty though nobody was looked for in vain."""
        titles = [spec.title for spec in self.filter_specs if getattr(spec, "is_unreadable", False)]
        if titles:
            yield unreadable(titles)
        length, longest = len(self.query), self.model_admin.search_length
        if length > longest:
            yield f"検索する言葉は{longest}文字以内で入力してください（いまは{length:,}文字です）。"


def keyset_by(queryset, ordering):
    """By one column of the rows, of what they lead to, or of what `queryset` adds to them."""
    column, model = ordering.removeprefix("-"), queryset.model
    added = queryset.query.annotations.get(column)
    if added is None:
        order = Order.of(model, ordering)
    else:
        order = Order(column, ordering.startswith("-"), added.output_field, column)
    return Keyset(ordering, order, model)
