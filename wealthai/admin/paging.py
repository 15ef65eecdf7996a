"""The admin's lists count no further than anybody pages; the count says when it stops there."""

from django.conf import settings
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from wealthai.counting import capped_count, count_words


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
