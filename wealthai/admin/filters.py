"""What the filters of the back office's lists share."""

from django.contrib import admin


class ChoiceFilter(admin.SimpleListFilter):
    """Narrows by one of its choices. A value that is none of them finds nobody and is named above
    the list: left out, it would widen the list, and with it an act on all of the list."""

    @property
    def is_unreadable(self):
        return self.value() not in (None, "", *dict(self.lookup_choices))

    def has_output(self):
        """Also without any choice, or its value would go unnoticed."""
        return super().has_output() or self.is_unreadable

    def queryset(self, request, queryset):
        return queryset.none() if self.is_unreadable else self.narrowed(queryset, self.value())

    def narrowed(self, queryset, value):
        """`queryset` by `value`, which is one of the choices or empty."""
        raise NotImplementedError
