"""The ledger for whoever knows TigerBeetle: same fields, flags, rules and result names (0.17).

    [result] = await create_transfers(session, context, transfers=[Transfer(
        id=new_id(), debit_account_id=clearing, credit_account_id=escrow, amount=2_500,
        ledger=978, code=1, flags=TransferFlags.PENDING, timeout=900,
        why="Lock 25.00 EUR for commitment K7-3QF",
        where_to="Escrow of commitment K7-3QF at the provider",
        triggered_by="Member confirmed the last step of joining")])
    assert result.status is CreateTransferStatus.CREATED

Calls take lists and return one result for each item, in order. Debit and credit accounts, pending
and posted amounts, limits that count pending amounts, posts (whole or part, the rest is released),
voids, timeouts, linked chains (all or nothing within one call), balancing and closing transfers,
client-made ids as idempotency keys, immutability: as there, in its order of precedence.

What differs, and why:

- Ids and `user_data_128` are UUIDs, zero is `ZERO`. The largest amount is `AMOUNT_MAX` (2^63 - 1);
  posting it posts all that is held. `ledger` has 31 bits, `user_data_64` 63; `code`, `timeout` and
  `user_data_32` have TigerBeetle's 16, 32 and 32.
- Every transfer tells its story: `why`, `where_to`, `triggered_by`, never empty. They and
  `event_at` are not compared when an id comes again: the stored words stand.
- An account has a `currency`; two currencies are two ledgers whatever their number, and are
  refused by the names for different ledgers.
- Imported events are not offered: their flag answers `reserved_flag`. Use `event_at`. Nor are the
  queries over all accounts and transfers and the change stream: see `trial_balance` and the events.
- Calls run in the session's transaction. They take effect when it commits, and so does
  `id_already_failed`: if the caller rolls a refusal back, the id is free again. Accounts are locked
  in order of id for the rest of the transaction: make one call with all transfers rather than two,
  and be ready to repeat the transaction on SQLSTATE 40P01.
- A hold whose timeout is over can no longer be posted or voided (`pending_transfer_expired`),
  whether or not a job has run; its amount is released by the job `ledger.expire_pending`, which
  `create_transfers` enqueues and which announces `ledger.transfer_expired.v1`. Until then it counts
  as pending, as in TigerBeetle between two pulses: a limit errs towards refusing.
- `lookup_*` keep the places: None stands for an unknown id. `pending_status` tells how a pending
  transfer ended. `balances_at` answers for any account at any time, by booking or event time;
  `balances_over` at many times of booking at once.
- Booking times ascend strictly over the database and along each account, close to the clock. They
  are drawn before the commit, so that a lower one may become visible after a higher one of other
  accounts.
- Rows of other tenants do not exist here: their ids are unknown accounts.

Busy accounts: an account is locked until its transaction is on disk. One without a limit can be
opened as shards (`shards_of`, `shard_of`, `sharded_balances`); for one with a limit a `Batcher`
books concurrent callers' transfers together, each caller getting its own results.
`register_check` adds a module's own rules to `metatron ledger check` and to the nightly run.

The status of an item is data, not an exception; refuse what must not go on:
`demand_created` raises `TransferRefused` for the first result that is neither created nor exists.
"""

from metatron.platform.ledger.accounts import (
    Account,
    CreateAccountResult,
    create_accounts,
    lookup_accounts,
    lookup_available,
)
from metatron.platform.ledger.batcher import Batcher
from metatron.platform.ledger.checking import check_books, register_check, tenants_with_books
from metatron.platform.ledger.checks import Violation, run_checks
from metatron.platform.ledger.errors import (
    LedgerBusy,
    LedgerClosing,
    LedgerInputInvalid,
    TransferRefused,
)
from metatron.platform.ledger.fields import AMOUNT_MAX, BATCH_MAX, ID_MAX, ZERO
from metatron.platform.ledger.history import (
    AccountBalance,
    AccountFilter,
    account_balances,
    account_transfers,
    balances_at,
    balances_over,
)
from metatron.platform.ledger.shards import (
    SHARDS,
    ShardedBalance,
    shard_of,
    sharded_balances,
    shards_of,
)
from metatron.platform.ledger.statuses import (
    AccountFilterFlags,
    AccountFlags,
    CreateAccountStatus,
    CreateTransferStatus,
    PendingStatus,
    TransferFlags,
)
from metatron.platform.ledger.transfers import (
    CreateTransferResult,
    Transfer,
    create_transfers,
    demand_created,
    expire_pending,
    lookup_transfers,
)
from metatron.platform.ledger.trial_balance import (
    TrialBalanceFilter,
    TrialBalanceLine,
    trial_balance,
)

__all__ = [
    "AMOUNT_MAX",
    "BATCH_MAX",
    "ID_MAX",
    "SHARDS",
    "ZERO",
    "Account",
    "AccountBalance",
    "AccountFilter",
    "AccountFilterFlags",
    "AccountFlags",
    "Batcher",
    "CreateAccountResult",
    "CreateAccountStatus",
    "CreateTransferResult",
    "CreateTransferStatus",
    "LedgerBusy",
    "LedgerClosing",
    "LedgerInputInvalid",
    "PendingStatus",
    "ShardedBalance",
    "Transfer",
    "TransferFlags",
    "TransferRefused",
    "TrialBalanceFilter",
    "TrialBalanceLine",
    "Violation",
    "account_balances",
    "account_transfers",
    "balances_at",
    "balances_over",
    "check_books",
    "create_accounts",
    "create_transfers",
    "demand_created",
    "expire_pending",
    "lookup_accounts",
    "lookup_available",
    "lookup_transfers",
    "register_check",
    "run_checks",
    "shard_of",
    "sharded_balances",
    "shards_of",
    "tenants_with_books",
    "trial_balance",
]
