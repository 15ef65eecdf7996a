"""What is confirmed is what the preview showed: all of it in one act, or nothing."""

import pytest
from django.urls import reverse

from customers.models import Customer
from tests.customers.test_bulk_edit import PATH, choice, errors, planned
from tests.customers.trails import by_copy
from tests.factories import CustomerFactory
from wealthai.models import ChangeBatch


def previewed(client, data):
    """What the preview's form would send when its button is pressed."""
    plan = client.post(PATH, data).context["plan"]
    return data | {"step": "apply", "ids": plan.marks, "reason": "面談で確認"}


def test_confirmed_change_is_stored_in_one_act(page, ito, ono, tanaka):
    response = page.post(PATH, previewed(page, choice(ito, ono)))

    batch = ChangeBatch.objects.get()
    assert response.url == reverse("customers:batch-detail", args=[batch.pk])
    assert set(Customer.objects.values_list("risk_tolerance", flat=True)) == {"4"}
    assert (batch.kind, batch.user, batch.reason, batch.summary) == (
        "bulk_edit",
        tanaka,
        "面談で確認",
        "リスク許容度 → 4 やや積極的（2名）",
    )


def test_history_names_person_way_reason_and_act(page, ito, tanaka):
    page.post(PATH, previewed(page, choice(ito)))

    newest = ito.history.first()
    assert (newest.history_user, newest.source, newest.history_change_reason, newest.batch) == (
        tanaka,
        "bulk",
        "面談で確認",
        ChangeBatch.objects.get(),
    )


def test_form_with_what_cannot_be_stored_changes_nobody(page, ito, ono):
    response = page.post(PATH, previewed(page, choice(ito, ono)) | {"x": "\0"})

    assert response.status_code == 400
    assert set(Customer.objects.values_list("risk_tolerance", flat=True)) == {"3", None}
    assert not ChangeBatch.objects.exists()


def test_who_does_not_change_gets_no_history(page, ito, ono):
    page.post(PATH, previewed(page, choice(ito, ono, risk_tolerance="3")))

    assert (ito.history.count(), ono.history.count()) == (1, 2)


def test_emptied_field_is_null(page, ito):
    page.post(PATH, previewed(page, choice(ito, risk_tolerance="")))

    assert Customer.objects.get().risk_tolerance is None


def test_reason_is_required_and_the_preview_stays(page, ito):
    response = page.post(PATH, previewed(page, choice(ito)) | {"reason": "　"})

    assert errors(response.context["reason"]) == {"reason": ["理由を入力してください。"]}
    assert [row[0] for row in planned(response)] == ["伊藤正雄"]
    assert ChangeBatch.objects.count() == 0


def test_row_that_moved_since_stops_everything_and_is_named(page, ito, ono):
    data = previewed(page, choice(ito, ono))
    ono.risk_tolerance = "1"
    ono.save()

    response = page.post(PATH, data)

    assert [row.customer for row in response.context["rows"] if row.has_moved] == [ono]
    assert planned(response)[0] == ("大野達也", "リスク許容度", "1 保守的", "4 やや積極的")
    assert ChangeBatch.objects.count() == 0


def test_change_of_another_field_since_does_not_matter(page, ito):
    data = previewed(page, choice(ito))
    ito.phone = "1"
    ito.save()

    page.post(PATH, data)

    assert Customer.objects.values_list("phone", "risk_tolerance").get() == ("1", "4")


def test_customer_who_was_handed_over_since_stops_everything(page, ito, ono, suzuki):
    data = previewed(page, choice(ito, ono))
    ono.sales_rep = suzuki
    ono.save()

    response = page.post(PATH, data)

    assert "1名がほかの人に変更されました" in response.text
    assert ChangeBatch.objects.count() == 0


def test_confirming_the_new_preview_is_a_new_decision(page, ito):
    data = previewed(page, choice(ito))
    ito.risk_tolerance = "1"
    ito.save()
    again = page.post(PATH, data).context["plan"].marks

    page.post(PATH, data | {"ids": again})

    assert Customer.objects.get().risk_tolerance == "4"


def test_what_was_never_shown_is_shown_first(page, ito):
    response = page.post(PATH, choice(ito, step="apply", reason="面談で確認"))

    assert planned(response) == [("伊藤正雄", "リスク許容度", "3 中立", "4 やや積極的")]
    assert ChangeBatch.objects.count() == 0


def test_pressing_twice_does_it_once(page, ito):
    data = previewed(page, choice(ito))
    page.post(PATH, data)

    page.post(PATH, data)

    assert ChangeBatch.objects.count() == 1


def test_another_advisers_customer_stays_as_it_is(page, ito, nakamura):
    page.post(PATH, previewed(page, choice(ito, nakamura)))

    assert Customer.objects.get(pk=nakamura.pk).risk_tolerance is None


def test_way_back_to_the_choice_keeps_what_was_chosen(page, ito):
    data = previewed(page, choice(ito, change="occupation", occupation="医師"))

    response = page.post(PATH, data | {"step": "choose"})

    assert response.context["keys"] == [ito.pk]
    assert 'value="医師"' in response.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_compliance_changes_nothing(method, client, compliance, ito):
    client.force_login(compliance)

    assert getattr(client, method)(PATH, choice(ito, step="apply")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_confirming_takes_the_same_queries_for_any_number(
    page, tanaka, count, django_assert_num_queries
):
    data = previewed(page, choice(*CustomerFactory.create_batch(count, sales_rep=tanaka)))

    with django_assert_num_queries(by_copy(12, 13)):
        page.post(PATH, data)
