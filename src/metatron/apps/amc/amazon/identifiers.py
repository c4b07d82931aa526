"""Amazon's own ids. Only these reach the client; our ids are UUIDs and stay with us."""

from typing import NewType

AmcAccountId = NewType("AmcAccountId", str)
AmcInstanceId = NewType("AmcInstanceId", str)
AmcWorkflowId = NewType("AmcWorkflowId", str)
AmcScheduleId = NewType("AmcScheduleId", str)
AmcExecutionId = NewType("AmcExecutionId", str)
