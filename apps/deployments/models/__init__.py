from .allocation import AllocationLine, AllocationSheet, NeedConfirmation
from .batches import UNDO_FOR, Batch, BatchDeployment, BatchStay
from .ledger import Assignment, Deployment, DeploymentDay, Need, TaskType, Team

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
    "Need",
    "NeedConfirmation",
    "TaskType",
    "Team",
]
