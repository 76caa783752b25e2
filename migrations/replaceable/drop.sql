-- What the files beside this one made, taken away before migrations are taken back.
DROP VIEW IF EXISTS laws, laws_not_applied, law_i1, law_i2, law_i3, law_i4, law_i5, law_i6, law_i7, law_i8, law_i9, law_i10, law_i11, law_i12, law_i13, law_i14, law_i15, payments_gone;
DROP FUNCTION IF EXISTS enforce_state_machine(), refuse_change(), ledger_transfer_balances(), market_number_changes(), guard_organisation_facts(), capacity_commit(uuid, integer), capacity_release(uuid, integer) CASCADE;
