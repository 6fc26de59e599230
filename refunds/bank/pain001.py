"""ISO 20022 pain.001.001.09: the credit transfer that banks of most countries read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pyiso20022.pain import pain_001_001_09 as pain
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig
from xsdata.models.datatype import XmlDate, XmlDateTime

from refunds.bank.details import BankDetails
from refunds.bank.rows import Transfer
from refunds.models import AccountKind

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
#: The clearing systems of ISO's external code list whose members are branches.
_CLEARING = {AccountKind.INDIA: "INFSC", AccountKind.UK: "GBDSC"}


def pain001_file(*, batch_id: UUID, debtor: Mapping[str, str], transfers: Sequence[Transfer], now: datetime) -> bytes:
    """The file for one debtor account (`name`, and `iban` or `account`, with `bic` or `branch`). One currency, one day."""
    total = sum((transfer.amount for transfer in transfers), Decimal(0))
    count, reference = str(len(transfers)), batch_id.hex
    payer = pain.PartyIdentification135(nm=debtor["name"])
    document = pain.Document(
        cstmr_cdt_trf_initn=pain.CustomerCreditTransferInitiationV09(
            grp_hdr=pain.GroupHeader85(
                msg_id=reference,
                cre_dt_tm=XmlDateTime.from_datetime(now.replace(microsecond=0)),
                nb_of_txs=count,
                ctrl_sum=total,
                initg_pty=payer,
            ),
            pmt_inf=[
                pain.PaymentInstruction30(
                    pmt_inf_id=reference,
                    pmt_mtd=pain.PaymentMethod3Code.TRF,
                    nb_of_txs=count,
                    ctrl_sum=total,
                    reqd_exctn_dt=pain.DateAndDateTime2Choice(dt=XmlDate.from_date(now.date())),
                    dbtr=payer,
                    dbtr_acct=_account(iban=debtor.get("iban", ""), number=debtor.get("account", "")),
                    dbtr_agt=_debtor_bank(debtor),
                    chrg_br=pain.ChargeBearerType1Code.SLEV if "iban" in debtor else None,
                    cdt_trf_tx_inf=[_transaction(transfer) for transfer in transfers],
                )
            ],
        )
    )
    serializer = XmlSerializer(config=SerializerConfig(indent="  ", encoding="UTF-8"))
    return serializer.render(document, ns_map={None: NAMESPACE}).encode()


def _transaction(transfer: Transfer) -> pain.CreditTransferTransaction34:
    """One transfer to one patient."""
    details = transfer.details
    by_iban = details.kind == AccountKind.IBAN
    return pain.CreditTransferTransaction34(
        pmt_id=pain.PaymentIdentification6(instr_id=transfer.end_to_end_id, end_to_end_id=transfer.end_to_end_id),
        amt=pain.AmountType4Choice(
            instd_amt=pain.ActiveOrHistoricCurrencyAndAmount(value=transfer.amount, ccy=transfer.currency)
        ),
        cdtr_agt=None if by_iban else _branch(details),
        cdtr=pain.PartyIdentification135(nm=details.name),
        cdtr_acct=_account(iban=details.account if by_iban else "", number=details.account),
    )


def _account(*, iban: str, number: str) -> pain.CashAccount38:
    """An account by its IBAN, else by its number."""
    other = None if iban else pain.GenericAccountIdentification1(id=number)
    return pain.CashAccount38(id=pain.AccountIdentification4Choice(iban=iban or None, othr=other))


def _branch(details: BankDetails) -> pain.BranchAndFinancialInstitutionIdentification6:
    """The patient's branch, by the number its country's clearing knows it by."""
    return _bank(member=details.branch, system=_CLEARING[details.kind])


def _debtor_bank(debtor: Mapping[str, str]) -> pain.BranchAndFinancialInstitutionIdentification6:
    """The house's own bank: by BIC, by its branch, or left to whoever has the account."""
    if debtor.get("bic"):
        return pain.BranchAndFinancialInstitutionIdentification6(
            fin_instn_id=pain.FinancialInstitutionIdentification18(bicfi=debtor["bic"])
        )
    if debtor.get("branch"):
        kind = AccountKind.UK if debtor["branch"].isdecimal() else AccountKind.INDIA
        return _bank(member=debtor["branch"], system=_CLEARING[kind])
    other = pain.GenericFinancialIdentification1(id="NOTPROVIDED")
    return pain.BranchAndFinancialInstitutionIdentification6(
        fin_instn_id=pain.FinancialInstitutionIdentification18(othr=other)
    )


def _bank(*, member: str, system: str) -> pain.BranchAndFinancialInstitutionIdentification6:
    """A bank as a member of a clearing system."""
    return pain.BranchAndFinancialInstitutionIdentification6(
        fin_instn_id=pain.FinancialInstitutionIdentification18(
            clr_sys_mmb_id=pain.ClearingSystemMemberIdentification2(
                clr_sys_id=pain.ClearingSystemIdentification2Choice(cd=system), mmb_id=member
            )
        )
    )
