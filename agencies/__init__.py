"""Us: the agency tree, officers, appointments, the actor, the audit trail, the outbox, domain errors."""
