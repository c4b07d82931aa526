"""The insert of each table; columns left out have defaults."""

INSERT = {
    "request": (
        "insert into request (idempotency_key, operation, body_sha256, http_status, answer,"
        " resource_kind, resource_id, created_at) values (:idempotency_key, :operation,"
        " :body_sha256, :http_status, :answer, :resource_kind, :resource_id, :created_at)"
    ),
    "authorisation": (
        "insert into authorisation (id, amount_minor, currency, payment_method, status,"
        " capture_before, metadata, failure_code, idempotency_key, created_at) values (:id,"
        " :amount_minor, :currency, :payment_method, :status, :capture_before, :metadata,"
        " :failure_code, :idempotency_key, :created_at)"
    ),
    "refund": (
        "insert into refund (id, authorisation_id, amount_minor, currency, status, origin,"
        " metadata, idempotency_key, settle_at, created_at) values (:id, :authorisation_id,"
        " :amount_minor, :currency, :status, :origin, :metadata, :idempotency_key, :settle_at,"
        " :created_at)"
    ),
    "payout": (
        "insert into payout (id, destination, amount_minor, currency, status, metadata,"
        " idempotency_key, settle_at, created_at) values (:id, :destination, :amount_minor,"
        " :currency, :status, :metadata, :idempotency_key, :settle_at, :created_at)"
    ),
    "dispute": (
        "insert into dispute (id, authorisation_id, amount_minor, fee_minor, currency, status,"
        " metadata, created_at) values (:id, :authorisation_id, :amount_minor, :fee_minor,"
        " :currency, :status, :metadata, :created_at)"
    ),
    "dispute_evidence": (
        "insert into dispute_evidence (dispute_id, explanation, submitted_at)"
        " values (:dispute_id, :explanation, :submitted_at)"
    ),
    "fee": (
        "insert into fee (id, source, charged_for, amount_minor, currency, metadata, created_at)"
        " values (:id, :source, :charged_for, :amount_minor, :currency, :metadata, :created_at)"
    ),
    "entry": (
        "insert into entry (ref, kind, amount_minor, currency, value_date, created_at) values"
        " (:ref, :kind, :amount_minor, :currency, :value_date, :created_at)"
    ),
    "event": (
        "insert into event (id, type, body, created_at) values (:id, :type, :body, :created_at)"
    ),
    "delivery": (
        "insert into delivery (event_id, due_at, state, forged) values (:event_id, :due_at,"
        " :state, :forged)"
    ),
    "fault_rule": (
        "insert into fault_rule (id, seed, operation, fault, probability, remaining, seconds)"
        " values (:id, :seed, :operation, :fault, :probability, :remaining, :seconds)"
    ),
}
