"""How each promise about bank files, holds and money that went back outside is broken."""

from refunds.models import BankBatchRow
from tests.audit import bank_scenes
from tests.audit.tampering import Tampering, copied

_BATCH = "refunds_bankbatch"
_ROW = "refunds_bankbatchrow"

BANK = (
    Tampering(
        code="refund_in_one_file",
        scene=bank_scenes.in_a_file,
        sql=(copied(BankBatchRow, "1 = 1"),),
        guards=("refunds_bankbatchrow_fits_its_file", "refunds_batch_row_once"),
        offenders=("{refund}",),
    ),
    Tampering(
        code="file_is_its_rows",
        scene=bank_scenes.in_a_file,
        sql=(f"UPDATE {_BATCH} SET amount = amount + 1",),
        guards=("refunds_bankbatch_file_is_fixed",),
        offenders=("{batch}",),
    ),
    Tampering(
        code="file_is_its_rows",
        scene=bank_scenes.in_a_file,
        sql=(f"UPDATE {_ROW} SET amount = 1", f"UPDATE {_BATCH} SET amount = 1"),
        guards=("refunds_bankbatchrow_row_is_fixed", "refunds_bankbatch_file_is_fixed"),
        offenders=("{batch}",),
    ),
    Tampering(
        code="file_is_as_made",
        scene=bank_scenes.in_a_file,
        sql=(f"UPDATE {_BATCH} SET sealed = 'x'",),
        guards=("refunds_bankbatch_file_is_fixed",),
        offenders=("{batch}",),
    ),
    Tampering(
        code="file_row_is_what_happened",
        scene=bank_scenes.in_a_file,
        sql=(f"UPDATE {_ROW} SET state = 'paid'",),
        offenders=("{row}",),
    ),
    Tampering(
        code="file_row_is_what_happened",
        scene=bank_scenes.paid_by_file,
        sql=(f"UPDATE {_ROW} SET state = 'listed'",),
        guards=("refunds_bankbatchrow_legal_edges",),
        offenders=("{row}",),
    ),
    Tampering(
        code="file_row_is_what_happened",
        scene=bank_scenes.paid_by_file,
        sql=(f"UPDATE {_BATCH} SET sha256 = 'x'",),
        guards=("refunds_bankbatch_file_is_fixed",),
        offenders=("{row}",),
    ),
    Tampering(
        code="file_has_four_eyes",
        scene=bank_scenes.in_a_file,
        sql=(f"UPDATE {_BATCH} SET released_by = made_by",),
        guards=("refunds_bankbatch_signed_once", "refunds_batch_four_eyes"),
        offenders=("{batch}",),
    ),
    Tampering(
        code="nothing_on_hold_is_paid",
        scene=bank_scenes.released_hold_in_a_file,
        sql=("DELETE FROM refunds_holdrelease",),
        guards=("refunds_holdrelease_no_delete",),
        offenders=("{row}",),
    ),
    Tampering(
        code="outside_rows_are_booked",
        scene=bank_scenes.refunded_outside,
        sql=("DELETE FROM refunds_ledgerentry WHERE kind = 'outside'",),
        guards=("refunds_ledgerentry_no_delete",),
        offenders=("re_outside",),
    ),
    Tampering(
        code="outside_rows_are_booked",
        scene=bank_scenes.refunded_outside,
        sql=("DELETE FROM refunds_outsiderefund",),
        guards=("refunds_outsiderefund_no_delete",),
        offenders=("{payment}",),
    ),
)
