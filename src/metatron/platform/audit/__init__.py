"""The audit log: event rows chained per tenant, checkpoints signed, both verifiable."""
