// Diesel's picture of the tables: a test compares it with the migrated database.
// Columns of type tsvector and xid8 are left out: only SQL touches them.

diesel::table! {
    audit_records (id) {
        id -> Uuid,
        recorded_at -> Timestamptz,
        org_id -> Nullable<Uuid>,
        actor_user_id -> Nullable<Uuid>,
        actor_kind -> Text,
        action -> Text,
        entity_type -> Text,
        entity_id -> Text,
        request_id -> Text,
        details -> Jsonb,
        elevation -> Nullable<Text>,
    }
}

diesel::table! {
    cart_lines (id) {
        id -> Uuid,
        org_id -> Uuid,
        cart_id -> Uuid,
        service_id -> Uuid,
        seen_version_id -> Uuid,
        seen_unit_price_minor -> Int8,
        quantity -> Int4,
        added_by -> Uuid,
        added_at -> Timestamptz,
    }
}

diesel::table! {
    carts (id) {
        id -> Uuid,
        org_id -> Uuid,
        on_behalf_of -> Nullable<Text>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    certificate_events (id) {
        id -> Uuid,
        org_id -> Uuid,
        seller_org_id -> Uuid,
        certificate_id -> Uuid,
        kind -> Text,
        occurred_at -> Timestamptz,
        actor_user_id -> Nullable<Uuid>,
        place -> Nullable<Text>,
        reason -> Nullable<Text>,
        reason_code -> Nullable<Text>,
    }
}

diesel::table! {
    certificates (id) {
        id -> Uuid,
        org_id -> Uuid,
        seller_org_id -> Uuid,
        line_id -> Uuid,
        unit_no -> Int4,
        public_code -> Bytea,
        status -> Text,
        title -> Text,
        key_id -> Bytea,
        signed_payload -> Bytea,
        issued_at -> Timestamptz,
        expires_at -> Timestamptz,
        redeemed_at -> Nullable<Timestamptz>,
        redeemed_by -> Nullable<Uuid>,
        redeemed_place -> Nullable<Text>,
        status_reason -> Nullable<Text>,
        status_reason_code -> Nullable<Text>,
    }
}

diesel::table! {
    commission_lines (id) {
        id -> Uuid,
        org_id -> Uuid,
        line_id -> Uuid,
        kind -> Text,
        beneficiary_org_id -> Uuid,
        basis_points -> Int4,
        amount_minor -> Int8,
    }
}

diesel::table! {
    database_origin (only_row) {
        only_row -> Bool,
        system_identifier -> Int8,
        audit_table -> Int8,
    }
}

diesel::table! {
    gateway_events (gateway, event_id) {
        gateway -> Text,
        event_id -> Text,
        kind -> Text,
        received_at -> Timestamptz,
        payload -> Jsonb,
        payment_id -> Nullable<Uuid>,
        effect -> Text,
        body -> Nullable<Bytea>,
    }
}

diesel::table! {
    icd11_entities (release_id, uri) {
        release_id -> Text,
        uri -> Text,
        foundation_uri -> Nullable<Text>,
        code -> Nullable<Text>,
        block_id -> Nullable<Text>,
        title -> Text,
        class_kind -> Text,
        depth -> Int4,
        is_residual -> Bool,
        is_leaf -> Bool,
        chapter_no -> Text,
        parent_uri -> Nullable<Text>,
        ordinal -> Int4,
    }
}

diesel::table! {
    icd11_releases (id) {
        id -> Text,
        language -> Text,
        version_stamp -> Text,
        source_sha256 -> Bytea,
        complete -> Bool,
        entity_count -> Int4,
        imported_at -> Timestamptz,
        is_current -> Bool,
    }
}

diesel::table! {
    idempotency_keys (org_id, key) {
        org_id -> Uuid,
        key -> Text,
        operation -> Text,
        request_hash -> Bytea,
        response -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invitations (id) {
        id -> Uuid,
        org_id -> Uuid,
        email -> Text,
        level -> Text,
        token_hash -> Bytea,
        invited_by -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    known_devices (token_hash, user_id) {
        token_hash -> Bytea,
        user_id -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
    }
}

diesel::table! {
    ledger_accounts (id) {
        id -> Uuid,
        org_id -> Uuid,
        kind -> Text,
        currency -> Bpchar,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    ledger_entries (id) {
        id -> Int8,
        transfer_id -> Uuid,
        account_id -> Uuid,
        org_id -> Uuid,
        currency -> Bpchar,
        side -> Text,
        amount_minor -> Int8,
    }
}

diesel::table! {
    ledger_transfers (id) {
        id -> Uuid,
        kind -> Text,
        payment_id -> Nullable<Uuid>,
        transaction_id -> Nullable<Uuid>,
        reverses_transfer_id -> Nullable<Uuid>,
        posted_at -> Timestamptz,
    }
}

diesel::table! {
    list_openings (org_id, list, level) {
        org_id -> Uuid,
        list -> Text,
        level -> Text,
        view_id -> Uuid,
    }
}

diesel::table! {
    log_checkpoints (tree_size) {
        tree_size -> Int8,
        root_hash -> Bytea,
        signed_note -> Text,
        signed_at -> Timestamptz,
    }
}

diesel::table! {
    log_entries (id) {
        id -> Uuid,
        certificate_event_id -> Uuid,
        entry -> Bytea,
        created_at -> Timestamptz,
        entry_no -> Int8,
    }
}

diesel::table! {
    log_hashes (level, position) {
        level -> Int2,
        position -> Int8,
        hash -> Bytea,
    }
}

diesel::table! {
    log_leaves (leaf_index) {
        leaf_index -> Int8,
        log_entry_id -> Uuid,
        leaf_hash -> Bytea,
        sequenced_at -> Timestamptz,
    }
}

diesel::table! {
    log_queue (log_entry_id) {
        log_entry_id -> Uuid,
        queued_at -> Timestamptz,
    }
}

diesel::table! {
    market_changes (service_id) {
        service_id -> Uuid,
        generation -> Int8,
    }
}

diesel::table! {
    market_listings (service_id) {
        service_id -> Uuid,
        version_id -> Uuid,
        provider_org_id -> Uuid,
        provider_name -> Text,
        title -> Text,
        summary -> Text,
        category -> Text,
        modality -> Text,
        country -> Bpchar,
        city -> Text,
        duration_minutes -> Int4,
        validity_days -> Int4,
        currency -> Bpchar,
        base_price_minor -> Int8,
        lowest_price_minor -> Int8,
        codes -> Jsonb,
        code_list -> Array<Text>,
        chapters -> Array<Text>,
        blocks -> Array<Text>,
        listed_at -> Timestamptz,
        search_text -> Text,
    }
}

diesel::table! {
    market_state (only_row) {
        only_row -> Bool,
        generation -> Int8,
    }
}

diesel::table! {
    market_words (word) {
        word -> Text,
        listings -> Int4,
    }
}

diesel::table! {
    memberships (id) {
        id -> Uuid,
        org_id -> Uuid,
        user_id -> Uuid,
        level -> Text,
        created_at -> Timestamptz,
        removed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    organisation_reasons (org_id, change_id) {
        org_id -> Uuid,
        change_id -> Int8,
        reason -> Text,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        kind -> Text,
        name -> Text,
        legal_name -> Text,
        registration_number -> Text,
        country -> Bpchar,
        city -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        created_at -> Timestamptz,
        verified_at -> Nullable<Timestamptz>,
        time_zone -> Nullable<Text>,
        registration_key -> Text,
        name_skeleton -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        topic -> Text,
        payload -> Jsonb,
        created_at -> Timestamptz,
        available_at -> Timestamptz,
        attempts -> Int4,
        done_at -> Nullable<Timestamptz>,
        dead_at -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    payment_attempts (id) {
        id -> Uuid,
        org_id -> Uuid,
        payment_id -> Uuid,
        attempt_no -> Int4,
        gateway -> Text,
        gateway_session_id -> Nullable<Text>,
        gateway_payment_id -> Nullable<Text>,
        hosted_url -> Nullable<Text>,
        outcome -> Text,
        failure_code -> Nullable<Text>,
        created_at -> Timestamptz,
        last_checked_at -> Nullable<Timestamptz>,
        checks -> Int4,
        captured_minor -> Int8,
        refunded_minor -> Int8,
        dispute -> Nullable<Text>,
    }
}

diesel::table! {
    payments (id) {
        id -> Uuid,
        org_id -> Uuid,
        purchase_id -> Uuid,
        status -> Text,
        currency -> Bpchar,
        amount_minor -> Int8,
        authorised_minor -> Int8,
        captured_minor -> Int8,
        refunded_minor -> Int8,
        fee_minor -> Int8,
        failure_code -> Nullable<Text>,
        created_at -> Timestamptz,
        captured_at -> Nullable<Timestamptz>,
        refund_accepted_minor -> Int8,
        refund_accepted_reason -> Nullable<Text>,
    }
}

diesel::table! {
    permission_changes (id) {
        id -> Uuid,
        role -> Text,
        changes -> Array<Text>,
        reason -> Text,
        changed_by -> Nullable<Uuid>,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    purchases (id) {
        id -> Uuid,
        org_id -> Uuid,
        number -> Text,
        status -> Text,
        currency -> Bpchar,
        total_minor -> Int8,
        on_behalf_of -> Nullable<Text>,
        created_by -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        paid_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    replaced_files (name) {
        name -> Text,
        sha256 -> Bytea,
        applied_at -> Timestamptz,
    }
}

diesel::table! {
    role_permissions (role, level, permission) {
        role -> Text,
        level -> Text,
        permission -> Text,
        granted_at -> Timestamptz,
    }
}

diesel::table! {
    saved_views (id) {
        id -> Uuid,
        org_id -> Uuid,
        owner_id -> Uuid,
        list -> Text,
        name -> Text,
        query -> Text,
        is_shared -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    security_events (id) {
        id -> Uuid,
        occurred_at -> Timestamptz,
        kind -> Text,
        severity -> Text,
        org_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
        client_address -> Nullable<Text>,
        request_id -> Text,
        details -> Jsonb,
    }
}

diesel::table! {
    service_bulk_items (org_id, run_id, service_id) {
        org_id -> Uuid,
        run_id -> Uuid,
        service_id -> Uuid,
        title -> Text,
        outcome -> Text,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    service_bulk_runs (id) {
        id -> Uuid,
        org_id -> Uuid,
        started_by -> Uuid,
        act -> Text,
        started_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    service_capacity (service_id) {
        service_id -> Uuid,
        org_id -> Uuid,
        capacity -> Nullable<Int4>,
        committed -> Int4,
    }
}

diesel::table! {
    service_codes (version_id, position) {
        org_id -> Uuid,
        version_id -> Uuid,
        position -> Int4,
        release_id -> Text,
        uri -> Text,
        code -> Text,
        title -> Text,
    }
}

diesel::table! {
    service_components (version_id, position) {
        org_id -> Uuid,
        version_id -> Uuid,
        position -> Int4,
        component_service_id -> Uuid,
        quantity -> Int4,
        share_basis_points -> Int4,
    }
}

diesel::table! {
    service_price_steps (version_id, min_quantity) {
        org_id -> Uuid,
        version_id -> Uuid,
        min_quantity -> Int4,
        unit_price_minor -> Int8,
    }
}

diesel::table! {
    service_versions (id) {
        id -> Uuid,
        org_id -> Uuid,
        service_id -> Uuid,
        version_no -> Int4,
        title -> Text,
        description -> Text,
        category -> Text,
        modality -> Text,
        country -> Bpchar,
        city -> Text,
        duration_minutes -> Int4,
        validity_days -> Int4,
        currency -> Bpchar,
        base_price_minor -> Int8,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        published_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    services (id) {
        id -> Uuid,
        org_id -> Uuid,
        status -> Text,
        published_version_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        token_hash -> Bytea,
        user_id -> Uuid,
        org_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        idle_expires_at -> Timestamptz,
        absolute_expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        client_address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
    }
}

diesel::table! {
    sign_in_throttle (key_hash) {
        key_hash -> Bytea,
        failures -> Int4,
        window_started_at -> Timestamptz,
        blocked_until -> Nullable<Timestamptz>,
        pending -> Int4,
    }
}

diesel::table! {
    signing_keys (key_id) {
        key_id -> Bytea,
        purpose -> Text,
        algorithm -> Text,
        public_key -> Bytea,
        first_used_at -> Timestamptz,
        retired_at -> Nullable<Timestamptz>,
        last_entry_no -> Nullable<Int8>,
    }
}

diesel::table! {
    state_changes (id) {
        id -> Int8,
        machine -> Text,
        entity_id -> Uuid,
        org_id -> Nullable<Uuid>,
        from_state -> Text,
        to_state -> Text,
        changed_at -> Timestamptz,
        actor_user_id -> Nullable<Uuid>,
        request_id -> Nullable<Text>,
    }
}

diesel::table! {
    state_transitions (machine, from_state, to_state) {
        machine -> Text,
        from_state -> Text,
        to_state -> Text,
    }
}

diesel::table! {
    transaction_lines (id) {
        id -> Uuid,
        org_id -> Uuid,
        seller_org_id -> Uuid,
        transaction_id -> Uuid,
        position -> Int4,
        service_id -> Uuid,
        version_id -> Uuid,
        title -> Text,
        quantity -> Int4,
        unit_price_minor -> Int8,
        gross_minor -> Int8,
        seller_net_minor -> Int8,
        price_trace -> Jsonb,
    }
}

diesel::table! {
    transactions (id) {
        id -> Uuid,
        org_id -> Uuid,
        purchase_id -> Uuid,
        seller_org_id -> Uuid,
        status -> Text,
        currency -> Bpchar,
        gross_minor -> Int8,
        created_at -> Timestamptz,
        reference -> Text,
    }
}

diesel::table! {
    undone_sales (purchase_id) {
        purchase_id -> Uuid,
        redeemed -> Int4,
        undone_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
        settled_by -> Nullable<Uuid>,
        settled_reason -> Nullable<Text>,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(cart_lines, carts);
diesel::allow_tables_to_appear_in_same_query!(cart_lines, service_versions);
diesel::allow_tables_to_appear_in_same_query!(cart_lines, services);
diesel::allow_tables_to_appear_in_same_query!(cart_lines, users);
diesel::allow_tables_to_appear_in_same_query!(carts, organisations);
diesel::allow_tables_to_appear_in_same_query!(certificate_events, certificates);
diesel::allow_tables_to_appear_in_same_query!(certificate_events, log_entries);
diesel::allow_tables_to_appear_in_same_query!(certificate_events, users);
diesel::allow_tables_to_appear_in_same_query!(certificates, organisations);
diesel::allow_tables_to_appear_in_same_query!(certificates, signing_keys);
diesel::allow_tables_to_appear_in_same_query!(certificates, transaction_lines);
diesel::allow_tables_to_appear_in_same_query!(certificates, users);
diesel::allow_tables_to_appear_in_same_query!(commission_lines, organisations);
diesel::allow_tables_to_appear_in_same_query!(commission_lines, transaction_lines);
diesel::allow_tables_to_appear_in_same_query!(icd11_entities, icd11_releases);
diesel::allow_tables_to_appear_in_same_query!(icd11_entities, service_codes);
diesel::allow_tables_to_appear_in_same_query!(invitations, organisations);
diesel::allow_tables_to_appear_in_same_query!(invitations, users);
diesel::allow_tables_to_appear_in_same_query!(known_devices, users);
diesel::allow_tables_to_appear_in_same_query!(ledger_accounts, ledger_entries);
diesel::allow_tables_to_appear_in_same_query!(ledger_accounts, organisations);
diesel::allow_tables_to_appear_in_same_query!(ledger_entries, ledger_transfers);
diesel::allow_tables_to_appear_in_same_query!(ledger_transfers, payments);
diesel::allow_tables_to_appear_in_same_query!(ledger_transfers, transactions);
diesel::allow_tables_to_appear_in_same_query!(list_openings, saved_views);
diesel::allow_tables_to_appear_in_same_query!(log_entries, log_leaves);
diesel::allow_tables_to_appear_in_same_query!(log_entries, log_queue);
diesel::allow_tables_to_appear_in_same_query!(market_listings, organisations);
diesel::allow_tables_to_appear_in_same_query!(market_listings, service_versions);
diesel::allow_tables_to_appear_in_same_query!(market_listings, services);
diesel::allow_tables_to_appear_in_same_query!(memberships, organisations);
diesel::allow_tables_to_appear_in_same_query!(memberships, users);
diesel::allow_tables_to_appear_in_same_query!(organisations, purchases);
diesel::allow_tables_to_appear_in_same_query!(organisations, services);
diesel::allow_tables_to_appear_in_same_query!(organisations, sessions);
diesel::allow_tables_to_appear_in_same_query!(organisations, transactions);
diesel::allow_tables_to_appear_in_same_query!(organisations, users);
diesel::allow_tables_to_appear_in_same_query!(payment_attempts, payments);
diesel::allow_tables_to_appear_in_same_query!(payments, purchases);
diesel::allow_tables_to_appear_in_same_query!(permission_changes, users);
diesel::allow_tables_to_appear_in_same_query!(purchases, transactions);
diesel::allow_tables_to_appear_in_same_query!(purchases, undone_sales);
diesel::allow_tables_to_appear_in_same_query!(purchases, users);
diesel::allow_tables_to_appear_in_same_query!(saved_views, users);
diesel::allow_tables_to_appear_in_same_query!(service_capacity, services);
diesel::allow_tables_to_appear_in_same_query!(service_codes, service_versions);
diesel::allow_tables_to_appear_in_same_query!(service_components, service_versions);
diesel::allow_tables_to_appear_in_same_query!(service_components, services);
diesel::allow_tables_to_appear_in_same_query!(service_price_steps, service_versions);
diesel::allow_tables_to_appear_in_same_query!(service_versions, services);
diesel::allow_tables_to_appear_in_same_query!(service_versions, transaction_lines);
diesel::allow_tables_to_appear_in_same_query!(service_versions, users);
diesel::allow_tables_to_appear_in_same_query!(services, transaction_lines);
diesel::allow_tables_to_appear_in_same_query!(sessions, users);
diesel::allow_tables_to_appear_in_same_query!(state_changes, state_transitions);
diesel::allow_tables_to_appear_in_same_query!(transaction_lines, transactions);
diesel::allow_tables_to_appear_in_same_query!(undone_sales, users);
