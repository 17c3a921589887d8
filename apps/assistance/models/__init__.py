"""Those who are helped, what they asked for, and each act of help."""

from .actions import AssistanceAction
from .beneficiaries import Beneficiary, BeneficiaryEvent, label_of, number_of
from .cases import AssistanceCase, CaseEvent

__all__ = [
    "AssistanceAction",
    "AssistanceCase",
    "Beneficiary",
    "BeneficiaryEvent",
    "CaseEvent",
    "label_of",
    "number_of",
]
