"""Adding, changing and deleting money that a customer expects."""

from customers.forms import CashInflowForm
from customers.models import CashInflow
from customers.views.dialog import AddToCustomer, ChangeRow, DeleteRow
from wealthai.wording import yen


class InflowCreate(AddToCustomer):
    model = CashInflow
    form_class = CashInflowForm
    permission_required = "customers.add_cashinflow"
    title = "入金予測を追加"
    wide_fields = ("source_note",)
    done = "入金予測を追加しました"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}


class InflowUpdate(ChangeRow):
    model = CashInflow
    form_class = CashInflowForm
    permission_required = "customers.change_cashinflow"
    title = "入金予測を編集"
    wide_fields = ("source_note",)
    delete_name = "customers:inflow-delete"


class InflowDelete(DeleteRow):
    model = CashInflow
    permission_required = "customers.delete_cashinflow"
    title = "入金予測を削除"
    consequence = "入金の見込みから除かれます。見込みがなくなったときは、削除せずに状態を「取消」にしてください。"

    def thing(self):
        inflow = self.object
        source = inflow.get_source_type_display() or "入金予測"
        return f"{source} {yen(inflow.predicted_amount)}（{inflow.predicted_date:%Y/%m/%d}）"
