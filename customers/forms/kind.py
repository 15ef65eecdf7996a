"""個人 or 法人: the choice that decides which fields of a customer make sense."""


class KindChoice:
    """Where nothing is chosen the customer stays what it is; a new one is a person."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = self.add_prefix("kind")
        if self.is_bound and "kind" in self.fields and not self.data.get(name):
            self.data = self.data.copy()
            self.data[name] = self.instance.kind
