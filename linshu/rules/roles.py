"""Who works in a court? The roles of domain.md § 4."""

from enum import StrEnum


class Role(StrEnum):
    """The people of domain.md § 4."""

    EXECUTOR = "executor"
    CLERK = "clerk"
    FILING_CLERK = "filing_clerk"
    CENTRE_STAFF = "centre_staff"
    TEAM_LEAD = "team_lead"
    BUREAU_CHIEF = "bureau_chief"
    VICE_PRESIDENT = "vice_president"
    PRESIDENT = "president"
    SUPERVISOR = "supervisor"
    DORMANT_KEEPER = "dormant_keeper"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
