DROP TABLE ledger_entries, ledger_transfers, ledger_accounts, gateway_events, payment_attempts, payments;
