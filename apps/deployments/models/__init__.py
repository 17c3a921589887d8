from .allocation import AllocationLine, AllocationSheet, NeedConfirmation
from .batches import UNDO_FOR, Batch, BatchDeployment, BatchStay
from .forecast import NeedForecast
from .ledger import Assignment, Deployment, DeploymentDay, Team
from .needs import Need, TaskType
from .registrations import MemberRegistration, UnitRegistration
from .sealing import LocalPost, Sealing, SealingChange, SealingDeployment
from .signing import SigningLine, SigningSheet
from .visits import Finding, FindingStep, Visit, VisitItem, VisitResult

__all__ = [
    "UNDO_FOR",
    "AllocationLine",
    "AllocationSheet",
    "Assignment",
    "Batch",
    "BatchDeployment",
    "BatchStay",
    "Deployment",
    "DeploymentDay",
    "Finding",
    "FindingStep",
    "LocalPost",
    "MemberRegistration",
    "Need",
    "NeedConfirmation",
    "NeedForecast",
    "Sealing",
    "SealingChange",
    "SealingDeployment",
    "SigningLine",
    "SigningSheet",
    "TaskType",
    "Team",
    "UnitRegistration",
    "Visit",
    "VisitItem",
    "VisitResult",
]
