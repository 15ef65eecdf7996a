from customers.models.customer import Customer
from wealthai.tracking import TrackedQuerySet


class CustomerRecordQuerySet(TrackedQuerySet):
    """Rows that belong to a customer: whoever may see the customer may see them."""

    def visible_to(self, user):
        if user.sees_firm:
            return self
        return self.filter(customer__in=Customer.objects.visible_to(user))
